/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/room.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

SUITE(.before = parts_start, .after = parts_stop);

TEST(tasks_stay_as_they_are_when_there_is_room_for_more)
{
	uint32_t task = parts_task_awake(), count = parts_engine->tasks.count;
	const struct sim_task before = *sim_task(parts_engine, task);
	const struct model_task in_model = *model_task(parts_engine->model, task);

	room_for_tasks(parts_engine);
	ck_assert_uint_ge(parts_engine->tasks.count, MAX(2 * count, 16));
	ck_assert_uint_eq(parts_engine->config.tasks_count, parts_engine->tasks.count);
	ck_assert_mem_eq(sim_task(parts_engine, task), &before, sizeof(before));
	ck_assert_mem_eq(model_task(parts_engine->model, task), &in_model, sizeof(in_model));
	ck_assert_uint_eq(sim_task(parts_engine, parts_engine->tasks.count - 1)->state, TASK_FREE);
}

TEST(mms_stay_as_they_are_when_there_is_room_for_more)
{
	uint32_t account = parts_engine->recorder->mms[parts_mm].account;
	uint32_t count = parts_engine->config.mms_count;

	sim_mm(parts_engine, parts_mm)->mutex_owner = 7;
	room_for_mms(parts_engine);
	ck_assert_uint_gt(parts_engine->config.mms_count, count);
	ck_assert_uint_eq(parts_engine->recorder->mms_count, parts_engine->config.mms_count);
	ck_assert_uint_eq(sim_mm(parts_engine, parts_mm)->mutex_owner, 7);
	ck_assert(model_mm(parts_engine->model, parts_mm)->live);
	ck_assert_uint_eq(parts_engine->recorder->mms[parts_mm].account, account);
	ck_assert_uint_eq(parts_engine->recorder->mms[count].account, ACCOUNT_NONE);
}

TEST(there_is_room_for_as_many_extents_as_mms)
{
	parts_engine->config.extents_count = 0;
	room_for_extents(parts_engine);
	ck_assert_uint_eq(
		parts_engine->config.extents_count, MIN(16, parts_engine->config.mms_count));
}

TEST_SIGNAL(no_mm_has_two_extents, SIGABRT)
{
	parts_engine->config.extents_count = parts_engine->config.mms_count;
	room_for_extents(parts_engine);
}
