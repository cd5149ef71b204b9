/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/describe.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

SUITE(.before = parts_start, .after = parts_stop);

TEST(an_mm_is_described_by_its_mode_and_who_runs)
{
	g_autofree char *quiet = describe_mm(parts_engine, parts_mm), *text = NULL;

	ck_assert(g_str_has_prefix(quiet, "mode per task, 0 users, max_cids "));
	ck_assert_ptr_null(strchr(quiet, '\n'));
	parts_task_awake();
	text = describe_mm(parts_engine, parts_mm);
	ck_assert_ptr_nonnull(strstr(text, "\nCPU0: task 100 (worker"));
	ck_assert(!g_str_has_suffix(text, "\n"));
}

TEST(who_holds_the_mutex_is_named_even_if_nobody_spins)
{
	uint32_t task = parts_task();
	g_autofree char *nobody = describe_spins(parts_engine, parts_mm, NULL), *text = NULL;

	ck_assert_str_eq(nobody, "");
	sim_mm(parts_engine, parts_mm)->mutex_owner = task;
	sim_task(parts_engine, task)->op = OP_EXIT;
	text = describe_spins(parts_engine, parts_mm, NULL);
	ck_assert(g_str_has_prefix(text, "CPU0: task 100 (worker"));
	ck_assert(g_str_has_suffix(text, ") holds the mutex of app"));
}

TEST_SIGNAL(an_mm_that_has_ended_is_not_described, SIGABRT)
{
	tasks_end(parts_engine, parts_task());
	describe_mm(parts_engine, parts_mm);
}
