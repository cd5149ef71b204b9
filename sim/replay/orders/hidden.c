/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/hidden-kinds.h"

static const struct order_op *op_at(const struct order_mm *mm, uint32_t index)
{
	g_assert(index < mm->ops->len);
	return &g_array_index(mm->ops, struct order_op, index);
}

static unsigned leave_touches(
	const struct order_mm *mm, const struct order_state *state, uint32_t index)
{
	/* Also while the mutex is held: it may be free before others go on. */
	return state->holder == op_at(mm, index)->id ? 0 : LOCKED | TOUCHES_POOL;
}

unsigned hidden_touches(const struct order_mm *mm, const struct order_state *state,
	struct order_actor actor, uint32_t limit)
{
	unsigned touches = 0;

	if (actor.kind == ACTOR_SWITCH)
		return hidden_switch_touches(mm, state, actor.index, limit);
	hidden_limit(mm, state, actor, &touches);
	return touches;
}

uint32_t hidden_limit(const struct order_mm *mm, const struct order_state *state,
	struct order_actor actor, unsigned *touches)
{
	uint32_t limit = UINT32_MAX;

	switch (actor.kind) {
	case ACTOR_SWITCH:
		break;
	case ACTOR_CURRENT:
		*touches = hidden_op_touches(mm, state, &limit);
		break;
	case ACTOR_LEAVE:
		*touches = leave_touches(mm, state, actor.index);
		break;
	case ACTOR_AFFINITY:
		*touches = hidden_affinity_touches(mm, state, actor.index, &limit);
		break;
	}
	return limit;
}

bool hidden_is_done(
	const struct order_mm *mm, const struct order_state *state, struct order_actor actor)
{
	switch (actor.kind) {
	case ACTOR_SWITCH:
		return hidden_switch_is_done(mm, state, actor.index);
	case ACTOR_CURRENT:
		return mm->current.id == 0 || state->current_done;
	case ACTOR_LEAVE:
		return state->holder == op_at(mm, actor.index)->id;
	case ACTOR_AFFINITY:
		return state->affinities_done >> actor.index & 1;
	}
	return true;
}

bool hidden_take(const struct order_mm *mm, struct order_state *state, struct order_actor actor)
{
	state->hash = 0;
	switch (actor.kind) {
	case ACTOR_SWITCH:
		return hidden_take_switch(mm, state, actor.index);
	case ACTOR_CURRENT:
		return hidden_take_op(mm, state);
	case ACTOR_LEAVE:
		return (mm->current.id == 0 || state->current_done) &&
		       hidden_leave(state, op_at(mm, actor.index));
	case ACTOR_AFFINITY:
		return hidden_take_affinity(mm, state, actor.index);
	}
	return false;
}

guint hidden_actors(const struct order_mm *mm, struct order_actor *actors)
{
	guint count = 0;

	for (guint i = 0; i < mm->pending->len; i++) {
		uint32_t cpu = g_array_index(mm->pending, uint32_t, i);

		actors[count++] = (struct order_actor){ ACTOR_SWITCH, cpu, mm->switches[cpu].line };
	}
	if (mm->current.id != 0)
		actors[count++] = (struct order_actor){ ACTOR_CURRENT, 0, mm->current.line };
	for (guint i = 0; i < mm->ops->len; i++) {
		if (op_at(mm, i)->kind == ORDER_EXIT && !op_at(mm, i)->over)
			actors[count++] =
				(struct order_actor){ ACTOR_LEAVE, i, op_at(mm, i)->line };
	}
	for (uint32_t i = 0; mm->affinities_used && i < ORDER_AFFINITIES_MAX; i++) {
		if (mm->affinities_used >> i & 1)
			actors[count++] =
				(struct order_actor){ ACTOR_AFFINITY, i, mm->affinities[i].line };
	}
	g_assert(count <= order_actors_max(mm));
	return count;
}
