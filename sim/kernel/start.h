/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_START_H
#define CIDSIM_SIM_KERNEL_START_H

/* How a machine begins. */

#include "sim/kernel/pair.h"

/* Begin anew: one task that runs on the lowest CPU allowed and has just made its mm by an exec. If
 * the two differ already, pair.difference says so. */
void start_pair(struct pair *pair, const struct shape *shape, const struct protocol *protocol);

#endif
