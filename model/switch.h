/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_SWITCH_H
#define CIDSIM_MODEL_SWITCH_H

/*
 * The context switch, in two halves under one rq lock. A flip of the mode may fall between them,
 * so each half reads the mode for itself and each is a step. Source: protocol 5.
 */

#include "model/observer.h"
#include "model/state.h"

/*
 * "Out": the task that runs on @cpu leaves; a CPU that is idle may do this half too.
 * Takes the rq lock of @cpu, which must be free, and keeps it for the other half.
 * @observer: of the mm of that task.
 */
void switch_out(struct model *model, uint32_t cpu, struct model_observer *observer);

/*
 * "In": @next (TASK_NONE = idle), which no other CPU runs, becomes the current task of @cpu.
 * Returns STEP_DONE with the rq lock free again; or STEP_SPINS with it held: @next is the current
 * task, has no number yet, and only switch_spin() can go on. @observer: of the mm of @next.
 */
struct step switch_in(
	struct model *model, uint32_t cpu, uint32_t next, struct model_observer *observer);

/* One more round of the get that spins on @cpu: STEP_DONE if it found a number, else STEP_SPINS. */
struct step switch_spin(struct model *model, uint32_t cpu, struct model_observer *observer);

#endif
