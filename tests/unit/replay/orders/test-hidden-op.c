/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Hidden steps of forks and exits: in which order they come, and when they cannot be taken. */

#include <string.h>

#include "model/mm.h"
#include "model/pool.h"
#include "sim/replay/orders/hidden-kinds.h"
#include "sim/replay/orders/walk.h"
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

static const struct model_mm *mm(void)
{
	return model_mm_const(&state()->model, MM);
}

/* An op that an event has shown in its decision. */
static void begin(enum order_op_kind kind, uint32_t initiator, uint32_t task)
{
	w->mm->current = (struct order_op){ .kind = kind,
		.id = ++w->mm->last_op,
		.pid = 100,
		.initiator = initiator,
		.task = task };
}

/* Not taken, and nothing has changed. */
static void assert_refused(void)
{
	g_autofree struct order_state *before = g_memdup2(state(), w->mm->states.size);

	ck_assert(!hidden_take_op(w->mm, state()));
	ck_assert_int_eq(memcmp(before, state(), w->mm->states.size), 0);
}

/* Proves that a fork decides before it gets its number, and gets it only once the event of the
 * decision is over. */
TEST(a_fork_decides_then_gets)
{
	uint32_t child = order_mm_add_task(w->mm, 102, 100, 0), limit;

	begin(ORDER_FORK, 0, child);
	ck_assert_uint_eq(hidden_op_touches(w->mm, state(), &limit),
		(unsigned)(TOUCHES_POOL | LOCKED | CHANGES_MAX));
	ck_assert_uint_eq(limit, 2);
	ck_assert(hidden_take_op(w->mm, state()));
	ck_assert_uint_eq(mm()->users, 3);
	ck_assert_uint_eq(mm()->phase, PHASE_GET_LOCKED);
	ck_assert_uint_eq(
		hidden_op_touches(w->mm, state(), &limit), (unsigned)(TOUCHES_POOL | LOCKED));
	assert_refused();
	w->mm->current.released = true;
	ck_assert(hidden_take_op(w->mm, state()));
	ck_assert(state()->current_done);
	ck_assert_uint_eq(orders_word_of(w, 0, child), 2);
	ck_assert_uint_eq(hidden_op_touches(w->mm, state(), &limit), 0);
	assert_refused();
}

/* Proves that a get waits until a number is free. */
TEST(a_get_waits_for_a_number)
{
	uint32_t child = order_mm_add_task(w->mm, 102, 100, 0);

	begin(ORDER_FORK, 0, child);
	w->mm->current.released = true;
	ck_assert(hidden_take_op(w->mm, state()));
	for (uint32_t number = 2; number < ORDER_WORLD_CPUS; number++)
		ck_assert(pool_set(&state()->model, MM, number, NULL));
	assert_refused();
	pool_drop(&state()->model, MM, 3, NULL);
	ck_assert(hidden_take_op(w->mm, state()));
	ck_assert_uint_eq(orders_word_of(w, 0, child), 3);
}

TEST(a_user_is_not_forked)
{
	begin(ORDER_FORK, 0, 1);
	assert_refused();
}

/* Proves that in per-CPU mode somebody must be a user already. */
TEST(nobody_is_the_first_user_in_per_cpu_mode)
{
	uint32_t child = order_mm_add_task(w->mm, 102, 100, 0);

	begin(ORDER_FORK, 0, child);
	model_mm(&state()->model, MM)->mode = MODE_PER_CPU;
	model_mm(&state()->model, MM)->users = 0;
	assert_refused();
}

/* Proves that an exit leaves first, decides then, and is over if users remain and the mode stays.
 */
TEST(an_exit_leaves_then_decides)
{
	begin(ORDER_EXIT, 1, 1);
	ck_assert(hidden_take_op(w->mm, state()));
	ck_assert_int_eq(state()->stage, ORDER_LEFT);
	ck_assert_uint_eq(mm()->users, 1);
	ck_assert_uint_eq(mm()->max_cids, 2);
	ck_assert(hidden_take_op(w->mm, state()));
	ck_assert(state()->current_done);
	ck_assert_uint_eq(mm()->max_cids, 1);
	ck_assert_uint_eq(state()->holder, 0);
}

static const struct {
	uint32_t users, pcpu_thrs;
	bool decides;
} less[] = { { 1, 0, true }, { ORDER_WORLD_CPUS + 1, 0, false }, { 1, 1, false } };

