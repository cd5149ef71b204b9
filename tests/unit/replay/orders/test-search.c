/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The states that the replay of kernel traces keeps: how they come, and how they go. */

#include "sim/replay/kernels.h"
#include "sim/replay/orders/search.h"
#include "sim/replay/replay.h"
#include "tests/lib/suite.h"

enum { MM = 0, CPUS = 4 };

struct world {
	struct replay_options options;
	struct replay replay;
	struct order_mm *mm;
};

static struct world *world_new(uint32_t orders_max)
{
	char *strings = "";
	const struct trace_info info = { .kernel = strings,
		.workload = strings,
		.revision = strings,
		.flags = strings,
		.possible = g_array_new(FALSE, FALSE, sizeof(uint32_t)) };
	const struct scenario_overrides overrides = { .revision = "7.1" };
	struct world *w = g_new0(struct world, 1);

	w->options.orders_max = orders_max;
	w->replay.options = &w->options;
	w->replay.scenario = machine_of_trace("trace", &info, "0-3", &overrides, NULL);
	ck_assert_ptr_nonnull(w->replay.scenario);
	w->replay.verdict = verdict_new();
	w->mm = order_mm_new(w->replay.scenario, orders_max, NULL);
	g_array_free(info.possible, TRUE);
	return w;
}

static void world_free(struct world *w)
{
	order_mm_free(w->mm);
	verdict_free(w->replay.verdict);
	scenario_free(w->replay.scenario);
	g_free(w);
}

static struct order_actor on_cpu(uint32_t cpu)
{
	return (struct order_actor){ .kind = ACTOR_SWITCH, .index = cpu, .line = cpu };
}

/* The task of @cpu leaves for @next; none of the hidden steps is taken. */
static void begin_switch(struct world *w, uint32_t cpu, uint32_t prev, uint32_t next)
{
	order_mm_add_switch(w->mm, cpu, prev, next, cpu + 1);
}

static void end_switch(struct world *w, uint32_t cpu)
{
	order_settle(w->mm, on_cpu(cpu));
	w->mm->switches[cpu].pending = false;
	for (guint i = 0; i < w->mm->pending->len; i++) {
		if (g_array_index(w->mm->pending, uint32_t, i) == cpu) {
			g_array_remove_index(w->mm->pending, i);
			break;
		}
	}
}

static void run(struct world *w, uint32_t cpu, uint32_t prev, uint32_t next)
{
	begin_switch(w, cpu, prev, next);
	end_switch(w, cpu);
}

/* A fork as far as its decision; the first task is its own parent. */
static uint32_t begin_fork(struct world *w, uint32_t parent)
{
	uint32_t child = order_mm_add_task(w->mm, 100 + w->mm->pids->len, 100, 0);

	w->mm->current = (struct order_op){ .kind = ORDER_FORK,
		.id = ++w->mm->last_op,
		.pid = 100,
		.initiator = parent,
		.task = child };
	order_settle_decision(w->mm);
	w->mm->current.released = true;
	return child;
}

static void end_fork(struct world *w)
{
	order_settle(w->mm, (struct order_actor){ .kind = ACTOR_CURRENT });
	w->mm->current.id = 0;
	for (guint i = 0; i < states_count(&w->mm->states); i++)
		state_changes(states_at(&w->mm->states, i))->current_done = 0;
}

/* Tasks 0 to @count - 1; the first one runs on CPU 0. */
static void fork_tasks(struct world *w, uint32_t count)
{
	begin_fork(w, TASK_NONE);
	end_fork(w);
	run(w, 0, TASK_NONE, 0);
	for (uint32_t task = 1; task < count; task++) {
		ck_assert_uint_eq(begin_fork(w, 0), task);
		end_fork(w);
	}
}

static const struct model *model_at(const struct world *w, guint index)
{
	return &((const struct order_state *)states_at(&w->mm->states, index))->model;
}

static cid_word word_of(const struct world *w, guint state, uint32_t task)
{
	return model_task_const(model_at(w, state), task)->cid;
}

/* Proves that a state follows events: four tasks on four CPUs have a number each, and the fifth
 * leads to per-CPU mode. */
TEST(forks_lead_to_one_state)
{
	struct world *w = world_new(64);

	fork_tasks(w, 4);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
	for (uint32_t task = 0; task < 4; task++)
		ck_assert_uint_eq(word_of(w, 0, task), task);
	ck_assert(!mm_is_per_cpu(model_mm_const(model_at(w, 0), MM)));
	begin_fork(w, 0);
	ck_assert(mm_in_window(model_mm_const(model_at(w, 0), MM)));
	end_fork(w);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
	ck_assert_uint_eq(model_mm_const(model_at(w, 0), MM)->mode, MODE_PER_CPU);
	world_free(w);
}

/* Proves that where two gets are pending both orders are kept: who is over by now may have come
 * first or second, and the other one need not have come. */
