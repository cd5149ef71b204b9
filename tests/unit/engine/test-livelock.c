/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/livelock.h"

#include <signal.h>

#include "model/pool.h"
#include "sim/engine/cpus.h"
#include "sim/engine/dispatch.h"
#include "sim/engine/queues.h"
#include "sim/engine/spins.h"
#include "sim/engine/tasks.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

/*
 * Is a spin one that cannot end? In each case the same spin: on CPU 1, for a number of an mm whose
 * numbers are all taken. What differs is who else there is, and whether that one could free a
 * number. In a scenario: tests/rules/test-livelock.c.
 */

static uint32_t spinner;

static void start(void)
{
	uint32_t task;

	parts_start();
	spinner = task = parts_task();
	users_add(parts_engine->model, parts_mm, task);
	while (pool_take(parts_engine->model, parts_mm, 2, NULL) != POOL_NOTHING)
		continue;
	task_migrate(parts_engine->model, task, 1);
	sim_task(parts_engine, task)->state = TASK_QUEUED;
	dispatch_to(parts_engine, 1, task);
	/* the actions of the scenario are over */
	parts_engine->timeline.next = parts_engine->timeline.moments->len;
}

SUITE(.before = start, .after = parts_stop);

static void pass(uint64_t ns)
{
	parts_engine->now_ns = parts_engine->recorder->now_ns = ns;
	parts_engine->spins.check_ns = MIN(parts_engine->spins.check_ns, ns);
}

static bool is_live_lock(void)
{
	livelock_check(parts_engine);
	ck_assert_uint_eq(parts_engine->totals->livelocks, parts_engine->end.ended);
	return parts_engine->end.ended;
}

/* Another user of the mm, on CPU 0, in @state. */
static uint32_t other_user(enum task_state state)
{
	uint32_t task = parts_task();

	users_add(parts_engine->model, parts_mm, task);
	if (state == TASK_SLEEPS)
		queues_sleep_until(parts_engine, task, 1000);
	else if (state != TASK_WAITS)
		cpus_wake(parts_engine, task, true);
	if (state == TASK_RUNS)
		ck_assert_uint_eq(sim_task(parts_engine, task)->state, TASK_RUNS);
	return task;
}

TEST(a_spin_of_the_only_task_cannot_end)
{
	const struct record_violation *violation;

	ck_assert(is_live_lock());
	ck_assert_str_eq(parts_engine->end.why, "live lock");
	ck_assert_uint_eq(parts_engine->totals->violations->len, 1);
	violation = parts_engine->totals->violations->pdata[0];
	ck_assert_str_eq(violation->property, "I3");
	ck_assert_ptr_nonnull(strstr(violation->text, "CPU1: task 100 (worker) spins in get"));
}

static const struct {
	enum task_state state;
	bool live_lock;
} users[] = { { TASK_WAITS, true }, { TASK_SLEEPS, false } };

/* One that sleeps may wake up, run and exit; one that waits does so until somebody comes. */
TEST_ROWS(another_user_may_free_a_number_if_it_can_come_to_run, users)
{
	other_user(users[_i].state);
	ck_assert_int_eq(is_live_lock(), users[_i].live_lock);
}

TEST(a_user_that_may_run_only_where_the_spin_is_frees_nothing)
{
	struct cpu_set only = parts_cpus(1, 1);
	uint32_t task = other_user(TASK_WAITS);

	sim_task(parts_engine, task)->mask = masks_intern(&parts_engine->masks, &only);
	queues_sleep_until(parts_engine, task, 1000);
	ck_assert(is_live_lock());
}

TEST(an_action_that_is_to_come_may_end_any_spin)
{
	parts_engine->timeline.next = 0;
	ck_assert_uint_gt(parts_engine->timeline.moments->len, 0);
	ck_assert(!is_live_lock());
}

TEST(while_the_mutex_is_held_by_who_is_stuck_nobody_else_can_exit)
{
	uint32_t task = other_user(TASK_SLEEPS);

	sim_mm(parts_engine, parts_mm)->mutex_owner = spinner; /* and that is stuck */
	sim_task(parts_engine, spinner)->op = OP_EXIT;
	model_task(parts_engine->model, task)->cid = CID_UNSET;
	ck_assert(is_live_lock());
}

TEST(a_user_with_a_number_of_its_own_may_drop_it_in_a_switch_even_then)
{
	uint32_t task = other_user(TASK_SLEEPS);

	sim_mm(parts_engine, parts_mm)->mutex_owner = spinner;
	model_task(parts_engine->model, task)->cid = 0;
	ck_assert(!is_live_lock());
}

TEST(a_live_lock_is_looked_for_once_in_a_while_and_numbers_at_each_step)
{
	other_user(TASK_SLEEPS);
	ck_assert(!is_live_lock());
	ck_assert_uint_eq(parts_engine->spins.livelock_ns, 1000000);
	ck_assert_uint_eq(parts_engine->spins.check_ns, 1000000);
	pass(500); /* a step of another CPU: nobody is left who could free anything, but not yet */
	other_user(TASK_WAITS);
	ck_assert(!is_live_lock());
	ck_assert_uint_eq(parts_engine->spins.check_ns, 1000000);
}

TEST(a_spin_ends_as_soon_as_there_is_a_number)
{
	pool_drop(parts_engine->model, parts_mm, 1, NULL);
	pass(300);
	ck_assert(!is_live_lock());
	ck_assert_uint_eq(parts_engine->spins.cpus->len, 0);
	ck_assert_uint_eq(model_task(parts_engine->model, spinner)->cid, 1);
	ck_assert_uint_eq(recorder_account(parts_engine->recorder, parts_mm)->spin_ns, 300);
	ck_assert_uint_eq(parts_engine->spins.check_ns, NEVER);
}

TEST(a_bounded_spin_is_no_live_lock_but_has_a_time_to_give_up)
{
	parts_engine->model->protocol.bounded_get = true;
	ck_assert(!is_live_lock());
	ck_assert_uint_eq(
		parts_engine->spins.check_ns, 32 * parts_engine->scenario->costs.get_round_ns);
}

TEST(at_the_end_a_spin_is_counted_until_then_and_reported_once)
{
	pass(400);
	livelock_at_end(parts_engine);
	ck_assert_uint_eq(recorder_account(parts_engine->recorder, parts_mm)->spin_ns, 400);
	ck_assert_uint_eq(parts_engine->totals->violations_count, 1);
	ck_assert_uint_eq(parts_engine->totals->livelocks, 1);
}

/* Whether it could have ended later is not known: it is a spin at the end of the run, which breaks
 * I3, but no live lock. */
TEST(at_the_end_a_spin_that_might_have_ended_is_reported_too)
{
	other_user(TASK_SLEEPS);
	livelock_at_end(parts_engine);
	ck_assert_uint_eq(parts_engine->totals->violations_count, 1);
	ck_assert_uint_eq(parts_engine->totals->livelocks, 0);
}

TEST(a_run_that_was_ended_before_is_not_judged)
{
	engine_end(parts_engine, "interrupted");
	pass(400);
	livelock_at_end(parts_engine);
	ck_assert_uint_eq(recorder_account(parts_engine->recorder, parts_mm)->spin_ns, 400);
	ck_assert_uint_eq(parts_engine->totals->violations_count, 0);
}

TEST_SIGNAL(nobody_looks_before_it_is_time, SIGABRT)
{
	parts_engine->spins.check_ns = 1;
	livelock_check(parts_engine);
}
