/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Steps that an event shows one by one: each is taken, or no state is left. */

#include "model/pool.h"
#include "sim/replay/orders/search.h"
#include "sim/replay/orders/shown.h"
#include "tests/lib/order-world.h"
#include "tests/lib/suite.h"

enum { MM = 0 };

static struct order_world *w;

static void set_up(void)
{
	w = order_world_new_whole("7.1");
	orders_fork_tasks(w, 4);
}

static void tear_down(void)
{
	order_world_free(w);
}

SUITE(.before = set_up, .after = tear_down);

static const struct model_mm *mm(void)
{
	return model_mm_const(orders_model_at(w, 0), MM);
}

/* The fork that flips the mode, and the steps of its walk: from the newest on, without the
 * initiator. */
TEST(a_walk_takes_one_step_at_a_time)
{
	uint32_t child = orders_begin_fork(w, 0);

	ck_assert(!order_op_may_end(w->mm));
	for (uint32_t task = child; task > 0; task--) {
		ck_assert(!order_op_may_end(w->mm));
		ck_assert(order_walk_step(w->mm, task, 3));
	}
	ck_assert_uint_eq(mm()->phase, PHASE_COMPLETE);
	ck_assert(order_op_may_end(w->mm));
	orders_end_fork(w);
	ck_assert_uint_eq(mm()->mode, MODE_PER_CPU);
	ck_assert_uint_eq(states_count(&w->mm->states), 1);
}

TEST(a_step_for_another_task_leaves_no_state)
{
	orders_begin_fork(w, 0);
	ck_assert(!order_walk_step(w->mm, 2, 0));
	ck_assert_uint_eq(states_count(&w->mm->states), 0);
}

TEST(a_step_of_a_task_that_runs_is_on_its_cpu)
{
	uint32_t child;

	orders_run(w, 2, TASK_NONE, 3);
	child = orders_begin_fork(w, 0);
	ck_assert(order_walk_step(w->mm, child, 0));
	ck_assert(!order_walk_step(w->mm, 3, 1));
}

TEST(no_walk_no_step)
{
	ck_assert(!order_walk_step(w->mm, 1, 0));
}

/* Proves that the first half of a switch is taken alone only where it does something. */
TEST(who_leaves_leaves_first)
{
	orders_begin_switch(w, 0, 0, 1);
	model_task((struct model *)orders_model_at(w, 0), 0)->cid |= CID_TRANSIT;
	ck_assert(order_switch_leaves(w->mm, 0));
	ck_assert_uint_eq(model_cpu_const(orders_model_at(w, 0), 0)->phase, CPU_BETWEEN);
	orders_end_switch(w, 0);
	ck_assert_uint_eq(model_cpu_const(orders_model_at(w, 0), 0)->curr, 1);
}

TEST(a_get_that_finds_a_number_does_not_spin)
{
	orders_begin_switch(w, 1, TASK_NONE, 1);
	ck_assert(!order_switch_spins(w->mm, 1));
	ck_assert_uint_eq(states_count(&w->mm->states), 0);
}

/* A task without number, and none free. */
static void starve(const char *revision)
{
	struct model *model;

	order_world_free(w);
	w = order_world_new_whole(revision);
	orders_fork_tasks(w, 2);
	model = (struct model *)orders_model_at(w, 0);
	pool_unset_task(model, 1, NULL);
	for (uint32_t number = 1; number < ORDER_WORLD_CPUS; number++)
		ck_assert(pool_set(model, MM, number, NULL));
	orders_begin_switch(w, 1, TASK_NONE, 1);
	ck_assert(order_switch_spins(w->mm, 1));
	ck_assert(w->mm->switches[1].spins);
}

TEST(a_bounded_get_gives_up)
{
	starve("bounded-get");
	ck_assert(order_switch_gives_up(w->mm, 1));
	ck_assert_uint_eq(orders_word_of(w, 0, 1), CID_UNSET);
}

TEST(another_get_does_not_give_up)
{
	starve("7.1");
	ck_assert(!order_switch_gives_up(w->mm, 1));
	ck_assert_uint_eq(states_count(&w->mm->states), 0);
}

/* Proves that a spin that goes on is no end of the switch. */
TEST(a_spin_cannot_be_over)
{
	starve("7.1");
	order_settle(w->mm, orders_on_cpu(1));
	ck_assert_uint_eq(states_count(&w->mm->states), 0);
}

TEST(without_an_op_nothing_spins)
{
	ck_assert(!order_op_spins(w->mm));
}

/* Proves that an exec takes the word along, whatever it is, and the CPU. */
TEST(a_task_moves_with_its_word)
{
	struct order_world *to = order_world_new_whole("7.1");
	uint32_t task = order_mm_add_task(w->mm, 200, 100, 1), moved;

	order_mm_run_there(w->mm, task, 1);
	model_task((struct model *)orders_model_at(w, 0), task)->cid = 3 | CID_TRANSIT;
	moved = order_mm_move_task(w->mm, task, to->mm);
	ck_assert_uint_eq(orders_word_of(to, 0, moved), 3 | CID_TRANSIT);
	ck_assert(model_is_running(orders_model_at(to, 0), moved));
	ck_assert_uint_eq(model_task_const(orders_model_at(to, 0), moved)->group, 200);
	ck_assert_uint_eq(model_cpu_const(orders_model_at(w, 0), 1)->curr, TASK_NONE);
	order_world_free(to);
}
