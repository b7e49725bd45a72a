// What Glibc's module leaves out: epoll, eventfd, accept4, thread names and affinity.
// _GNU_SOURCE has to come before the first header, or accept4 and affinity stay hidden.
#define _GNU_SOURCE
#pragma once
#include <features.h>
// With it fd_set names its member otherwise than in Glibc's module, and a file that sees both modules,
// directly or through Foundation, does not compile.
#undef __USE_XOPEN
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

// With _GNU_SOURCE the address of accept4 is a transparent union, which Swift cannot pass.
static inline int accept_connection(int listener, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
    return accept4(listener, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// <stdio.h> declares it under _GNU_SOURCE only, and Glibc's module was built without.
extern int renameat2(int from, const char *name, int to, const char *newName, unsigned flags);

// So it is with <spawn.h>: the child has the descriptors that it was given and no others, in a folder of its own.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

// Two names change places in one step (RENAME_EXCHANGE).
static inline int exchange_names(int from, const char *name, int to, const char *newName) {
    return renameat2(from, name, to, newName, 1u << 1);
}
