/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_MACHINE_INVARIANTS_H
#define CIDSIM_SIM_MACHINE_INVARIANTS_H

/*
 * What holds of a machine between two steps, in each revision, even if properties are broken: its
 * own fields agree with the model.
 *
 *	task   is there in both; its pc says whether it is a user; partners name each other
 *	CPU    runs a task that can run and says that it is there; only one that spins has found
 *	mutex  held by the task whose pc says so, or by the deferred work
 *	mm     as many users as its list has
 *	left   no more than what may happen
 */

#include "sim/machine/machine.h"

/* Asserts all of it, of @machine, which began with @config. For where states are few: what is
 * played, and tests. */
void machine_invariants_assert(const struct machine *machine, const struct machine_config *config);

#endif
