/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/mutex.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

SUITE(.before = parts_start, .after = parts_stop);

/* A task that needs the mutex of its mm for an exit. */
static uint32_t comes(void)
{
	uint32_t task = parts_task();
	struct sim_task *t = sim_task(parts_engine, task);

	t->state = TASK_RUNS;
	t->stage = STAGE_ENTER;
	t->op = OP_EXIT;
	return task;
}

TEST(the_mutex_goes_to_those_who_wait_in_the_order_in_which_they_came)
{
	uint32_t first = comes(), second = comes(), third = comes();
	const struct sim_mm *m = sim_mm(parts_engine, parts_mm);

	ck_assert(mutex_lock(parts_engine, first, parts_mm, OP_EXIT));
	ck_assert(!mutex_lock(parts_engine, second, parts_mm, OP_EXIT));
	ck_assert(!mutex_lock(parts_engine, third, parts_mm, OP_EXIT));
	ck_assert_uint_eq(sim_task(parts_engine, second)->state, TASK_BLOCKED);
	ck_assert_uint_eq(sim_task(parts_engine, second)->stage, STAGE_DECIDE);
	mutex_unlock(parts_engine, first, parts_mm);
	ck_assert_uint_eq(m->mutex_owner, second);
	ck_assert_uint_ne(sim_task(parts_engine, second)->state, TASK_BLOCKED);
	ck_assert_uint_eq(sim_task(parts_engine, third)->state, TASK_BLOCKED);
	mutex_unlock(parts_engine, second, parts_mm);
	ck_assert_uint_eq(m->mutex_owner, third);
	mutex_unlock(parts_engine, third, parts_mm);
	ck_assert_uint_eq(m->mutex_owner, TASK_NONE);
}

TEST_SIGNAL(only_its_owner_gives_the_mutex_away, SIGABRT)
{
	uint32_t first = comes(), second = comes();

	mutex_lock(parts_engine, first, parts_mm, OP_EXIT);
	mutex_unlock(parts_engine, second, parts_mm);
}

TEST_SIGNAL(nobody_takes_the_mutex_twice, SIGABRT)
{
	uint32_t first = comes();

	mutex_lock(parts_engine, first, parts_mm, OP_EXIT);
	mutex_lock(parts_engine, first, parts_mm, OP_EXIT);
}
