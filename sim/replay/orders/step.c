/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/mm.h"

#include <string.h>

#include "model/affinity.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/pool.h"
#include "model/switch.h"
#include "model/walk.h"

enum { MM = 0 };

static const struct model_mm *mm_of(const struct order_state *state)
{
	return model_mm_const(&state->model, MM);
}

/* Switches */

static bool switch_is_done(const struct order_mm *mm, const struct order_state *state, uint32_t cpu)
{
	const struct model_cpu *c = model_cpu_const(&state->model, cpu);

	return !mm->switches[cpu].pending ||
	       (c->phase == CPU_FREE && c->curr == mm->switches[cpu].next);
}

/* "Out" has nothing to do and nothing to read. */
static bool out_is_nothing(const struct order_state *state, uint32_t cpu)
{
	uint32_t curr = model_cpu_const(&state->model, cpu)->curr;

	return curr == TASK_NONE || !cid_is_in_transit(model_task_const(&state->model, curr)->cid);
}

static unsigned touches_number(cid_word word, uint32_t limit)
{
	return !cid_is_unset(word) && (word & CID_NUMBER) >= limit ? TOUCHES_NUMBER : 0;
}

/* What "in" of @next on @cpu touches, as the mode is now. */
static unsigned in_touches(
	const struct order_state *state, uint32_t cpu, uint32_t next, uint32_t limit)
{
	const struct model_task *t;
	const struct model_mm *m = mm_of(state);
	cid_word word;
	unsigned touches;

	if (next == TASK_NONE || !model_task_const(&state->model, next)->active)
		return 0;
	t = model_task_const(&state->model, next);
	word = model_word(&state->model, m, cpu);
	touches = TOUCHES_MODE | touches_number(word, limit) | touches_number(t->cid, limit);
	if (mm_is_per_cpu(m)) {
		if (cid_is_cpu_owned(word) && cid_is_cpu_owned(t->cid))
			return touches | (cid_number(word) < m->max_cids ? 0 : TOUCHES_POOL);
		if (cid_is_task_owned(t->cid))
			return touches | (cid_is_cpu_owned(word) ? TOUCHES_POOL : 0);
		return touches | (cid_is_cpu_owned(word) ? 0 : TOUCHES_POOL);
	}
	if (cid_is_task_owned(word) && cid_is_task_owned(t->cid))
		return touches | (cid_number(t->cid) < m->max_cids ? 0 : TOUCHES_POOL);
	if (cid_is_cpu_owned(word))
		return touches | (cid_is_task_owned(t->cid) ? TOUCHES_POOL : 0);
	return touches | (cid_is_task_owned(t->cid) ? 0 : TOUCHES_POOL);
}

static unsigned switch_touches(
	const struct order_mm *mm, const struct order_state *state, uint32_t cpu, uint32_t limit)
{
	const struct model_cpu *c = model_cpu_const(&state->model, cpu);
	unsigned touches = 0;

	if (switch_is_done(mm, state, cpu))
		return 0;
	if (c->phase == CPU_SPINS)
		return TOUCHES_POOL;
	if (c->phase == CPU_FREE && !out_is_nothing(state, cpu))
		touches = TOUCHES_POOL | TOUCHES_MODE |
		          touches_number(model_task_const(&state->model, c->curr)->cid, limit);
	return touches | in_touches(state, cpu, mm->switches[cpu].next, limit);
}

static bool take_switch(struct order_mm *mm, struct order_state *state, uint32_t cpu)
{
	struct model *model = &state->model;
	struct model_cpu *c = model_cpu(model, cpu);
	bool whole;

	if (switch_is_done(mm, state, cpu))
		return false;
	if (c->phase == CPU_SPINS) {
		if (!pool_has_room(model, MM))
			return false;
		switch_spin(model, cpu, &state->observer);
		return true;
	}
	if (c->phase == CPU_FREE) {
		whole = out_is_nothing(state, cpu);
		switch_out(model, cpu, &state->observer);
		if (!whole)
			return true;
	}
	switch_in(model, cpu, mm->switches[cpu].next, &state->observer);
	return true;
}

/* Fork, exit, walks */

static bool op_holds(const struct order_state *state, const struct order_op *op)
{
	return op->id != 0 && state->holder == op->id;
}

/* What a walk that is under way, or may soon be, can touch. */
enum { TOUCHES_ALL = TOUCHES_POOL | CHANGES_MODE | LOCKED };

static struct order_state *scratch_of(struct order_mm *mm, const struct order_state *state)
{
	memcpy(mm->scratch, state, mm->state_size);
	return mm->scratch;
}

static bool decide(struct order_state *state, const struct order_op *op);
static bool leave(struct order_state *state, const struct order_op *op);

