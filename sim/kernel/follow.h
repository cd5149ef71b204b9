/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_FOLLOW_H
#define CIDSIM_SIM_KERNEL_FOLLOW_H

/*
 * How two codes go together: by effect. Both run to their next stop. They are in step where their
 * states are equal, both wait for the same lock or for none, and both spin or neither does. Else
 * one of them is in the middle of a step, and goes on to its next stop: that which has changed
 * nothing so far. Nobody comes in between, until they are in step again, or neither can go on.
 */

#include "sim/kernel/pair.h"

/* Go on with @actor, of a busy operation, on @cpu, in the code and in its partner, which is another
 * code or nobody. The model becomes their state. False with pair.difference, in which the code
 * is A and its partner B. */
bool follow_resume(struct pair *pair, uint32_t actor, uint32_t cpu);

#endif
