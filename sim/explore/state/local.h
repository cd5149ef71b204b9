/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_LOCAL_H
#define CIDSIM_SIM_EXPLORE_STATE_LOCAL_H

/*
 * From the number of a state to those of all its successors. In a state that is cut sorted
 * (parts.h) a step asks for the mm, the CPU and the task that take it, and changes no more. So what
 * the model has answered once for these three is kept and used in each state that has them:
 *
 *     (mm, CPU, task) ---> steps, each with (mm, CPU, task) after it
 *
 * The model is the only source: the answers are those of machine_steps() and machine_apply() in the
 * first state that asked. A step that changes more, such as the last one of a walk, is marked: a
 * state that can take one is expanded by the model, like each state that is cut in halves.
 *
 * Whether the state after a step breaks one of the safety properties is kept, too. This is sound
 * where the state before breaks none of them, and each task shows a number that it or its CPU
 * holds: then the numbers that others hold and show are those of the pool, less those of the CPU
 * and the task of the step. So whether two have the same number, or the pool is not what is held,
 * depends on these three as well. Where the mode or the phase ends what others may hold (I5), or a
 * get spins (I3), nothing is kept. A state that is known in this way to break nothing is
 * PARTS_JUDGED.
 *
 * That a step asks for no more is checked as the search goes on: from time to time a state for
 * which all answers are kept is expanded by the model as well, and both must agree.
 */

#include "sim/explore/state/expand.h"
#include "sim/explore/state/parts.h"

/* Called for each step, with the state that it leads to. */
typedef void (*local_sink)(void *context, enum step_verb verb, state_id next);

struct local;

/* Can states be PARTS_JUDGED where these properties are asked for? Only the safety properties and
 * I3 can be broken then. */
bool local_can_judge(unsigned check);

/* For one thread; @parts is shared and outlives it. @check: the properties asked for. */
struct local *local_new(struct parts *parts, unsigned check);
void local_free(struct local *local);

/* Call @sink for each step from @id. PARTS_JUDGED of @id: it breaks none of the safety properties,
 * asked for or not; then that is set for those of its successors that are known not to. Returns how
 * many there were: as expander_steps(). */
unsigned local_steps(struct local *local, state_id id, local_sink sink, void *context);

/* The machine of @id, valid until the next call of local_*(). */
const struct machine *local_machine(struct local *local, state_id id);

/* States that were expanded from kept answers alone. */
uint64_t local_kept(const struct local *local);

#endif
