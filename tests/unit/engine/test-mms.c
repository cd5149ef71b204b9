/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

SUITE(.before = parts_start, .after = parts_stop);

TEST(an_mm_ends_with_its_last_task_and_its_place_is_used_again)
{
	uint32_t first = parts_task(), second = parts_task(), later;

	tasks_end(parts_engine, first);
	ck_assert(model_mm(parts_engine->model, parts_mm)->live);
	tasks_end(parts_engine, second);
	ck_assert(!model_mm(parts_engine->model, parts_mm)->live);
	later = mms_new_late(parts_engine, 0, true, MASK_ALL, 0, 0);
	ck_assert_uint_eq(later, parts_mm);
	ck_assert_uint_eq(sim_mm(parts_engine, later)->serial, 1); /* another one */
	ck_assert_str_eq(recorder_account(parts_engine->recorder, later)->name, "app exec");
}

TEST(mms_that_come_later_share_an_account)
{
	uint32_t forked = mms_new_late(parts_engine, 0, false, MASK_ALL, 0, 0);
	uint32_t again = mms_new_late(parts_engine, 0, false, MASK_ALL, 0, 0);

	ck_assert_uint_ne(forked, again);
	ck_assert_ptr_eq(recorder_account(parts_engine->recorder, forked),
		recorder_account(parts_engine->recorder, again));
	ck_assert_str_eq(recorder_account(parts_engine->recorder, again)->name, "app fork");
}

TEST_SIGNAL(an_mm_without_tasks_has_none_to_lose, SIGABRT)
{
	mms_put(parts_engine, parts_mm, 0);
}

TEST_SIGNAL(an_mm_does_not_end_while_its_mutex_is_taken, SIGABRT)
{
	uint32_t task = parts_task();

	sim_mm(parts_engine, parts_mm)->mutex_owner = task;
	tasks_end(parts_engine, task);
}
