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

/* In the child, too: of its descriptors only @a and @b stay, as 3 and 4, and 0 to 2. Returns false
 * if that cannot be. */
bool confine_descriptors(int a, int b);

/* In the child, last: from now on it can read, write and seek in what it has open, write at most
 * @file_max bytes to a file, get memory, set its timers and signals, and end. All else that it asks
 * of the system fails with EPERM: no file is opened, made or removed, no process or program begins,
 * none gets a signal, there is no network. Returns whether there is such a filter: it needs Linux
 * on x86-64 or arm64, and a program without the address sanitizer. */
bool confine_calls(uint64_t file_max);

#endif
