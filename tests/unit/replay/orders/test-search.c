/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The states that the replay of kernel traces keeps: how they come, and how they go. */

#include "sim/replay/orders/search.h"
#include "tests/lib/order-world.h"
#include "tests/lib/suite.h"

enum { MM = 0 };

/* Proves that a state follows events: four tasks on four CPUs have a number each, and the fifth
 * leads to per-CPU mode. */
TEST(forks_lead_to_one_state)
{
	struct order_world *w = order_world_new(64);

	orders_fork_tasks(w, 4);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
	for (uint32_t task = 0; task < 4; task++)
		ck_assert_uint_eq(orders_word_of(w, 0, task), task);
	ck_assert(!mm_is_per_cpu(model_mm_const(orders_model_at(w, 0), MM)));
	orders_begin_fork(w, 0);
	ck_assert(mm_in_window(model_mm_const(orders_model_at(w, 0), MM)));
	orders_end_fork(w);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
	ck_assert_uint_eq(model_mm_const(orders_model_at(w, 0), MM)->mode, MODE_PER_CPU);
	order_world_free(w);
}

/* Proves that where two gets are pending both orders are kept: who is over by now may have come
 * first or second, and the other one need not have come. */
TEST(two_gets_give_two_states)
{
	struct order_world *w = order_world_new(64);
	cid_word first, second;

	orders_fork_tasks(w, 5);
	orders_begin_switch(w, 1, TASK_NONE, 1);
	orders_begin_switch(w, 2, TASK_NONE, 2);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
	orders_end_switch(w, 1);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	first = orders_word_of(w, 0, 1);
	second = orders_word_of(w, 1, 1);
	ck_assert_uint_ne(first, second);
	ck_assert(cid_is_unset(orders_word_of(w, 0, 2)));
	ck_assert_uint_eq(orders_word_of(w, 1, 2), first);
	/* The likeliest is the order of the events. */
	ck_assert_uint_eq(states_first(&w->mm->states)->inversions, 0);
	orders_end_switch(w, 2);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	ck_assert_uint_eq(orders_word_of(w, 0, 2), second);
	order_world_free(w);
}

/* Proves that with many CPUs, of the switches that conflict with one that is over, all but the
 * latest three are over. */
TEST(the_oldest_switches_of_a_wide_machine_are_over)
{
	struct order_world *w = order_world_new_wide(64);

	orders_fork_tasks(w, ORDER_WORLD_WIDE + 1);
	ck_assert(mm_is_per_cpu(model_mm_const(orders_model_at(w, 0), MM)));
	for (uint32_t cpu = 1; cpu < 7; cpu++)
		orders_begin_switch(w, cpu, TASK_NONE, cpu);
	ck_assert(!w->mm->states.cut);
	orders_end_switch(w, 6);
	ck_assert(w->mm->states.cut);
	/* none, one, two or all of the three come before, in each order */
	ck_assert_uint_eq(states_count(&w->mm->states), 1 + 3 + 6 + 6);
	for (guint i = 0; i < states_count(&w->mm->states); i++) {
		ck_assert(model_is_running(orders_model_at(w, i), 1));
		ck_assert(model_is_running(orders_model_at(w, i), 2));
		ck_assert(model_is_running(orders_model_at(w, i), 6));
	}
	order_world_free(w);
}

/* Proves that steps which commute do not make states more, and are not taken before they must. */
TEST(commuting_switches_stay_one_state)
{
	struct order_world *w = order_world_new(64);

	orders_fork_tasks(w, 4);
	for (uint32_t cpu = 1; cpu < 4; cpu++)
		orders_begin_switch(w, cpu, TASK_NONE, cpu);
	orders_end_switch(w, 2);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
	ck_assert(model_is_running(orders_model_at(w, 0), 2));
	ck_assert(!model_is_running(orders_model_at(w, 0), 1));
	ck_assert(!model_is_running(orders_model_at(w, 0), 3));
	order_world_free(w);
}

static guint count_ranked(const struct order_world *w, uint32_t inversions, uint32_t waits)
{
	guint count = 0;

	for (guint i = 0; i < states_count(&w->mm->states); i++) {
		const struct order_state *state = states_at(&w->mm->states, i);

		count += state->inversions == inversions && state->waits == waits;
	}
	return count;
}

