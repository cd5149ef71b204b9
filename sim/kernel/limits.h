/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_LIMITS_H
#define CIDSIM_SIM_KERNEL_LIMITS_H

/* Limits for processes that work on a tree which nobody has looked at. Each is for the calling
 * process, right after fork(); it also becomes the leader of a group, so that the parent can end
 * all that it has started. */

#include <stdint.h>

/* For the compiler: it may start programs and write files. */
void limits_of_compiler(void);

/* For the code itself: it has 4 GiB of address space, and @memory bytes. Standard input and output
 * are gone, it ends with its parent, which is @parent, and where the system has filters of system
 * calls it can start no process and program, send no signal to others, and has no network. */
void limits_of_code(int parent, uint64_t memory);

/* A sign of life: the code has reached a stop. After limits_of_code(), SIGPROF ends a process that
 * uses more than two seconds of processor time without one. Costs one store. */
void limits_alive(void);

#endif
