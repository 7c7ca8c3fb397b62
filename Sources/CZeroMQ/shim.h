#pragma once
#include <errno.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <zmq.h>

// Glibc's module lacks pthread_setname_np, and prctl is variadic.
static inline void tilth_name_this_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}
