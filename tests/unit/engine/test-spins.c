/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/spins.h"

#include <signal.h>

#include "model/pool.h"
#include "model/switch.h"

#include "sim/engine/dispatch.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

/* Who spins for whose number, from the get that finds nothing on. Trying again is retry.h's. */

SUITE(.before = parts_start, .after = parts_stop);

/* All numbers of the mm are taken, by nobody. */
static void empty_pool(void)
{
	while (pool_take(parts_engine->model, parts_mm, 2, NULL) != POOL_NOTHING)
		continue;
}

/* A user of the mm that has no number. */
static uint32_t poor_user(void)
{
	uint32_t task = parts_task();

	users_add(parts_engine->model, parts_mm, task);
	return task;
}

/* CPU 1 switches to such a user, which spins. */
static uint32_t spins_on_cpu_1(void)
{
	uint32_t task = poor_user();

	empty_pool();
	task_migrate(parts_engine->model, task, 1);
	sim_task(parts_engine, task)->state = TASK_QUEUED;
	dispatch_to(parts_engine, 1, task);
	return task;
}

TEST(a_switch_that_finds_nothing_spins_with_its_rq_lock_held)
{
	uint32_t task;

	parts_engine->now_ns = 70;
	parts_engine->recorder->now_ns = 70;
	task = spins_on_cpu_1();
	ck_assert_int_eq(sim_cpu(parts_engine, 1)->state, CPU_SPINS_SWITCH);
	ck_assert_uint_eq(sim_cpu(parts_engine, 1)->lock_until_ns, NEVER);
	ck_assert_uint_eq(cputree_time(parts_engine->cpus.tree, 1), CPUTREE_NEVER);
	ck_assert_uint_eq(parts_engine->cpus.details[1].spin_since_ns, 70);
	ck_assert_uint_eq(sim_mm(parts_engine, parts_mm)->spinners, 1);
	ck_assert_uint_eq(parts_engine->spins.cpus->len, 1);
	ck_assert_uint_eq(parts_engine->spins.check_ns, 70); /* looked at at once */
	ck_assert_uint_eq(spins_mm(parts_engine, 1), parts_mm);
	ck_assert_uint_eq(spins_task(parts_engine, 1), task);
}

TEST(a_fork_spins_for_its_child_and_keeps_the_rq_lock_free)
{
	uint32_t parent = parts_user(), child = parts_task();
	struct sim_task *t = sim_task(parts_engine, parent);
	uint64_t lock_until_ns = sim_cpu(parts_engine, 0)->lock_until_ns;

	t->op = OP_FORK;
	tasks_extra(&parts_engine->tasks, t)->op_index =
		ops_new(&parts_engine->ops, &(struct op){ .child = child });
	sim_cpu(parts_engine, 0)->state = CPU_SPINS_FORK;
	ck_assert_uint_ne(cputree_time(parts_engine->cpus.tree, 0), CPUTREE_NEVER);
	spins_begin(parts_engine, 0, parts_mm);
	ck_assert_uint_eq(cputree_time(parts_engine->cpus.tree, 0), CPUTREE_NEVER);
	ck_assert_int_eq(sim_cpu(parts_engine, 0)->state, CPU_SPINS_FORK);
	ck_assert_uint_eq(sim_cpu(parts_engine, 0)->lock_until_ns, lock_until_ns);
	ck_assert_uint_eq(spins_task(parts_engine, 0), child);
	ck_assert_uint_eq(spins_mm(parts_engine, 0), parts_mm);
}

TEST(what_a_step_may_have_freed_is_looked_for_at_the_end_of_now)
{
	parts_engine->now_ns = 55;
	ck_assert_uint_eq(parts_engine->spins.check_ns, NEVER);
	spins_retry_soon(parts_engine);
	ck_assert_uint_eq(parts_engine->spins.check_ns, 55);
}

TEST(a_number_that_was_found_is_set_at_once)
{
	uint32_t task = poor_user();
	struct step step;

	parts_engine->model->protocol.split_get = true;
	switch_out(parts_engine->model, 1, NULL);
	step = switch_in(parts_engine->model, 1, task, NULL);
	ck_assert_int_eq(step.outcome, STEP_FOUND);
	step = spins_set_found(parts_engine, 1, step, NULL);
	ck_assert_int_eq(step.outcome, STEP_DONE);
	ck_assert_uint_eq(model_task(parts_engine->model, task)->cid, 0);
}

static const enum step_outcome others[] = { STEP_DONE, STEP_WINDOW, STEP_SPINS };

TEST_ROWS(any_other_answer_stays_as_it_is, others)
{
	const struct step step = { .outcome = others[_i], .arg = 1 };

	ck_assert_int_eq(spins_set_found(parts_engine, 0, step, NULL).outcome, others[_i]);
	ck_assert_int_eq(spins_set_found_by_fork(parts_engine, parts_mm, step).outcome, others[_i]);
}

/* What must not be asked. */

static void mm_of_a_cpu_that_runs(void)
{
	parts_user();
	spins_mm(parts_engine, 0);
}

static void task_of_a_cpu_that_runs(void)
{
	parts_user();
	spins_task(parts_engine, 0);
}

static void spin_of_an_idle_cpu(void)
{
	spins_begin(parts_engine, 0, parts_mm);
}

static void spin_that_the_model_knows_nothing_of(void)
{
	parts_user();
	spins_begin(parts_engine, 0, parts_mm);
}

static void spin_twice(void)
{
	spins_on_cpu_1();
	spins_begin(parts_engine, 1, parts_mm);
}

static void log_without_a_log(void)
{
	spins_on_cpu_1();
	spins_log(parts_engine, 1);
}

static void (*const misuses[])(void) = { mm_of_a_cpu_that_runs, task_of_a_cpu_that_runs,
	spin_of_an_idle_cpu, spin_that_the_model_knows_nothing_of, spin_twice, log_without_a_log };

TEST_SIGNAL_ROWS(what_must_not_be_asked_ends_the_program, misuses, SIGABRT)
{
	misuses[_i]();
}
