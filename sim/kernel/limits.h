/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_LIMITS_H
#define CIDSIM_SIM_KERNEL_LIMITS_H

/* Limits for processes that work on a tree which nobody has looked at. Each is for the calling
 * process, right after fork(); it also becomes the leader of a group, so that the parent can end
 * all that it has started. */

/* For the compiler: it may start programs and write files. */
void limits_of_compiler(void);

/* For the code itself: its memory is limited, standard input and output are gone, it ends with its
 * parent, which is @parent, and where the system has filters of system calls it can start no
 * process and program, send no signal to others, and has no network. */
void limits_of_code(int parent);

/* From now on the code may use a second of processor time: then it loops, and SIGPROF ends this
 * process. Each call begins anew. */
void limits_of_loop(void);

enum { LIMITS_EVENTS = 1024 }; /* after as many events the second begins anew */

#endif
