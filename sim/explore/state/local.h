/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_LOCAL_H
#define CIDSIM_SIM_EXPLORE_STATE_LOCAL_H

/*
 * From the number of a state to the numbers of all its successors. In a state that is cut sorted
 * (parts.h) a step depends only on the mm, and on the CPU and the task that take it. It changes
 * only these three. So what the model has answered once for these three is kept, and used in each
 * state that has them:
 *
 *     (mm, CPU, task) ---> steps, each with (mm, CPU, task) after it
 *
 * The model is the only source: the answers are those of machine_steps() and machine_apply() in the
 * first state that asked. Some steps change more, such as the last step of a walk. They are marked.
 * If a state can take a marked step, the model expands it, as it expands each state that is cut in
 * halves. Where nothing is reduced, all states are cut in halves; halves.h then keeps answers of
 * its own.
 *
 * It is also kept whether the state after a step breaks one of the safety properties. This is sound
 * if the state before breaks none of them, and if each task shows a number that the task or its CPU
 * holds. Then the others hold and show exactly the numbers of the pool without those of the CPU and
 * the task of the step. So these three also decide whether two have the same number, and whether
 * the pool differs from what is held. In two cases this is not kept: the mode or the phase changes
 * so that others may not hold what they hold (I5), or a get spins (I3). A state that is known in
 * this way to break nothing is PARTS_JUDGED.
 *
 * The search checks that a step depends on no more than this: from time to time, the model also
 * expands a state for which all answers are kept, and both results must be the same.
 */

#include "sim/explore/state/expand.h"
#include "sim/explore/state/parts.h"

/* Called for each step, with the state that it leads to. */
typedef void (*local_sink)(void *context, enum step_verb verb, state_id next);

struct local;

/* Can states be PARTS_JUDGED if these properties are asked for? True if @check has only the safety
 * properties and I3. */
bool local_can_judge(unsigned check);

/* For one thread; @parts is shared and outlives it. @check: the properties asked for. */
struct local *local_new(struct parts *parts, unsigned check);
void local_free(struct local *local);

/* Call @sink for each step from each of the @count states @ids, in order. A state with PARTS_JUDGED
 * breaks none of the safety properties, asked for or not. Then successors that are known to break
 * none have PARTS_JUDGED, too. Returns how many steps there were, as expander_steps(). */
uint64_t local_steps(
	struct local *local, const state_id *ids, unsigned count, local_sink sink, void *context);

/* The machine of @id, valid until the next call of local_*(). */
const struct machine *local_machine(struct local *local, state_id id);

/* Does @id have steps from kept answers? Then it is worth knowing that it breaks nothing. */
bool local_keeps(const struct local *local, state_id id);

/* States that were expanded from kept answers alone. */
uint64_t local_kept(const struct local *local);

#endif
