/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/due.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

SUITE(.before = parts_start, .after = parts_stop);

static uint64_t due(uint32_t cpu)
{
	return cputree_time(parts_engine->cpus.tree, cpu);
}

TEST(an_event_at_the_end_of_the_run_is_kept_and_one_after_it_is_not)
{
	uint64_t end_ns = parts_engine->scenario->time_ns;

	due_set(parts_engine, 1, end_ns);
	ck_assert_uint_eq(due(1), end_ns);
	due_set(parts_engine, 1, end_ns + 1);
	ck_assert_uint_eq(due(1), CPUTREE_NEVER);
}

TEST(a_cpu_has_one_event)
{
	due_set(parts_engine, 0, 70);
	due_set(parts_engine, 0, 90);
	ck_assert_uint_eq(due(0), 90);
	due_never(parts_engine, 0);
	ck_assert_uint_eq(due(0), CPUTREE_NEVER);
	ck_assert_uint_eq(cputree_min_time(parts_engine->cpus.tree), CPUTREE_NEVER);
}

TEST(a_cpu_that_is_asked_looks_at_it_now_or_when_its_lock_is_free)
{
	parts_task_awake();
	parts_engine->now_ns = 40;
	sim_cpu(parts_engine, 0)->lock_until_ns = 30;
	due_soon(parts_engine, 0);
	ck_assert_uint_eq(due(0), 40);
	sim_cpu(parts_engine, 0)->lock_until_ns = 55;
	due_soon(parts_engine, 0);
	ck_assert_uint_eq(due(0), 55);
}

TEST(an_idle_cpu_cannot_be_asked)
{
	due_soon(parts_engine, 1);
	ck_assert_uint_eq(due(1), CPUTREE_NEVER);
}

TEST(a_slice_counts_only_while_others_wait)
{
	struct sim_cpu *cpu = sim_cpu(parts_engine, 0);
	uint32_t task = parts_task_awake();

	task_set_due(sim_task(parts_engine, task), 500);
	cpu->run_start_ns = 100;
	cpu->slice_end_ns = 300;
	due_arm(parts_engine, 0);
	ck_assert_uint_eq(due(0), 600);
	parts_task_awake(); /* on the other CPU */
	parts_task_awake();
	cpu->lock_until_ns = 0;
	due_arm(parts_engine, 0);
	ck_assert_uint_eq(due(0), 300);
	cpu->lock_until_ns = 400; /* it cannot switch before */
	due_arm(parts_engine, 0);
	ck_assert_uint_eq(due(0), 400);
}

TEST_SIGNAL(a_cpu_that_runs_no_task_has_none_to_wait_for, SIGABRT)
{
	sim_cpu(parts_engine, 0)->curr = parts_task();
	due_arm(parts_engine, 0);
}
