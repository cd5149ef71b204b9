/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/engine/engine.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

SUITE(.before = parts_start, .after = parts_stop);

TEST(a_run_is_described_by_its_mms_and_cpus)
{
	g_autofree char *quiet = engine_describe(parts_engine), *text = NULL;

	ck_assert_ptr_nonnull(strstr(quiet, "app: mode per task; 0 users; max_cids "));
	ck_assert_ptr_nonnull(strstr(quiet, "CIDs taken: none\nCPU0: word 0; idles\n"));
	parts_task_awake();
	text = engine_describe(parts_engine);
	ck_assert_ptr_nonnull(strstr(text, "; runs worker 100 with word "));
}

TEST(a_lane_has_who_runs_there)
{
	struct record_lane lane;

	engine_lane(parts_engine, 0, &lane);
	ck_assert_uint_eq(lane.task.pid, 0);
	ck_assert_uint_eq(lane.account, UINT32_MAX);
	parts_task_awake();
	engine_lane(parts_engine, 0, &lane);
	ck_assert_uint_eq(lane.task.pid, 100);
	ck_assert_str_eq(lane.task.name, "worker");
	ck_assert_uint_ne(lane.account, UINT32_MAX);
	ck_assert(!lane.spins);
}

TEST(a_task_that_waits_for_the_mutex_is_named)
{
	uint32_t task = parts_task();
	g_autofree char *text = NULL;

	sim_mm(parts_engine, parts_mm)->mutex_owner = task;
	sim_task(parts_engine, task)->op = OP_EXIT;
	text = engine_describe(parts_engine);
	ck_assert_ptr_nonnull(strstr(text, "\n  worker 100 holds the mutex; exit: user\n"));
}
