// What Glibc's module leaves out: epoll, eventfd, accept4, thread names and affinity.
// _GNU_SOURCE has to come before the first header, or accept4 and affinity stay hidden.
#define _GNU_SOURCE
#pragma once
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// With _GNU_SOURCE the address of accept4 is a transparent union, which Swift cannot pass.
static inline int accept_connection(int listener, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
    return accept4(listener, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
