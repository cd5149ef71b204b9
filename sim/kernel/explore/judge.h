/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_EXPLORE_JUDGE_H
#define CIDSIM_SIM_KERNEL_EXPLORE_JUDGE_H

/* What is broken in a state. */

#include "sim/kernel/explore/stuck.h"

/* Of @check, CHECK_* bits, those that the state of @world breaks. *@spins: a get spins and finds
 * nothing. The world may be changed: to be restored. */
unsigned judge_state(struct world *world, struct stuck *stuck, unsigned check, bool *spins);

#endif
