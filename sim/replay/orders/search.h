/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_SEARCH_H
#define CIDSIM_SIM_REPLAY_ORDERS_SEARCH_H

/*
 * The search over the orders of hidden steps. Each function replaces the states of an mm by those
 * that follow when something has happened by now, and tidies them; there may be none left. What
 * the trace says of the mm (its lists and tasks) does not change. No pointer to a state is valid
 * afterwards.
 */

#include "sim/replay/orders/hidden.h"
#include "sim/replay/orders/walk.h"

/* @actor has taken all its steps by now: all states in which it has not are replaced by those that
 * follow when it does. There may be no state left. */
void order_settle(struct order_mm *mm, struct order_actor actor);

/* @tasks, and what @cpu has of the mm, are about to be looked at: states that a walk may have come
 * to by now are added. TASK_NONE, UINT32_MAX: none. @locks: with it the rq lock is taken, as by a
 * switch. */
void order_walk_may_have_come(
	struct order_mm *mm, uint32_t cpu, const uint32_t *tasks, unsigned tasks_count, bool locks);

/* The values of the mm are about to be looked at: states are added in which affinity changes that
 * are under way are over. */
void order_affinities_may_be_over(struct order_mm *mm);

/* The current op has come to its decision. */
void order_settle_decision(struct order_mm *mm);

/* ... and has given up the lock: with it go a get and the drop of the CPU's number. */
void order_settle_lock(struct order_mm *mm);

/* The walk of the current op is past @task (TASK_NONE: none) or @cpu (UINT32_MAX: none); with
 * @only_up_to: this is its next step. @again: past its second visit of @task. */
void order_settle_walk(
	struct order_mm *mm, uint32_t task, uint32_t cpu, bool only_up_to, bool again);

#endif
