// What Glibc's module leaves out: epoll, eventfd, accept4, thread names and affinity.
// _GNU_SOURCE has to come before the first header, or accept4 and affinity stay hidden.
#define _GNU_SOURCE
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <unistd.h>
#include <sys/un.h>
#include <sys/uio.h>
