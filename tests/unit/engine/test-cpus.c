/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

SUITE(.before = parts_start, .after = parts_stop);

TEST(a_task_that_wakes_up_runs_at_once_on_an_idle_cpu)
{
	uint32_t task = parts_task_awake();

	ck_assert_uint_eq(sim_task(parts_engine, task)->state, TASK_RUNS);
	ck_assert_uint_eq(sim_cpu(parts_engine, 0)->curr, task);
	ck_assert_int_eq(sim_cpu(parts_engine, 0)->state, CPU_RUNS);
	ck_assert_int_eq(sim_cpu(parts_engine, 1)->state, CPU_IDLE);
	ck_assert_uint_eq(parts_engine->totals->wakeups, 1);
	ck_assert_uint_eq(parts_engine->totals->switches, 1);
}

TEST(who_is_queued_on_a_cpu_that_goes_offline_moves)
{
	uint32_t task[4];

	for (unsigned i = 0; i < 4; i++)
		task[i] = parts_task_awake();
	ck_assert_uint_eq(sim_task(parts_engine, task[3])->state, TASK_QUEUED);
	ck_assert_uint_eq(model_task(parts_engine->model, task[3])->cpu, 1);
	cpus_set_online(parts_engine, 1, false);
	ck_assert_uint_eq(parts_engine->cpus.online, 1);
	ck_assert_uint_eq(model_task(parts_engine->model, task[3])->cpu, 0);
	ck_assert_uint_eq(sim_cpu(parts_engine, 1)->queue.live, 0);
	/* who runs there leaves as soon as can be */
	ck_assert_uint_eq(sim_cpu(parts_engine, 1)->curr, task[1]);
	ck_assert(sim_cpu(parts_engine, 1)->resched);
	cpus_set_online(parts_engine, 1, true);
	ck_assert_uint_eq(parts_engine->cpus.online, 2);
}

TEST(a_cpu_that_is_as_it_shall_be_does_not_change)
{
	cpus_set_online(parts_engine, 1, true);
	ck_assert_uint_eq(parts_engine->cpus.online, 2);
}

TEST_SIGNAL(the_last_cpu_stays_online, SIGABRT)
{
	cpus_set_online(parts_engine, 0, false);
	cpus_set_online(parts_engine, 1, false);
}

TEST_SIGNAL(who_runs_does_not_wake_up, SIGABRT)
{
	cpus_wake(parts_engine, parts_task_awake(), false);
}

TEST_SIGNAL(an_idle_cpu_has_no_event, SIGABRT)
{
	cpus_event(parts_engine, 0);
}

TEST_SIGNAL(a_spin_ends_where_there_is_one, SIGABRT)
{
	parts_task_awake();
	cpus_spin_ended(parts_engine, 0);
}
