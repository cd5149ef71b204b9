/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Hidden steps of a switch: what they touch, and how many there are. */

#include "model/pool.h"
#include "sim/replay/orders/hidden-kinds.h"
#include "tests/lib/order-world.h"
#include "tests/lib/suite.h"

enum { MM = 0 };

static struct order_world *w;

static void set_up(void)
{
	w = order_world_new(64);
	orders_fork_tasks(w, 2);
}

static void tear_down(void)
{
	order_world_free(w);
}

SUITE(.before = set_up, .after = tear_down);

static struct order_state *state(void)
{
	return states_first(&w->mm->states);
}

static const struct model_cpu *cpu_at(uint32_t cpu)
{
	return model_cpu_const(&state()->model, cpu);
}

/* Proves that a switch which is not pending is done and touches nothing. */
TEST(no_switch_is_done)
{
	ck_assert(hidden_switch_is_done(w->mm, state(), 1));
	ck_assert_uint_eq(hidden_switch_touches(w->mm, state(), 1, UINT32_MAX), 0);
	ck_assert(!hidden_take_switch(w->mm, state(), 1));
}

/* Proves that the fast path reads the mode only, is one step, and knows numbers above a limit. */
TEST(a_fast_switch_is_one_step)
{
	orders_begin_switch(w, 1, TASK_NONE, 1);
	ck_assert_uint_eq(
		hidden_switch_touches(w->mm, state(), 1, UINT32_MAX), (unsigned)TOUCHES_MODE);
	ck_assert_uint_eq(hidden_switch_touches(w->mm, state(), 1, 1),
		(unsigned)(TOUCHES_MODE | TOUCHES_NUMBER));
	ck_assert_uint_eq(hidden_switch_touches(w->mm, state(), 1, 2), (unsigned)TOUCHES_MODE);
	ck_assert(hidden_take_switch(w->mm, state(), 1));
	ck_assert(hidden_switch_is_done(w->mm, state(), 1));
	ck_assert_uint_eq(cpu_at(1)->curr, 1);
	ck_assert(!hidden_take_switch(w->mm, state(), 1));
}

/* Proves that idle touches nothing. */
TEST(a_switch_to_idle_touches_nothing)
{
	orders_begin_switch(w, 0, 0, TASK_NONE);
	ck_assert_uint_eq(hidden_switch_touches(w->mm, state(), 0, UINT32_MAX), 0);
	ck_assert(!hidden_switch_is_done(w->mm, state(), 0));
	ck_assert(hidden_take_switch(w->mm, state(), 0));
	ck_assert_uint_eq(cpu_at(0)->curr, TASK_NONE);
}

/* Proves that who leaves in transit takes a step of its own, between which and the next others can
 * come. */
TEST(a_switch_of_a_number_in_transit_is_two_steps)
{
	orders_run(w, 1, TASK_NONE, 1);
	model_task(&state()->model, 1)->cid |= CID_TRANSIT;
	orders_begin_switch(w, 1, 1, TASK_NONE);
	ck_assert_uint_eq(hidden_switch_touches(w->mm, state(), 1, UINT32_MAX),
		(unsigned)(TOUCHES_POOL | TOUCHES_MODE));
	ck_assert(hidden_take_switch(w->mm, state(), 1));
	ck_assert_uint_eq(cpu_at(1)->phase, CPU_BETWEEN);
	ck_assert_uint_eq(cpu_at(1)->curr, TASK_NONE);
	ck_assert(!hidden_switch_is_done(w->mm, state(), 1));
	ck_assert(hidden_take_switch(w->mm, state(), 1));
	ck_assert(hidden_switch_is_done(w->mm, state(), 1));
}

/* Proves that a get without a number spins, touches the pool, and goes on once one is free. */
TEST(a_get_without_a_number_spins)
{
	struct model *model = &state()->model;

	pool_unset_task(model, 1, NULL);
	for (uint32_t number = 1; number < ORDER_WORLD_CPUS; number++)
		ck_assert(pool_set(model, MM, number, NULL));
	orders_begin_switch(w, 1, TASK_NONE, 1);
	ck_assert_uint_eq(hidden_switch_touches(w->mm, state(), 1, UINT32_MAX),
		(unsigned)(TOUCHES_POOL | TOUCHES_MODE));
	ck_assert(hidden_take_switch(w->mm, state(), 1));
	ck_assert_uint_eq(cpu_at(1)->phase, CPU_SPINS);
	ck_assert_uint_eq(
		hidden_switch_touches(w->mm, state(), 1, UINT32_MAX), (unsigned)TOUCHES_POOL);
	ck_assert(!hidden_take_switch(w->mm, state(), 1));
	pool_drop(model, MM, 2, NULL);
	ck_assert(hidden_take_switch(w->mm, state(), 1));
	ck_assert(hidden_switch_is_done(w->mm, state(), 1));
	ck_assert_uint_eq(orders_word_of(w, 0, 1), 2);
}
