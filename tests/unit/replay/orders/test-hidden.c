/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/hidden.h"

#include "sim/replay/orders/walk.h"
#include "tests/lib/order-world.h"
#include "tests/lib/suite.h"

/* Who can take hidden steps, and who the walk has yet to come to. */

static struct order_world *w;

static void set_up(void)
{
	w = order_world_new(64);
	orders_fork_tasks(w, 4);
}

static void tear_down(void)
{
	order_world_free(w);
}

SUITE(.before = set_up, .after = tear_down);

static void add_op(enum order_op_kind kind, bool over, uint64_t line)
{
	const struct order_op op = {
		.kind = kind, .id = ++w->mm->last_op, .over = over, .line = line
	};

	g_array_append_val(w->mm->ops, op);
}

TEST(each_exit_that_is_not_over_may_leave)
{
	struct order_actor actors[8];

	add_op(ORDER_FORK, false, 1);
	add_op(ORDER_EXIT, true, 2);
	add_op(ORDER_EXIT, false, 3);
	add_op(ORDER_EXIT, false, 4);
	ck_assert_uint_eq(hidden_actors(w->mm, actors), 2);
	for (uint32_t i = 0; i < 2; i++) {
		ck_assert_int_eq(actors[i].kind, ACTOR_LEAVE);
		ck_assert_uint_eq(actors[i].index, 2 + i);
		ck_assert_uint_eq(actors[i].line, 3 + i);
	}
}

/* A walk over the system comes to other thread groups after its own, wherever it is now. */
TEST(a_walk_over_the_system_may_have_yet_to_come_to_another_group)
{
	const uint32_t task = 3;
	const struct order_look look = { .cpu = UINT32_MAX, .tasks = &task, .tasks_count = 1 };
	struct order_state *state;
	struct model_mm *m;

	orders_begin_fork(w, 0);
	state = states_first(&w->mm->states);
	m = model_mm(&state->model, 0);
	ck_assert(walk_is_ahead(w->mm, state, &look));
	m->cursor = 2; /* past it */
	ck_assert(!walk_is_ahead(w->mm, state, &look));
	state->model.protocol.walk_users = WALK_USERS_SYSTEM; /* oldest first */
	m->cursor = 4;
	ck_assert(!walk_is_ahead(w->mm, state, &look));
	model_task(&state->model, task)->group = task;
	ck_assert(walk_is_ahead(w->mm, state, &look));
	m->pass = 1;
	ck_assert(!walk_is_ahead(w->mm, state, &look));
}
