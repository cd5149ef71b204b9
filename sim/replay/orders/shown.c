/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/shown.h"

#include "model/candidate.h"
#include "sim/replay/orders/hidden-kinds.h"
#include "sim/replay/orders/walk.h"

enum { MM = 0 };

static const struct model_mm *mm_of(const struct order_mm *mm)
{
	g_assert(mm->stepwise && states_count(&mm->states) == 1);
	return model_mm_const(&states_first(&mm->states)->model, MM);
}

/* The state is none if the step was not @taken. */
static bool keep_if(struct order_mm *mm, bool taken)
{
	states_rule_out(&mm->states, 0, !taken);
	states_compact(&mm->states);
	return taken;
}

bool order_walk_step(struct order_mm *mm, uint32_t task, uint32_t cpu)
{
	struct order_state *state = states_first(&mm->states);
	const struct model_mm *m = mm_of(mm);
	bool due = walk_is_under_way(mm, state) && state->stage == ORDER_DECIDED;

	if (due && m->phase == PHASE_WALK_TASKS)
		due = m->cursor == task &&
		      (!model_is_running(&state->model, task) ||
			      model_task_const(&state->model, task)->cpu == cpu);
	else if (due)
		due = m->cursor == cpu && model_cpu_const(&state->model, cpu)->curr == task;
	return keep_if(mm, due && hidden_take_op(mm, state));
}

bool order_op_may_end(const struct order_mm *mm)
{
	const struct order_state *state = states_first(&mm->states);
	uint8_t phase = mm_of(mm)->phase;

	return mm->current.id != 0 && mm->current.released &&
	       (state->current_done ||
		       (state->stage == ORDER_DECIDED && phase != PHASE_WALK_TASKS &&
			       phase != PHASE_WALK_CPUS));
}

bool order_switch_leaves(struct order_mm *mm, uint32_t cpu)
{
	g_assert(mm->stepwise && mm->switches[cpu].pending);
	return keep_if(mm, hidden_take_switch(mm, states_first(&mm->states), cpu));
}

static bool spins(const struct order_state *state, uint32_t cpu)
{
	const struct model_cpu *c = model_cpu_const(&state->model, cpu);

	return c->phase == CPU_SPINS && c->found == 0;
}

bool order_switch_spins(struct order_mm *mm, uint32_t cpu)
{
	struct order_state *state = states_first(&mm->states);
	bool goes_on = mm->switches[cpu].pending;

	g_assert(mm->stepwise && cpu < mm->config.cpus_count);
	while (goes_on && !spins(state, cpu))
		goes_on = hidden_take_switch(mm, state, cpu);
	mm->switches[cpu].spins = goes_on;
	return keep_if(mm, goes_on);
}

bool order_op_spins(struct order_mm *mm)
{
	bool taken = mm->current.id != 0 && hidden_spin_op(mm, states_first(&mm->states));

	g_assert(states_count(&mm->states) == 1);
	mm->current.spun |= taken;
	return keep_if(mm, taken);
}

bool order_switch_gives_up(struct order_mm *mm, uint32_t cpu)
{
	struct model *model = &states_first(&mm->states)->model;
	bool can = mm->switches[cpu].spins && model->protocol.bounded_get;

	g_assert(cpu < mm->config.cpus_count);
	if (can)
		switch_give_up(model, cpu);
	return keep_if(mm, can);
}

bool order_op_gives_up(struct order_mm *mm)
{
	struct order_state *state = states_first(&mm->states);
	bool can = mm->current.id != 0 && mm->current.spun && state->model.protocol.bounded_get;

	g_assert(states_count(&mm->states) == 1);
	if (can) {
		fork_give_up(&state->model, MM);
		state->holder = 0;
		state->stage = ORDER_NOT_BEGUN;
		state->current_done = 1;
	}
	return keep_if(mm, can);
}
