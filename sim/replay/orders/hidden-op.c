/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/hidden-kinds.h"

#include "model/affinity.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/pool.h"
#include "model/walk.h"

enum { MM = 0 };

static const struct model_mm *mm_of(const struct order_state *state)
{
	return model_mm_const(&state->model, MM);
}

static bool op_holds(const struct order_state *state, const struct order_op *op)
{
	return op->id != 0 && state->holder == op->id;
}

/* What a walk that is under way, or may soon be, can touch. */
enum { TOUCHES_ALL = TOUCHES_POOL | CHANGES_MODE | LOCKED };

static bool decide(struct order_state *state, const struct order_op *op);

/* The decision that is due: does it flip the mode, does it change max_cids? */
static unsigned decision_changes(const struct order_mm *mm, const struct order_state *state,
	const struct order_op *op, uint32_t *limit)
{
	struct order_state *after = hidden_scratch(mm, state);
	uint32_t before = mm_of(state)->max_cids;

	g_assert(op->id != 0);
	if (op->kind == ORDER_EXIT && state->stage == ORDER_NOT_BEGUN && !hidden_leave(after, op))
		return TOUCHES_ALL;
	if (!decide(after, op))
		return TOUCHES_ALL;
	*limit = MIN(before, mm_of(after)->max_cids);
	if (mm_of(after)->mode != mm_of(state)->mode)
		return CHANGES_MODE | CHANGES_MAX | LOCKED;
	return LOCKED | (before != mm_of(after)->max_cids ? CHANGES_MAX : 0);
}

static bool has_number(const struct order_state *state, uint32_t task)
{
	return !cid_is_unset(model_task_const(&state->model, task)->cid) &&
	       !cid_is_cpu_owned(model_task_const(&state->model, task)->cid);
}

static bool decision_is_due(const struct order_state *state, const struct order_op *op)
{
	if (!op_holds(state, op))
		return state->holder == 0;
	return state->stage == ORDER_LEFT;
}

unsigned hidden_op_touches(
	const struct order_mm *mm, const struct order_state *state, uint32_t *limit)
{
	const struct order_op *op = &mm->current;
	unsigned touches = 0;

	if (op->id == 0 || state->current_done)
		return 0;
	if (decision_is_due(state, op)) {
		if (op->kind == ORDER_FORK)
			touches = TOUCHES_POOL; /* its get */
		else if (op->kind == ORDER_EXIT && state->stage == ORDER_NOT_BEGUN)
			touches = has_number(state, op->task) ? TOUCHES_POOL : 0;
		return touches | decision_changes(mm, state, op, limit);
	}
	switch ((enum mm_phase)mm_of(state)->phase) {
	case PHASE_GET_LOCKED:
		return TOUCHES_POOL | LOCKED;
	case PHASE_GET_MUTEX:
		return TOUCHES_POOL;
	case PHASE_COMPLETE:
		return CHANGES_MODE;
	case PHASE_WALK_TASKS:
	case PHASE_WALK_CPUS:
	case PHASE_IDLE:
		break;
	}
	return TOUCHES_ALL;
}

static void finish_op(struct order_state *state)
{
	g_assert(state->holder != 0 && mm_of(state)->phase == PHASE_IDLE);
	state->holder = 0;
	state->stage = ORDER_NOT_BEGUN;
	state->current_done = 1;
}

/* Exits and forks that a trace shows may be impossible in this state. */
static bool can_fork(const struct order_state *state, const struct order_op *op)
{
	const struct model_task *t = model_task_const(&state->model, op->task);

	g_assert(op->kind == ORDER_FORK);
	return !t->active && t->has_mm &&
	       (cid_is_unset(t->cid) || state->model.protocol.exit_change != EXIT_DROPS_CPU) &&
	       (mm_of(state)->users > 0 || !mm_is_per_cpu(mm_of(state)));
}

/* Without a new user no decision is for per-CPU mode, but where values were taken from the trace.
 */
static bool can_decide_less(const struct order_state *state)
{
	const struct model_mm *m = mm_of(state);

	return mm_is_per_cpu(m) ||
	       (m->pcpu_thrs == 0 &&
		       m->users <=
			       mm_constraints(&state->model, m->users, m->allowed_count).max_cids);
}

/* Where the number is handed over somebody runs who executes the exit. */
static bool can_change(const struct order_state *state)
{
	g_assert(mm_of(state)->phase == PHASE_WALK_CPUS);
	return state->model.protocol.exit_change == EXIT_DROPS_CPU ||
	       model_cpu_const(&state->model, mm_of(state)->initiator_cpu)->curr != TASK_NONE;
}

