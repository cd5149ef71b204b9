/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_HIDDEN_KINDS_H
#define CIDSIM_SIM_REPLAY_ORDERS_HIDDEN_KINDS_H

/* The hidden steps by kind, for hidden.c. Arguments and results are as there. */

#include "sim/replay/orders/hidden.h"

/* hidden-switch.c: a switch, two halves and maybe a get that spins */

static inline bool hidden_switch_is_done(
	const struct order_mm *mm, const struct order_state *state, uint32_t cpu)
{
	const struct model_cpu *c = model_cpu_const(&state->model, cpu);

	return !mm->switches[cpu].pending ||
	       (c->phase == CPU_FREE && c->curr == mm->switches[cpu].next);
}

unsigned hidden_switch_touches(
	const struct order_mm *mm, const struct order_state *state, uint32_t cpu, uint32_t limit);
bool hidden_take_switch(const struct order_mm *mm, struct order_state *state, uint32_t cpu);

/* hidden-op.c: a fork, an exit or the deferred work, with its walk */

/* *@limit is set where max_cids may change. */
unsigned hidden_op_touches(
	const struct order_mm *mm, const struct order_state *state, uint32_t *limit);
bool hidden_take_op(const struct order_mm *mm, struct order_state *state);
/* The get of the current op, or the get after its window, begins to spin. False if it does not;
 * then @state is half changed. */
bool hidden_spin_op(const struct order_mm *mm, struct order_state *state);
/* The task of the exit @op is no user any more, and the mutex is held for it. */
bool hidden_leave(struct order_state *state, const struct order_op *op);

/* hidden-affinity.c: an affinity change */

unsigned hidden_affinity_touches(const struct order_mm *mm, const struct order_state *state,
	uint32_t index, uint32_t *limit);
bool hidden_take_affinity(const struct order_mm *mm, struct order_state *state, uint32_t index);

/* A copy of @state for a look ahead, valid until the next call. */
struct order_state *hidden_scratch(const struct order_mm *mm, const struct order_state *state);

/* @task, unless it runs, is queued on a CPU whose rq lock is free: where it is queued no event
 * shows. *@before is the CPU that it had. False, and nothing has changed, if there is no such CPU.
 */
bool hidden_queue_where_free(struct order_state *state, uint32_t task, uint32_t *before);

#endif
