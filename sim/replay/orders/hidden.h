/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_HIDDEN_H
#define CIDSIM_SIM_REPLAY_ORDERS_HIDDEN_H

/*
 * The hidden steps of an mm, by who takes them: what such an actor may still touch in a state, and
 * taking its next step there. What the trace says (struct order_mm) only is read; what changes is
 * the one state that is given, and the scratch state.
 */

#include "sim/replay/orders/mm.h"

/* What the steps that an actor has still to take in a state may touch; 0 = none is left, or none
 * that others could see. */
enum {
	TOUCHES_POOL = 1,
	TOUCHES_MODE = 2,   /* reads it, and max_cids */
	TOUCHES_NUMBER = 4, /* has a number of the limit or more */
	CHANGES_MODE = 8,
	CHANGES_MAX = 16, /* max_cids, and nothing else that a switch reads */
	LOCKED = 32,      /* under lock: reads and writes users and constraints */
};

/* What @actor touches in @state. Numbers from @limit on are looked at as if max_cids changed. */
unsigned hidden_touches(const struct order_mm *mm, const struct order_state *state,
	struct order_actor actor, uint32_t limit);

/* max_cids, or less, that @actor makes or finds if it CHANGES_MAX; else UINT32_MAX. If @actor is
 * not a switch, *@touches is set to what hidden_touches() returns, which is the same for each
 * limit. */
uint32_t hidden_limit(const struct order_mm *mm, const struct order_state *state,
	struct order_actor actor, unsigned *touches);

bool hidden_is_done(
	const struct order_mm *mm, const struct order_state *state, struct order_actor actor);

/* Take the next step of @actor. False if it cannot be taken now; then @state has not changed, or a
 * switch is over that held a lock and touched nothing. */
bool hidden_take(const struct order_mm *mm, struct order_state *state, struct order_actor actor);

/* Write to @actors all actors that have steps to take in some state; it has room for
 * order_actors_max(). Returns how many there are. */
guint hidden_actors(const struct order_mm *mm, struct order_actor *actors);

#endif