/* Proves that an exit does not lead to per-CPU mode, as numbers that are taken from a trace may
 * say. */
TEST_ROWS(an_exit_decides_for_no_more_than_there_is, less)
{
	begin(ORDER_EXIT, 1, 1);
	ck_assert(hidden_take_op(w->mm, state()));
	model_mm(&state()->model, MM)->users = less[_i].users;
	model_mm(&state()->model, MM)->pcpu_thrs = less[_i].pcpu_thrs;
	if (less[_i].decides)
		ck_assert(hidden_take_op(w->mm, state()));
	else
		assert_refused();
}

/* Proves that an exit touches the pool only if its task has a number to give back. */
TEST(an_exit_touches_the_pool_with_a_number_of_its_own)
{
	uint32_t limit;

	begin(ORDER_EXIT, 1, 1);
	ck_assert_uint_eq(hidden_op_touches(w->mm, state(), &limit),
		(unsigned)(TOUCHES_POOL | LOCKED | CHANGES_MAX));
	pool_drop(&state_changes(state())->model, MM, 1, NULL);
	model_task(&state()->model, 1)->cid = CID_UNSET;
	ck_assert_uint_eq(
		hidden_op_touches(w->mm, state(), &limit), (unsigned)(LOCKED | CHANGES_MAX));
}

/* Proves that nothing is taken where no op is under way, and of one that is over. */
TEST(nothing_is_left_to_take)
{
	begin(ORDER_EXIT, 1, 1);
	state_changes(state())->current_done = true;
	assert_refused();
	state_changes(state())->current_done = false;
	w->mm->current.id = 0;
	assert_refused();
}

TEST(who_is_no_user_does_not_leave)
{
	uint32_t task = order_mm_add_task(w->mm, 102, 100, 0);

	begin(ORDER_EXIT, task, task);
	assert_refused();
}

/* Proves that nothing is taken while another op has the mutex in this state. */
TEST(the_mutex_is_held_by_one)
{
	const struct order_op exit = { .kind = ORDER_EXIT, .id = 99, .task = 1 };

	begin(ORDER_EXIT, 1, 1);
	state()->holder = 77;
	assert_refused();
	ck_assert(!hidden_leave(state(), &exit));
}

/* Proves that a step of the walk waits for a switch that holds the lock of the task, and that one
 * which touches nothing is over by then. */
TEST(a_walk_waits_for_a_switch)
{
	uint32_t child, limit;

	orders_run(w, 1, TASK_NONE, 1);
	for (int i = 0; i < 2; i++) {
		orders_begin_fork(w, 0);
		orders_end_fork(w);
	}
	child = orders_begin_fork(w, 0);
	ck_assert(walk_is_under_way(w->mm, state()));
	ck_assert_uint_eq(hidden_op_touches(w->mm, state(), &limit),
		(unsigned)(TOUCHES_POOL | CHANGES_MODE | LOCKED));
	ck_assert_uint_eq(mm()->cursor, child);
	ck_assert(hidden_take_op(w->mm, state())); /* of the child, which has no number */
	ck_assert_uint_eq(mm()->cursor, 3);
	orders_begin_switch(w, 2, TASK_NONE, 3);
	assert_refused();
}

/* Proves that a get which finds a number does not spin, and one that finds none does. */
TEST(a_get_spins_without_a_number)
{
	uint32_t child;

	order_world_free(w);
	w = order_world_new_whole("7.1");
	orders_fork_tasks(w, 1);
	child = order_mm_add_task(w->mm, 102, 100, 0);
	begin(ORDER_FORK, 0, child);
	w->mm->current.released = true;
	ck_assert(!hidden_spin_op(w->mm, state()));
	ck_assert(hidden_take_op(w->mm, state()));
	for (uint32_t number = 1; number < ORDER_WORLD_CPUS; number++)
		ck_assert(pool_set(&state()->model, MM, number, NULL));
	ck_assert(hidden_spin_op(w->mm, state()));
	ck_assert_uint_eq(state()->observer.count[OBSERVE_SPINS], 1);
	w->mm->current.spun = true;
	pool_drop(&state()->model, MM, 2, NULL);
	ck_assert(hidden_take_op(w->mm, state()));
	ck_assert_uint_eq(orders_word_of(w, 0, child), 2);
}