TEST(two_gets_give_two_states)
{
	struct world *w = world_new(64);
	cid_word first, second;

	fork_tasks(w, 5);
	begin_switch(w, 1, TASK_NONE, 1);
	begin_switch(w, 2, TASK_NONE, 2);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
	end_switch(w, 1);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	first = word_of(w, 0, 1);
	second = word_of(w, 1, 1);
	ck_assert_uint_ne(first, second);
	ck_assert(cid_is_unset(word_of(w, 0, 2)));
	ck_assert_uint_eq(word_of(w, 1, 2), first);
	/* The likeliest is the order of the events. */
	ck_assert_uint_eq(states_first(&w->mm->states)->inversions, 0);
	end_switch(w, 2);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	ck_assert_uint_eq(word_of(w, 0, 2), second);
	world_free(w);
}

/* Proves that steps which commute do not make states more, and are not taken before they must. */
TEST(commuting_switches_stay_one_state)
{
	struct world *w = world_new(64);

	fork_tasks(w, 4);
	for (uint32_t cpu = 1; cpu < 4; cpu++)
		begin_switch(w, cpu, TASK_NONE, cpu);
	end_switch(w, 2);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
	ck_assert(model_is_running(model_at(w, 0), 2));
	ck_assert(!model_is_running(model_at(w, 0), 1));
	ck_assert(!model_is_running(model_at(w, 0), 3));
	world_free(w);
}

/* Proves that a task which is looked at while a walk is under way may have been visited or not. */
TEST(walk_may_have_come_or_not)
{
	struct world *w = world_new(64);
	const uint32_t looked_at[] = { 2 };

	fork_tasks(w, 4);
	begin_fork(w, 0);
	order_walk_may_have_come(w->mm, 3, looked_at, 1, false);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	ck_assert_uint_eq(word_of(w, 0, 2), 2);
	ck_assert(cid_is_unset(word_of(w, 1, 2)));
	world_free(w);
}

/* Proves that a visit which does nothing counts where a switch takes the lock: later it could not
 * be made up for until the switch is over. Otherwise it may as well come later. */
TEST(visit_of_nothing_counts_under_a_lock)
{
	struct world *w = world_new(64);
	uint32_t looked_at[1];

	fork_tasks(w, 4);
	/* The child comes first, and has no number. */
	looked_at[0] = begin_fork(w, 0);
	order_walk_may_have_come(w->mm, 1, looked_at, 1, false);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
	order_walk_may_have_come(w->mm, 1, looked_at, 1, true);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	world_free(w);
}

/* Proves that settling rules out: a walk that has to be past a CPU whose switch cannot be over
 * leaves no state. */
TEST(settling_rules_out)
{
	struct world *w = world_new(64);

	fork_tasks(w, 5);
	order_settle_walk(w->mm, 2, UINT32_MAX, true, false);
	ck_assert_uint_eq(states_count(&w->mm->states), 0);
	world_free(w);
}

static struct order_state *add_state(struct world *w, uint32_t inversions, uint32_t group)
{
	struct order_state *state = states_copy(&w->mm->states, states_first(&w->mm->states));

	state_changes(state)->inversions = inversions;
	model_task(&state->model, 0)->group = group & (MODEL_TASKS_MAX - 1);
	states_add(&w->mm->states, state);
	return state;
}

/* Proves that the likeliest state comes first, equal ones become one, the likelier of them, and
 * beyond the limit the unlikeliest go, which is noted. */
TEST(tidying)
{
	struct world *w = world_new(2);

	fork_tasks(w, 1);
	states_first(&w->mm->states)->inversions = 3;
	add_state(w, 1, 7);
	states_tidy(&w->mm->states);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	ck_assert_uint_eq(model_task_const(model_at(w, 0), 0)->group, 7);
	ck_assert(!w->mm->states.cut);
	add_state(w, 5, 7);
	states_tidy(&w->mm->states);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	ck_assert_uint_eq(states_first(&w->mm->states)->inversions, 1);
	ck_assert(!w->mm->states.cut);
	add_state(w, 0, 9);
	states_tidy(&w->mm->states);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	ck_assert_uint_eq(model_task_const(model_at(w, 0), 0)->group, 9);
	ck_assert_uint_eq(model_task_const(model_at(w, 1), 0)->group, 7);
	ck_assert(w->mm->states.cut);
	world_free(w);
}

/* Proves that a child which is counted before it is seen may be seen or not, until it is. */
TEST(child_may_be_seen)
{
	struct world *w = world_new(64);

	fork_tasks(w, 2);
	for (guint i = 0; i < states_count(&w->mm->states); i++)
		model_task(&((struct order_state *)states_at(&w->mm->states, i))->model, 1)
			->visible = 0;
	order_mm_show(w->mm, 1, false);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	order_mm_show(w->mm, 1, true);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
	world_free(w);
}
