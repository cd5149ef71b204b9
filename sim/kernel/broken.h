/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_BROKEN_H
#define CIDSIM_SIM_KERNEL_BROKEN_H

/* Which properties are broken in a pair: in both, as their states are equal. */

#include "sim/kernel/pair.h"

enum { BROKEN_STUCK = 10000 }; /* events that a get spins and finds nothing: I3 */

/* CHECK_* bits. *@known: those that a failed exec may break in every revision (B9 to B11), in an mm
 * where that was so; they are not in the answer. */
unsigned broken_now(const struct pair *pair, unsigned *known);

#endif
