/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_HALVES_H
#define CIDSIM_SIM_EXPLORE_STATE_HALVES_H

/*
 * The steps of a machine that is not reduced, and whose CPUs and tasks keep their names: all its
 * states are cut in halves (parts.h), and each task that does not run sits in a queue. Most steps
 * are halves of switches and migrations. Such a step depends only on the mm, on how many users it
 * has, and on the CPU and the task that take it; it changes only the mm and these two. So a
 * *question* names these four, and what the model has answered once is used in each state that
 * poses the same question:
 *
 *     the halves --> fields --> questions --- all answers kept ---> the halves after each step
 *                                   |                ^
 *                                   | not all        | halves_fill()
 *                                   +----------------+
 *     no question for some step (a walk, an exec, …) --> the model takes all steps but switches and
 *                                                        migrations
 *
 * Forks and exits are questions, too. They also depend on how many tasks there are, and give tasks
 * other numbers: the numbers go by the list of users, the newest first. halves_rename() does that
 * for the whole state.
 *
 * A task without a place on that list gets its number after all that have one, by what it holds. As
 * soon as there are two of them, a step could exchange their numbers. Then the model takes all
 * steps of the state, and also where an answer has changed more than it may.
 *
 * The search checks this from time to time, see local.h.
 */

#include "sim/explore/state/local.h"

struct halves;

/* Do states of @layout have such steps? */
bool halves_can(const struct pack_layout *layout);

/* Part of @local, which outlives it. */
struct halves *halves_new(struct local *local);
void halves_free(struct halves *halves);

/* As local_steps(), for at most HALVES_VIEWS states. */
uint64_t halves_steps(
	struct halves *halves, const state_id *ids, unsigned count, local_sink sink, void *context);

/* Forget all answers. */
void halves_forget(struct halves *halves);

enum { HALVES_VIEWS = 8 };

#endif
