/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

SUITE(.before = parts_start, .after = parts_stop);

TEST(new_tasks_go_to_the_cpus_in_turn_and_run_in_the_order_in_which_they_came)
{
	uint32_t task[4];
	bool preempts;

	for (unsigned i = 0; i < 4; i++) {
		task[i] = parts_task();
		ck_assert_uint_eq(queues_put(parts_engine, task[i], true, &preempts), i % 2);
		ck_assert_uint_eq(sim_task(parts_engine, task[i])->state, TASK_QUEUED);
	}
	ck_assert_uint_eq(parts_engine->totals->migrations, 2); /* forked on CPU 0 */
	ck_assert_uint_eq(queues_pick(parts_engine, 1), task[1]);
	ck_assert_uint_eq(queues_pick(parts_engine, 1), task[3]);
	ck_assert_uint_eq(queues_pick(parts_engine, 1), TASK_NONE);
	queues_remove(parts_engine, task[0]);
	ck_assert_uint_eq(sim_task(parts_engine, task[0])->state, TASK_MOVES);
	ck_assert_uint_eq(queues_pick(parts_engine, 0), task[2]);
}

/* The time of the only one that is to wake up. */
static uint64_t only_wakeup(void)
{
	struct wheel *wheel = parts_engine->queues.wheel;
	uint64_t key, next;

	ck_assert(wheel_min_key(wheel, &key));
	ck_assert_uint_eq(wheel_pop(wheel), key);
	ck_assert(!wheel_min_key(wheel, &next));
	return wheel_key_time(key);
}

TEST(who_sleeps_beyond_the_end_of_the_run_is_not_kept)
{
	uint32_t task = parts_task(), other = parts_task();

	queues_sleep_until(parts_engine, task, 1000);
	ck_assert_uint_eq(task_due(sim_task(parts_engine, task)), 1000);
	queues_sleep_until(parts_engine, other, parts_engine->scenario->time_ns + 7);
	ck_assert(parts_engine->end.beyond);
	ck_assert_uint_eq(only_wakeup(), 1000);
}

TEST(an_earlier_time_to_wake_up_stays)
{
	uint32_t task = parts_task();

	queues_sleep_until(parts_engine, task, 0);
	queues_wake_soon(parts_engine, task);
	ck_assert_uint_eq(task_due(sim_task(parts_engine, task)), 0);
	ck_assert_uint_eq(only_wakeup(), 0);
}

TEST_SIGNAL(nobody_sleeps_until_a_time_that_is_over, SIGABRT)
{
	uint32_t task = parts_task();

	parts_engine->now_ns = 10;
	queues_sleep_until(parts_engine, task, 9);
}

TEST_SIGNAL(who_is_in_no_queue_is_not_taken_out, SIGABRT)
{
	queues_remove(parts_engine, parts_task());
}
