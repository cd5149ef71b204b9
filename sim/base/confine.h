/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_CONFINE_H
#define CIDSIM_SIM_BASE_CONFINE_H

/* A child process in which code runs that is not ours. */

#include <stdint.h>

/* In the child: its standard input and output are /dev/null, it leaves no core file and has at
 * most 4 GiB of address space, and @more bytes. */
void confine(uint64_t more);

#endif