/* The decision that is due: does it flip the mode, does it change max_cids? */
static unsigned decision_changes(struct order_mm *mm, const struct order_state *state,
	const struct order_op *op, uint32_t *limit)
{
	struct order_state *after = scratch_of(mm, state);
	uint32_t before = mm_of(state)->max_cids;

	if (op->kind == ORDER_EXIT && state->stage == ORDER_NOT_BEGUN && !leave(after, op))
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

static unsigned current_touches(
	struct order_mm *mm, const struct order_state *state, uint32_t *limit)
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
	state->holder = 0;
	state->stage = ORDER_NOT_BEGUN;
	state->current_done = 1;
}

/* Exits and forks that a trace tells of may be impossible in this state. */
static bool can_fork(const struct order_state *state, const struct order_op *op)
{
	const struct model_task *t = model_task_const(&state->model, op->task);

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
	return state->model.protocol.exit_change == EXIT_DROPS_CPU ||
	       model_cpu_const(&state->model, mm_of(state)->initiator_cpu)->curr != TASK_NONE;
}

/* The decision of @op; what follows is told by state->stage and mm.phase. */
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

static bool leave(struct order_state *state, const struct order_op *op)
{
	const struct model_task *t = model_task_const(&state->model, op->task);

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
		if (switch_is_done(mm, state, *cpu))
			continue;
		if (m->phase == PHASE_WALK_CPUS ? *cpu == m->cursor
						: mm->switches[*cpu].prev == m->cursor ||
							  mm->switches[*cpu].next == m->cursor)
			return true;
	}
	return false;
}

/* Any CPU whose rq lock is free: where a task that does not run is queued is not recorded. */
static bool free_cpu(const struct order_state *state, uint32_t *cpu)
{
	for (*cpu = 0; *cpu < state->model.cpus_count; ++*cpu) {
		if (model_cpu_const(&state->model, *cpu)->phase == CPU_FREE)
			return true;
	}
	return false;
}

/* @task, which does not run, is queued where the rq lock is free. False if there is no such CPU. */
static bool queue_where_free(struct order_state *state, uint32_t task, uint32_t *before)
{
	struct model_task *t = model_task(&state->model, task);
	uint32_t cpu = t->cpu;

	*before = cpu;
	if (model_is_running(&state->model, task) ||
		model_cpu(&state->model, cpu)->phase == CPU_FREE)
		return true;
	if (!free_cpu(state, &cpu))
		return false;
	t->cpu = cpu & (MODEL_CPUS_MAX - 1);
	return true;
}

static bool take_walk_step(struct order_mm *mm, struct order_state *state)
{
	struct model_mm *m = model_mm(&state->model, MM);
	uint32_t task = m->cursor, before = 0, held;
	bool tasks = m->phase == PHASE_WALK_TASKS;
	struct step step;

	if (lock_is_held(mm, state, &held)) {
		/* A switch that touches nothing may as well be over. */
		if (switch_touches(mm, state, held, UINT32_MAX) != 0)
			return false;
		take_switch(mm, state, held);
	}
	if (tasks && !queue_where_free(state, task, &before))
		return false;
	step = walk_step(&state->model, MM, &state->observer);
	if (tasks)
		model_task(&state->model, task)->cpu = before & (MODEL_CPUS_MAX - 1);
	return step.outcome != STEP_NEEDS_RQ_LOCK;
}

static bool take_current(struct order_mm *mm, struct order_state *state)
{
	const struct order_op *op = &mm->current;
	struct step step;

	if (op->id == 0 || state->current_done || (state->holder && state->holder != op->id))
		return false;
	if (!op_holds(state, op) && op->kind == ORDER_EXIT)
		return leave(state, op);
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
		if (!pool_has_room(&state->model, MM))
			return false;
		step = fork_spin(&state->model, MM, &state->observer);
		break;
	default:
		return false;
	}
	if (step.outcome == STEP_DONE)
		finish_op(state);
	return true;
}

/* Affinity */

/* The mask of a change of which only the weight afterwards is known: any that has it. */
static void fill_mask(const struct order_state *state, uint32_t weight, uint64_t *mask)
{
	uint32_t count = 0;

	for (uint32_t cpu = 0; cpu < state->model.cpus_count; cpu++) {
		if (mm_allows(&state->model, MM, cpu)) {
			mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
			count++;
		}
	}
	for (uint32_t cpu = 0; cpu < state->model.cpus_count && count < weight; cpu++) {
		if (!(mask[cpu / 64] >> cpu % 64 & 1)) {
			mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
			count++;
		}
	}
}

