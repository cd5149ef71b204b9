/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_PATH_H
#define CIDSIM_SIM_KERNEL_PATH_H

/*
 * The steps of the model, as [steps] of a scenario has them: what concerns mm0, the one that the
 * first task begins with. A task of another mm is written as idle: it touches no word of mm0.
 */

#include "sim/kernel/pair.h"
#include "sim/machine/step.h"

enum { PATH_MAX_STEPS = 512 };

struct path {
	uint32_t count; /* PATH_MAX_STEPS: too many, and those beyond it are lost */
	struct explore_step steps[PATH_MAX_STEPS];
};

/* @operation has taken the step @taken on @cpu. */
void path_note(struct pair *pair, const struct operation *operation, enum due taken, uint32_t cpu);

/* @task has been moved to the queue of @cpu. */
void path_note_move(struct pair *pair, uint32_t task, uint32_t cpu);

/* The exec of @task has succeeded: it leaves mm0 for another one. */
void path_note_exec(struct pair *pair, uint32_t task);

#endif
