/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/walk.h"

#include "model/walk.h"

enum { MM = 0 };

bool walk_is_under_way(const struct order_mm *mm, const struct order_state *state)
{
	uint8_t phase = model_mm_const(&state->model, MM)->phase;

	g_assert(mm->current.id == 0 || mm->current.kind <= ORDER_WORK);
	return mm->current.id != 0 && !state->current_done && state->stage >= ORDER_FLIPPED &&
	       (phase == PHASE_WALK_TASKS || phase == PHASE_WALK_CPUS);
}

static bool is_of_initiators_group(const struct model *model, uint32_t task)
{
	return model_task_const(model, task)->group ==
	       model_task_const(model, model_mm_const(model, MM)->initiator)->group;
}

/* Has the walk yet to come to @task? On a walk over the system: it may have. */
static bool task_is_ahead(const struct order_state *state, uint32_t task)
{
	const struct model *model = &state->model;
	const struct model_mm *m = model_mm_const(model, MM);

	g_assert(m->phase == PHASE_WALK_TASKS && m->newest != TASK_NONE);
	if (task == m->initiator || !model_task_const(model, task)->active)
		return false;
	if (model->protocol.walk_users == WALK_USERS_SYSTEM && m->pass == 0 &&
		!is_of_initiators_group(model, task))
		return true;
	return walk_comes_to(model, MM, task);
}

static bool cpu_is_ahead(const struct order_state *state, uint32_t cpu)
{
	g_assert(cpu < state->model.cpus_count);
	return model_mm_const(&state->model, MM)->cursor <= cpu;
}

bool walk_is_ahead(
	const struct order_mm *mm, const struct order_state *state, const struct order_look *look)
{
	const struct model_mm *m = model_mm_const(&state->model, MM);

	if (!walk_is_under_way(mm, state))
		return false;
	if (m->phase == PHASE_WALK_CPUS && look->cpu != UINT32_MAX)
		return cpu_is_ahead(state, look->cpu);
	for (unsigned i = 0; i < look->tasks_count; i++) {
		uint32_t task = look->tasks[i];

		if (task == TASK_NONE)
			continue;
		if (m->phase == PHASE_WALK_TASKS
				? task_is_ahead(state, task)
				: cpu_is_ahead(state, model_task_const(&state->model, task)->cpu))
			return true;
	}
	return false;
}

bool walk_is_next(
	const struct order_mm *mm, const struct order_state *state, const struct order_look *look)
{
	const struct model_mm *m = model_mm_const(&state->model, MM);

	if (!walk_is_under_way(mm, state) || state->stage != ORDER_DECIDED)
		return false;
	if (m->phase == PHASE_WALK_CPUS && m->cursor == look->cpu)
		return true;
	for (unsigned i = 0; i < look->tasks_count; i++) {
		uint32_t task = look->tasks[i];

		if (task != TASK_NONE &&
			(m->phase == PHASE_WALK_TASKS
					? m->cursor == task
					: m->cursor == model_task_const(&state->model, task)->cpu))
			return true;
	}
	return false;
}

bool walk_visit_is_ahead(
	const struct order_mm *mm, const struct order_state *state, const struct order_look *look)
{
	const struct model *model = &state->model;
	const struct model_mm *m = model_mm_const(model, MM);
	uint32_t task = look->tasks[0];

	g_assert(look->tasks_count == 1);
	if (m->phase == PHASE_WALK_TASKS && task != TASK_NONE &&
		model->protocol.walk_users == WALK_USERS_SYSTEM &&
		is_of_initiators_group(model, task) && (m->pass == 0) == look->again)
		return look->again;
	return walk_is_ahead(mm, state, look);
}
