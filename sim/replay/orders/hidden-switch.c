/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/hidden-kinds.h"

#include "model/pool.h"
#include "model/switch.h"

enum { MM = 0 };

static const struct model_mm *mm_of(const struct order_state *state)
{
	return model_mm_const(&state->model, MM);
}

static unsigned flags_of(unsigned touches)
{
	return (touches & SWITCH_TOUCHES_POOL ? TOUCHES_POOL : 0) |
	       (touches & SWITCH_TOUCHES_MODE ? TOUCHES_MODE : 0);
}

static unsigned touches_number(cid_word word, uint32_t limit)
{
	return !cid_is_unset(word) && (word & CID_NUMBER) >= limit ? TOUCHES_NUMBER : 0;
}

/* What "in" of @next on @cpu touches, as the mode is now. */
static unsigned in_touches(
	const struct order_state *state, uint32_t cpu, uint32_t next, uint32_t limit)
{
	const struct model *model = &state->model;
	unsigned touches = flags_of(switch_in_touches(model, cpu, next));

	g_assert(cpu < model->cpus_count);
	if (touches == 0)
		return 0;
	return touches | touches_number(model_word(model, mm_of(state), cpu), limit) |
	       touches_number(model_task_const(model, next)->cid, limit);
}

unsigned hidden_switch_touches(
	const struct order_mm *mm, const struct order_state *state, uint32_t cpu, uint32_t limit)
{
	const struct model_cpu *c = model_cpu_const(&state->model, cpu);
	unsigned touches = 0;

	if (hidden_switch_is_done(mm, state, cpu))
		return 0;
	if (c->phase == CPU_SPINS)
		return TOUCHES_POOL;
	if (c->phase == CPU_FREE)
		touches = flags_of(switch_out_touches(&state->model, cpu));
	if (touches != 0)
		touches |= touches_number(model_task_const(&state->model, c->curr)->cid, limit);
	return touches | in_touches(state, cpu, mm->switches[cpu].next, limit);
}

bool hidden_take_switch(const struct order_mm *mm, struct order_state *state, uint32_t cpu)
{
	struct model *model = &state->model;
	struct model_cpu *c = model_cpu(model, cpu);
	bool at_once;

	g_assert(cpu < model->cpus_count);
	if (hidden_switch_is_done(mm, state, cpu))
		return false;
	if (c->phase == CPU_SPINS) {
		if (!pool_has_room(model, MM))
			return false;
		switch_spin(model, cpu, &state->observer);
		return true;
	}
	if (c->phase == CPU_FREE) {
		/* "Out" that has nothing to do and nothing to read is no step. */
		at_once = switch_out_touches(model, cpu) == 0;
		switch_out(model, cpu, &state->observer);
		if (!at_once)
			return true;
	}
	switch_in(model, cpu, mm->switches[cpu].next, &state->observer);
	return true;
}
