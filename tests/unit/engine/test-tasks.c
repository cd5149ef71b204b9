/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

SUITE(.before = parts_start, .after = parts_stop);

TEST(pids_count_up_from_100_and_are_not_used_again)
{
	uint32_t first = parts_task(), second = parts_task(), third;

	ck_assert_uint_eq(tasks_pid(parts_engine, first), 100);
	ck_assert_uint_eq(tasks_pid(parts_engine, second), 101);
	ck_assert_uint_eq(parts_engine->tasks.alive, 2);
	tasks_end(parts_engine, first);
	third = parts_task();
	ck_assert_uint_eq(third, first); /* the place is */
	ck_assert_uint_eq(tasks_pid(parts_engine, third), 102);
	ck_assert_uint_eq(parts_engine->totals->tasks_max, 2);
}

TEST(the_place_of_the_first_of_a_thread_group_is_kept_for_the_group)
{
	uint32_t first = parts_task();
	uint32_t thread = tasks_new(
		parts_engine, parts_engine->units.first[UNIT_GROUP], parts_mm, first, 0, true);

	ck_assert_uint_eq(tasks_name(parts_engine, thread).group_pid, 100);
	tasks_end(parts_engine, first);
	ck_assert_uint_eq(tasks_name(parts_engine, thread).group_pid, 100);
	ck_assert_uint_ne(parts_task(), first);
	tasks_end(parts_engine, thread);
	ck_assert(parts_engine->tasks.free == first || parts_engine->tasks.free == thread);
}

TEST(who_has_nothing_special_shares_what_all_have)
{
	uint32_t task = parts_task(), other = parts_task();
	struct sim_task *t = sim_task(parts_engine, task);

	ck_assert_uint_eq(t->extra, 0);
	tasks_extra(&parts_engine->tasks, t)->loops = 3;
	ck_assert_uint_ne(t->extra, 0);
	ck_assert_uint_eq(extra_of(parts_engine, t)->loops, 3);
	ck_assert_uint_eq(
		extra_of(parts_engine, sim_task(parts_engine, other))->loops, LOOPS_FOREVER);
}

TEST(the_idle_task_has_a_name)
{
	ck_assert_str_eq(tasks_name(parts_engine, TASK_NONE).name, "<idle>");
	ck_assert_uint_eq(tasks_name(parts_engine, TASK_NONE).pid, 0);
	ck_assert_str_eq(tasks_name(parts_engine, parts_task()).name, "worker");
}

TEST_SIGNAL(a_task_that_runs_does_not_end, SIGABRT)
{
	tasks_end(parts_engine, parts_task_awake());
}

TEST_SIGNAL(a_task_ends_once, SIGABRT)
{
	uint32_t task = parts_task();

	parts_task();
	tasks_end(parts_engine, task);
	tasks_end(parts_engine, task);
}

TEST_SIGNAL(the_initiator_of_a_window_does_not_end_in_it, SIGABRT)
{
	uint32_t task = parts_task();

	sim_task(parts_engine, task)->in_window = 1;
	tasks_end(parts_engine, task);
}