static bool take_affinity(struct order_mm *mm, struct order_state *state, uint32_t index)
{
	const struct order_affinity *a = &mm->affinities[index];
	size_t words = (state->model.cpus_count + 63) / 64;
	g_autofree uint64_t *mask = g_memdup2(a->mask, words * sizeof(*mask));
	uint32_t before;
	struct step step;

	if (state->affinities_done >> index & 1 || (mm->mask_guessed && a->weight == 0) ||
		!queue_where_free(state, a->task, &before))
		return false;
	if (mm->mask_guessed && a->weight != ORDER_WEIGHT_OF_MASK) {
		memset(mask, 0, words * sizeof(*mask));
		fill_mask(state, a->weight, mask);
	}
	step = affinity_change(&state->model, a->task, mask, &state->observer);
	model_task(&state->model, a->task)->cpu = before & (MODEL_CPUS_MAX - 1);
	if (step.outcome != STEP_DONE)
		return false;
	state->affinities_done |= 1U << index;
	return true;
}

static unsigned affinity_touches(
	struct order_mm *mm, const struct order_state *state, uint32_t index, uint32_t *limit)
{
	struct order_state *after;

	if (state->affinities_done >> index & 1)
		return 0;
	after = scratch_of(mm, state);
	if (!take_affinity(mm, after, index))
		return LOCKED;
	if (mm_of(after)->allowed_count == mm_of(state)->allowed_count)
		return 0;
	*limit = MIN(mm_of(after)->max_cids, mm_of(state)->max_cids);
	return LOCKED | CHANGES_MAX;
}

/* Actors */

static const struct order_op *op_at(const struct order_mm *mm, uint32_t index)
{
	return &g_array_index(mm->ops, struct order_op, index);
}

unsigned order_touches(struct order_mm *mm, const struct order_state *state,
	struct order_actor actor, uint32_t limit)
{
	uint32_t unused;

	switch (actor.kind) {
	case ACTOR_SWITCH:
		return switch_touches(mm, state, actor.index, limit);
	case ACTOR_CURRENT:
		return current_touches(mm, state, &unused);
	case ACTOR_LEAVE:
		/* Also while the mutex is held: it may be free before others go on. */
		return state->holder == op_at(mm, actor.index)->id ? 0 : LOCKED | TOUCHES_POOL;
	case ACTOR_AFFINITY:
		return affinity_touches(mm, state, actor.index, &unused);
	}
	return 0;
}

uint32_t order_limit(struct order_mm *mm, const struct order_state *state, struct order_actor actor)
{
	uint32_t limit = UINT32_MAX;

	if (actor.kind == ACTOR_CURRENT)
		current_touches(mm, state, &limit);
	else if (actor.kind == ACTOR_AFFINITY)
		affinity_touches(mm, state, actor.index, &limit);
	return limit;
}

bool order_is_done(
	const struct order_mm *mm, const struct order_state *state, struct order_actor actor)
{
	switch (actor.kind) {
	case ACTOR_SWITCH:
		return switch_is_done(mm, state, actor.index);
	case ACTOR_CURRENT:
		return mm->current.id == 0 || state->current_done;
	case ACTOR_LEAVE:
		return state->holder == op_at(mm, actor.index)->id;
	case ACTOR_AFFINITY:
		return state->affinities_done >> actor.index & 1;
	}
	return true;
}

bool order_take(struct order_mm *mm, struct order_state *state, struct order_actor actor)
{
	state->hash = 0;
	switch (actor.kind) {
	case ACTOR_SWITCH:
		return take_switch(mm, state, actor.index);
	case ACTOR_CURRENT:
		return take_current(mm, state);
	case ACTOR_LEAVE:
		return (mm->current.id == 0 || state->current_done) &&
		       leave(state, op_at(mm, actor.index));
	case ACTOR_AFFINITY:
		return take_affinity(mm, state, actor.index);
	}
	return false;
}

static void add_actor(GArray *actors, enum order_actor_kind kind, uint32_t index, uint64_t line)
{
	struct order_actor actor = { .kind = kind, .index = index, .line = line };

	g_array_append_val(actors, actor);
}

void order_actors(const struct order_mm *mm, GArray *actors)
{
	g_array_set_size(actors, 0);
	for (guint i = 0; i < mm->pending->len; i++) {
		uint32_t cpu = g_array_index(mm->pending, uint32_t, i);

		add_actor(actors, ACTOR_SWITCH, cpu, mm->switches[cpu].line);
	}
	if (mm->current.id != 0)
		add_actor(actors, ACTOR_CURRENT, 0, mm->current.line);
	for (guint i = 0; i < mm->ops->len; i++) {
		if (op_at(mm, i)->kind == ORDER_EXIT && !op_at(mm, i)->over)
			add_actor(actors, ACTOR_LEAVE, i, op_at(mm, i)->line);
	}
	for (uint32_t i = 0; i < ORDER_AFFINITIES_MAX; i++) {
		if (mm->affinities_used >> i & 1)
			add_actor(actors, ACTOR_AFFINITY, i, mm->affinities[i].line);
	}
}