/* Proves that where a likelier way leads to a state that is still to be looked at, what follows from
 * it has the inversions and the waits of that way. */
TEST(likelier_way_counts_with_its_waits)
{
	struct order_world *w = order_world_new(256);
	const uint32_t looked_at[] = { 1 };

	orders_fork_tasks(w, 4);
	orders_run(w, 1, TASK_NONE, 1);
	orders_run(w, 3, TASK_NONE, 3);
	orders_begin_fork(w, 0);
	order_walk_may_have_come(w->mm, 2, looked_at, 1, false);
	orders_begin_switch(w, 1, 1, TASK_NONE);
	orders_begin_switch(w, 2, TASK_NONE, 4);
	orders_begin_switch(w, 3, 3, 2);
	order_settle(w->mm, (struct order_actor){ .kind = ACTOR_SWITCH, .index = 2, .line = 3 });
	ck_assert(!w->mm->states.cut);
	ck_assert_uint_eq(count_ranked(w, 2, 2), 2);
	order_world_free(w);
}

/* Proves that a task which is looked at while a walk is under way may have been visited or not. */
TEST(walk_may_have_come_or_not)
{
	struct order_world *w = order_world_new(64);
	const uint32_t looked_at[] = { 2 };

	orders_fork_tasks(w, 4);
	orders_begin_fork(w, 0);
	order_walk_may_have_come(w->mm, 3, looked_at, 1, false);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	ck_assert_uint_eq(orders_word_of(w, 0, 2), 2);
	ck_assert(cid_is_unset(orders_word_of(w, 1, 2)));
	order_world_free(w);
}

/* Proves that a visit which does nothing counts where a switch takes the lock: later it could not
 * be made up for until the switch is over. Otherwise it may as well come later. */
TEST(visit_of_nothing_counts_under_a_lock)
{
	struct order_world *w = order_world_new(64);
	uint32_t looked_at[1];

	orders_fork_tasks(w, 4);
	/* The child comes first, and has no number. */
	looked_at[0] = orders_begin_fork(w, 0);
	order_walk_may_have_come(w->mm, 1, looked_at, 1, false);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
	order_walk_may_have_come(w->mm, 1, looked_at, 1, true);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	order_world_free(w);
}

/* Proves that settling rules out: a walk that has to be past a CPU whose switch cannot be over
 * leaves no state. */
TEST(settling_rules_out)
{
	struct order_world *w = order_world_new(64);

	orders_fork_tasks(w, 5);
	order_settle_walk(w->mm, 2, UINT32_MAX, true, false);
	ck_assert_uint_eq(states_count(&w->mm->states), 0);
	order_world_free(w);
}

static struct order_state *add_state(struct order_world *w, uint32_t inversions, uint32_t group)
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
	struct order_world *w = order_world_new(2);

	orders_fork_tasks(w, 1);
	states_first(&w->mm->states)->inversions = 3;
	add_state(w, 1, 7);
	states_tidy(&w->mm->states);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	ck_assert_uint_eq(model_task_const(orders_model_at(w, 0), 0)->group, 7);
	ck_assert(!w->mm->states.cut);
	add_state(w, 5, 7);
	states_tidy(&w->mm->states);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	ck_assert_uint_eq(states_first(&w->mm->states)->inversions, 1);
	ck_assert(!w->mm->states.cut);
	add_state(w, 0, 9);
	states_tidy(&w->mm->states);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	ck_assert_uint_eq(model_task_const(orders_model_at(w, 0), 0)->group, 9);
	ck_assert_uint_eq(model_task_const(orders_model_at(w, 1), 0)->group, 7);
	ck_assert(w->mm->states.cut);
	order_world_free(w);
}

/* Proves that a child which is counted before it is seen may be seen or not, until it is. */
TEST(child_may_be_seen)
{
	struct order_world *w = order_world_new(64);

	orders_fork_tasks(w, 2);
	for (guint i = 0; i < states_count(&w->mm->states); i++)
		model_task(&((struct order_state *)states_at(&w->mm->states, i))->model, 1)
			->visible = 0;
	order_mm_show(w->mm, 1, false);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	order_mm_show(w->mm, 1, true);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
	order_world_free(w);
}
