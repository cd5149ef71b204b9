/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

/* An mm with one user, whose pool has a CID less taken than it counts, breaks I4. */
static void start(void)
{
	uint32_t task;

	parts_start();
	task = parts_task_awake();
	fork_begin(parts_engine->model, 0, task, task,
		recorder_observer(parts_engine->recorder, parts_mm));
	model_mm(parts_engine->model, parts_mm)->taken++;
}

SUITE(.before = start, .after = parts_stop);

static uint64_t violations(void)
{
	return parts_engine->totals->violations_count;
}

TEST(a_broken_property_is_reported_once_until_it_holds_again)
{
	const struct record_violation *violation;

	after_step(parts_engine, parts_mm);
	after_step(parts_engine, parts_mm);
	ck_assert_uint_eq(violations(), 1);
	violation = parts_engine->totals->violations->pdata[0];
	ck_assert_str_eq(violation->property, "I4");
	ck_assert_ptr_nonnull(strstr(violation->text, "2 CIDs taken"));
	model_mm(parts_engine->model, parts_mm)->taken--;
	after_step(parts_engine, parts_mm);
	ck_assert_uint_eq(violations(), 1);
	model_mm(parts_engine->model, parts_mm)->taken++;
	after_step(parts_engine, parts_mm);
	ck_assert_uint_eq(violations(), 2);
}

TEST(a_large_mm_is_checked_after_its_windows_and_a_small_one_after_each_step)
{
	after_window(parts_engine, parts_mm);
	ck_assert_uint_eq(violations(), 0);
	model_mm(parts_engine->model, parts_mm)->users = 254; /* and two CPUs */
	after_window(parts_engine, parts_mm);
	ck_assert_uint_eq(violations(), 0);
	model_mm(parts_engine->model, parts_mm)->users = 255;
	after_step(parts_engine, parts_mm);
	ck_assert_uint_eq(violations(), 0);
	after_window(parts_engine, parts_mm);
	ck_assert_uint_gt(violations(), 0);
}

TEST(nothing_is_checked_where_checks_are_off)
{
	parts_engine->checks.on = false;
	after_step(parts_engine, parts_mm);
	after_window(parts_engine, parts_mm);
	ck_assert_uint_eq(violations(), 0);
}
