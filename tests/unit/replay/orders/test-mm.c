/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/mm.h"

#include "tests/lib/order-world.h"
#include "tests/lib/suite.h"

/* What the mm of a trace remembers beside its states. */

/* Proves that a change of an affinity is to be made in each state, also where an earlier one had
 * its place. */
TEST(a_new_change_of_an_affinity_is_made_in_no_state)
{
	struct order_world *w = order_world_new(64);
	uint64_t mask = 3;
	struct order_state *second;
	uint32_t index;

	orders_fork_tasks(w, 2);
	second = states_copy(&w->mm->states, states_first(&w->mm->states));
	state_changes(second)->inversions = 7;
	states_add(&w->mm->states, second);
	ck_assert_uint_eq(states_count(&w->mm->states), 2);
	for (guint i = 0; i < 2; i++)
		state_changes(states_at(&w->mm->states, i))->affinities_done = UINT32_MAX;
	index = order_mm_add_affinity(w->mm, (struct order_affinity){ .task = 1, .mask = &mask });
	for (guint i = 0; i < 2; i++)
		ck_assert_uint_eq(states_at(&w->mm->states, i)->affinities_done >> index & 1, 0);
	ck_assert_uint_ne(index,
		order_mm_add_affinity(w->mm, (struct order_affinity){ .task = 0, .mask = &mask }));
	order_world_free(w);
}

TEST(the_ops_of_a_task_go_and_those_of_others_stay)
{
	static const struct order_op ops[] = {
		{ .id = 1, .initiator = 2, .task = 7, .over = true },
		{ .id = 2, .initiator = 1, .task = 1 },
		{ .id = 3, .initiator = 2, .task = 2, .over = true },
		{ .id = 4, .initiator = 3, .task = 5, .over = true },
		{ .id = 5, .initiator = 3, .task = 3 },
	};
	struct order_world *w = order_world_new(64);

	g_array_append_vals(w->mm->ops, ops, G_N_ELEMENTS(ops));
	ck_assert(order_mm_has_op_of(w->mm, 7) && order_mm_has_op_of(w->mm, 3));
	ck_assert(!order_mm_has_op_of(w->mm, 4));
	w->mm->current = (struct order_op){ .id = 6, .task = 4 };
	ck_assert(order_mm_has_op_of(w->mm, 4));
	ck_assert(order_mm_drop_ops_of(w->mm, 2));
	ck_assert_uint_eq(w->mm->ops->len, 3);
	ck_assert_uint_eq(g_array_index(w->mm->ops, struct order_op, 0).id, 2);
	ck_assert_uint_eq(g_array_index(w->mm->ops, struct order_op, 1).id, 4);
	ck_assert(!order_mm_drop_ops_of(w->mm, 3));
	ck_assert_uint_eq(w->mm->ops->len, 1);
	order_world_free(w);
}

/* Proves that an event says of a guessed mask how many CPUs it has, if it is another number. */
TEST(changes_of_a_guessed_mask_learn_their_weight)
{
	struct order_world *w = order_world_new(64);
	uint64_t mask = 3;
	uint32_t index;

	orders_fork_tasks(w, 2);
	index = order_mm_add_affinity(w->mm, (struct order_affinity){ .task = 1, .mask = &mask });
	order_mm_weigh(w->mm, 2);
	ck_assert_uint_eq(w->mm->affinities[index].weight, 0); /* nothing is guessed */
	w->mm->mask_guessed = true;
	order_mm_weigh(w->mm, ORDER_WORLD_CPUS);
	ck_assert_uint_eq(w->mm->affinities[index].weight, 0);
	order_mm_weigh(w->mm, 2);
	ck_assert_uint_eq(w->mm->affinities[index].weight, 2);
	order_world_free(w);
}

/* Proves that tasks which a walk over the system has left out are of no thread group. */
TEST(a_visit_teaches_the_groups_of_those_before_it)
{
	struct order_world *w = order_world_new(64);
	const struct model *model;

	w->mm->groups_guessed = true;
	w->mm->config.protocol.walk_users = WALK_USERS_SYSTEM;
	orders_fork_tasks(w, 4);
	state_changes(states_first(&w->mm->states))->model.protocol.walk_users = WALK_USERS_SYSTEM;
	orders_begin_fork(w, 0);
	model = orders_model_at(w, 0);
	ck_assert_uint_eq(model_mm_const(model, 0)->cursor, 1);
	order_learn_groups(w->mm, 3);
	ck_assert_uint_eq(model_mm_const(model, 0)->cursor, 3);
	ck_assert_uint_eq(model_task_const(model, 1)->group, MODEL_TASKS_MAX - 1);
	ck_assert_uint_eq(model_task_const(model, 2)->group, MODEL_TASKS_MAX - 1);
	ck_assert_uint_ne(model_task_const(model, 3)->group, MODEL_TASKS_MAX - 1);
	order_world_free(w);
}
