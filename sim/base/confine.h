/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_CONFINE_H
#define CIDSIM_SIM_BASE_CONFINE_H

/* A child process in which code runs that is not ours. */

#include <stdbool.h>
#include <stdint.h>

/* In the child: its standard input and output are /dev/null, it leaves no core file and has at
 * most 4 GiB of address space, and @more bytes. */
void confine(uint64_t more);

/* In the child, too: keep the descriptors 0 to 2, and @a and @b as 3 and 4; close all others.
 * Returns false if that fails. */
bool confine_descriptors(int a, int b);

/* In the child, last: set a filter of system calls. From now on the child can read, write and seek
 * in what it has open, write at most @file_max bytes to a file, get memory, set its timers and
 * signals, and end. All other system calls fail with EPERM: the child cannot open, make or remove
 * files, start processes or programs, send signals to others, or use the network. Returns whether
 * the filter is set: it needs Linux on x86-64 or arm64, and a program without the address
 * sanitizer. */
bool confine_calls(uint64_t file_max);

#endif
