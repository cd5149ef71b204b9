/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_SWITCH_H
#define CIDSIM_MODEL_SWITCH_H

/*
 * The context switch, in two halves under one rq lock. A flip of the mode may fall between them,
 * so each half reads the mode for itself and each is a step. docs/protocol.md, section 5.
 *
 *     CPU_FREE --switch_out()--> CPU_BETWEEN --switch_in()--> CPU_FREE
 *                                     |
 *                                     +--switch_in(), no number--> CPU_SPINS
 *     CPU_SPINS --switch_spin()--> CPU_FREE
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
 * Returns STEP_DONE with the rq lock free again; or STEP_SPINS or STEP_FOUND with it held: @next is
 * the current task, has no number yet, and only switch_spin() can go on. @observer: of the mm of
 * @next.
 */
struct step switch_in(
	struct model *model, uint32_t cpu, uint32_t next, struct model_observer *observer);

/* One more round of the get that spins on @cpu: STEP_DONE if it has a number, otherwise STEP_SPINS
 * or STEP_FOUND. */
struct step switch_spin(struct model *model, uint32_t cpu, struct model_observer *observer);

/*
 * The two halves for a CPU that reads @mode (MODE_* bits) and not what mm.mode holds now: where the
 * mode is two words, on a weakly ordered machine, it may be any mix of old and new (B2).
 */
void switch_out_seeing(
	struct model *model, uint32_t cpu, uint8_t mode, struct model_observer *observer);
struct step switch_in_seeing(struct model *model, uint32_t cpu, uint32_t next, uint8_t mode,
	struct model_observer *observer);

/*
 * Which shared state the next half of a switch reads or changes, with the words and the mode of
 * now: SWITCH_TOUCHES_* bits, 0 = none. The functions change nothing. "Out" is that of the task
 * that runs on @cpu, "in" that of @next (TASK_NONE = idle). SWITCH_TOUCHES_POOL may be set although
 * the half does not touch the pool in the end.
 */
enum {
	SWITCH_TOUCHES_POOL = 1,
	SWITCH_TOUCHES_MODE = 2, /* reads mm.mode and max_cids */
};
unsigned switch_out_touches(const struct model *model, uint32_t cpu);
unsigned switch_in_touches(const struct model *model, uint32_t cpu, uint32_t next);

#endif
