/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_PROGRAM_H
#define CIDSIM_SIM_KERNEL_PROGRAM_H

/*
 * The steps of the model that an operation is made of:
 *
 *     switch    OUT IN [SPIN...]
 *     fork      FORK [FORK_GET [FORK_SPIN...]] | FORK WALK... COMPLETE [FORK_GET [FORK_SPIN...]]
 *     exit      LEAVE DECIDE [CHANGE WALK... COMPLETE]      (an exec that leaves, too)
 *     affinity  AFFINITY
 *     work      WORK [WALK... COMPLETE]
 */

#include "sim/kernel/pair.h"

/* The first step of @op. */
enum due program_begin(enum code_op op);

/* Take the step that is due in @operation on @cpu. False, and nothing has changed, if it cannot be
 * taken now, or none is due. A spin that finds nothing is taken. */
bool program_take(struct pair *pair, struct operation *operation, uint32_t cpu);

/* "the decision of the fork". */
const char *program_due_to_string(enum due due);

#endif
