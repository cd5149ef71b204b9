/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_WALK_H
#define CIDSIM_SIM_REPLAY_ORDERS_WALK_H

/* Where the walk of the current op is in one state, seen from what an event looks at. Nothing here
 * changes anything. */

#include "sim/replay/orders/mm.h"

/* What an event looks at. */
struct order_look {
	const uint32_t *tasks; /* TASK_NONE: nothing */
	unsigned tasks_count;
	uint32_t cpu; /* dense; UINT32_MAX: none */
	bool locks;   /* it takes the rq lock, as a switch does, and holds it from now on */
	bool again;   /* it is the second visit of the walk */
};

/* The walk is under way, or about to begin: what an exit does with the number of its CPU comes
 * before. */
bool walk_is_under_way(const struct order_mm *mm, const struct order_state *state);

/* Has the walk yet to come to something that is looked at? On a walk over the system: it may have.
 */
bool walk_is_ahead(
	const struct order_mm *mm, const struct order_state *state, const struct order_look *look);

/* Is the next step of the walk for something that is looked at? */
bool walk_is_next(
	const struct order_mm *mm, const struct order_state *state, const struct order_look *look);

/* The same as walk_is_ahead(), of one task that is visited, and under way: the pass over the system
 * visits who was visited in that over the thread group once more, if its budget suffices. */
bool walk_visit_is_ahead(
	const struct order_mm *mm, const struct order_state *state, const struct order_look *look);

#endif