/* The decision of @op; state->stage and mm.phase say what follows. */
static bool decide(struct order_state *state, const struct order_op *op)
{
	struct model *model = &state->model;
	struct step step;

	if (mm_of(state)->phase != PHASE_IDLE)
		return false;
	switch (op->kind) {
	case ORDER_FORK:
		if (!can_fork(state, op))
			return false;
		step = fork_decide(model, op->cpu,
			op->initiator == TASK_NONE ? op->task : op->initiator, op->task,
			&state->observer);
		break;
	case ORDER_EXIT:
		if (!can_decide_less(state))
			return false;
		step = exit_decide(model, op->cpu, op->task, &state->observer);
		break;
	default:
		if (!can_decide_less(state))
			return false;
		step = affinity_deferred(model, MM, op->cpu, &state->observer);
		break;
	}
	state->holder = op->id;
	state->stage = ORDER_DECIDED;
	if (step.outcome == STEP_DONE)
		finish_op(state);
	else if (step.outcome == STEP_WINDOW && op->kind == ORDER_EXIT)
		state->stage = ORDER_FLIPPED;
	return true;
}

bool hidden_leave(struct order_state *state, const struct order_op *op)
{
	const struct model_task *t = model_task_const(&state->model, op->task);

	g_assert(op->kind == ORDER_EXIT);
	if (state->holder != 0 || !t->active || mm_of(state)->phase != PHASE_IDLE)
		return false;
	exit_leave(&state->model, op->cpu, op->task, &state->observer);
	state->holder = op->id;
	state->stage = ORDER_LEFT;
	return true;
}

/* A switch that is pending holds the rq lock of its CPU, and so those of its tasks. */
static bool lock_is_held(const struct order_mm *mm, const struct order_state *state, uint32_t *cpu)
{
	const struct model_mm *m = mm_of(state);

	for (guint i = 0; i < mm->pending->len; i++) {
		*cpu = g_array_index(mm->pending, uint32_t, i);
		if (hidden_switch_is_done(mm, state, *cpu))
			continue;
		if (m->phase == PHASE_WALK_CPUS ? *cpu == m->cursor
						: mm->switches[*cpu].prev == m->cursor ||
							  mm->switches[*cpu].next == m->cursor)
			return true;
	}
	return false;
}

static bool take_walk_step(const struct order_mm *mm, struct order_state *state)
{
	struct model_mm *m = model_mm(&state->model, MM);
	uint32_t task = m->cursor, before = 0, held;
	bool tasks = m->phase == PHASE_WALK_TASKS;
	struct step step;

	g_assert(tasks || m->phase == PHASE_WALK_CPUS);
	if (lock_is_held(mm, state, &held)) {
		/* A switch that touches nothing may as well be over. */
		if (hidden_switch_touches(mm, state, held, UINT32_MAX) != 0)
			return false;
		hidden_take_switch(mm, state, held);
	}
	if (tasks && !hidden_queue_where_free(state, task, &before))
		return false;
	step = walk_step(&state->model, MM, &state->observer);
	if (tasks)
		model_task(&state->model, task)->cpu = before & (MODEL_CPUS_MAX - 1);
	return step.outcome != STEP_NEEDS_RQ_LOCK;
}

/* Where nothing is hidden the get itself says whether it finds a number. */
static bool may_get(const struct order_mm *mm, const struct order_state *state)
{
	return mm->stepwise || pool_has_room(&state->model, MM);
}

/* The first try, or one more. */
static struct step get(const struct order_mm *mm, struct order_state *state)
{
	if (!mm->current.spun && mm_of(state)->found == 0)
		return fork_get(&state->model, MM, &state->observer);
	return fork_spin(&state->model, MM, &state->observer);
}

bool hidden_take_op(const struct order_mm *mm, struct order_state *state)
{
	const struct order_op *op = &mm->current;
	struct step step;

	if (op->id == 0 || state->current_done || (state->holder && state->holder != op->id))
		return false;
	if (!op_holds(state, op) && op->kind == ORDER_EXIT)
		return hidden_leave(state, op);
	if (decision_is_due(state, op))
		return decide(state, op);
	if (!op->released)
		return false;
	if (state->stage == ORDER_FLIPPED) {
		if (!can_change(state))
			return false;
		exit_change(&state->model, MM, &state->observer);
		state->stage = ORDER_DECIDED;
		return true;
	}
	switch ((enum mm_phase)mm_of(state)->phase) {
	case PHASE_WALK_TASKS:
	case PHASE_WALK_CPUS:
		return take_walk_step(mm, state);
	case PHASE_COMPLETE:
		step = window_complete(&state->model, MM, &state->observer);
		break;
	case PHASE_GET_LOCKED:
	case PHASE_GET_MUTEX:
		if (!may_get(mm, state))
			return false;
		step = get(mm, state);
		break;
	default:
		return false;
	}
	if (step.outcome == STEP_DONE)
		finish_op(state);
	return !mm->stepwise || step.outcome != STEP_SPINS;
}

bool hidden_spin_op(const struct order_mm *mm, struct order_state *state)
{
	struct step step = { .outcome = STEP_GET };

	g_assert(mm->stepwise);
	if (!op_holds(state, &mm->current) || mm->current.spun)
		return false;
	if (mm_of(state)->phase == PHASE_COMPLETE)
		step = window_complete(&state->model, MM, &state->observer);
	else if (mm_of(state)->phase != PHASE_GET_LOCKED)
		return false;
	if (step.outcome == STEP_GET)
		step = get(mm, state);
	return step.outcome == STEP_SPINS;
}
