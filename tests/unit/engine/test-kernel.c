/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/kernel.h"

#include <signal.h>

#include "model/pool.h"
#include "sim/engine/operations.h"
#include "sim/engine/retry.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

/* The way of a task through the kernel: each operation goes through its stages and back, a walk
 * waits for rq locks, and a fork that finds no number spins where it is. */

static uint32_t task; /* runs on CPU 0 */

static enum advance advance(void)
{
	return executor_kernel.advance(parts_engine, 0, task);
}

static const struct sim_task *t(void)
{
	return sim_task(parts_engine, task);
}

/* Append what the task does now, as "fork/decide". */
static void add_stage(GString *way)
{
	g_string_append_printf(way, "%s%s/%s", way->len > 0 ? " " : "", task_op_to_string(t()->op),
		task_stage_to_string(t()->stage));
}

/* All stages until it is back in user space, leaves its CPU or is stuck there. */
static char *way_through(void)
{
	GString *way = g_string_new(NULL);
	enum advance how = ADVANCE_RUNS;

	add_stage(way);
	while (how == ADVANCE_RUNS && t()->stage != STAGE_USER) {
		how = advance();
		if (how == ADVANCE_RUNS)
			add_stage(way);
	}
	if (how == ADVANCE_LEAVES)
		g_string_append_printf(way, " %s", task_state_to_string(t()->state));
	if (how == ADVANCE_STUCK)
		g_string_append(way, " stuck");
	return g_string_free(way, FALSE);
}

static void fork_with(struct op op)
{
	op.unit = parts_engine->units.first[op.new_process ? UNIT_MAIN : UNIT_GROUP];
	op.number = op.team = INDEX_NONE;
	operation_fork(parts_engine, task, &op);
}

static void fork_one(void)
{
	fork_with((struct op){ .count = 1 });
}

static void fork_two(void)
{
	fork_with((struct op){ .count = 2 });
}

static void fork_process(void)
{
	fork_with((struct op){ .count = 1, .new_process = true });
}

static void vfork_one(void)
{
	fork_with((struct op){ .count = 1, .kind = FORK_VFORK });
}

static void fork_that_fails(void)
{
	fork_with((struct op){ .fails = true });
}

static void fork_that_fails_late(void)
{
	parts_engine->model->protocol.early_count = true;
	fork_that_fails();
}

static void exit_now(void)
{
	operation_exit(parts_engine, task);
}

static void exec_now(void)
{
	operation_exec(parts_engine, task, false);
}

static void exec_that_fails(void)
{
	operation_exec(parts_engine, task, true);
}

static void affinity_now(void)
{
	operation_set_affinity(parts_engine, task, MASK_ALL);
}

/* Another user: the next fork makes a third one, and on two CPUs it flips the mode. */
static void fork_that_flips(void)
{
	parts_user();
	fork_one();
}

static void exit_that_is_blocked(void)
{
	sim_mm(parts_engine, parts_mm)->mutex_owner = parts_task();
	exit_now();
}

#define FORKS "fork/enter fork/decide fork/return "
#define FORK_THAT_FLIPS                                                                            \
	"fork/enter fork/decide fork/walk fork/walk fork/complete fork/return none/user"
#define EXEC "exec_leave/enter exec_leave/decide exec_join/enter exec_join/decide none/user"

static const struct {
	void (*begin)(void);
	const char *way;
} ways[] = {
	{ fork_one, FORKS "none/user" },
	{ fork_two, FORKS FORK_THAT_FLIPS },
	{ fork_process, FORKS "none/user" },
	{ vfork_one, "fork/enter fork/decide waits" },
	{ fork_that_fails, "fork/enter none/user" },
	{ fork_that_fails_late, "fork/enter fork/decide undo_fork/decide none/user" },
	{ fork_that_flips, FORK_THAT_FLIPS },
	{ exit_now, "exit/enter exit/decide dies" },
	{ exit_that_is_blocked, "exit/enter blocked" },
	{ exec_now, EXEC },
	{ exec_that_fails, EXEC },
	{ affinity_now, "affinity/enter none/user" },
};

static void start(void)
{
	/* a switch takes no time: no rq lock is held after it */
	parts_start_of("[machine]\ncpus = 2\n[cost]\nswitch = 0ns\n[mm app]\n"
		       "[tasks worker]\ncount = 3\n[sched]\nplacement = previous\n");
	task = parts_user();
}

SUITE(.before = start, .after = parts_stop);

TEST_ROWS(an_operation_goes_through_its_stages, ways)
{
	g_autofree char *way = NULL;

	ways[_i].begin();
	way = way_through();
	ck_assert_str_eq(way, ways[_i].way);
	ck_assert(!t()->in_window);
}

TEST(each_stage_takes_the_time_that_the_scenario_says)
{
	const struct scenario_costs *costs = &parts_engine->scenario->costs;

	fork_that_flips();
	ck_assert_uint_eq(task_due(t()), costs->fork_ns);
	advance();
	ck_assert_uint_eq(task_due(t()), costs->decision_ns);
	advance();
	ck_assert(t()->in_window);
	ck_assert_uint_eq(task_due(t()), costs->walk_task_ns);
	advance();
	advance();
	ck_assert_uint_eq(t()->stage, STAGE_COMPLETE);
	ck_assert_uint_eq(task_due(t()), costs->complete_ns);
}

/* The walk visits the other user, on CPU 1, whose rq lock is held until @until_ns. */
static enum advance walk_to_held_lock(uint64_t until_ns)
{
	fork_that_flips();
	advance();
	advance();
	advance(); /* the child, on CPU 0 itself */
	ck_assert_uint_eq(t()->stage, STAGE_WALK);
	sim_cpu(parts_engine, 1)->lock_until_ns = until_ns;
	return advance();
}

TEST(a_walk_waits_for_a_rq_lock_on_its_cpu)
{
	const struct sim_cpu *c = sim_cpu(parts_engine, 0);
	uint64_t digest;

	ck_assert_int_eq(walk_to_held_lock(9000), ADVANCE_STUCK);
	ck_assert_int_eq(c->state, CPU_WAITS_RQ_LOCK);
	ck_assert_uint_eq(parts_engine->cpus.details[0].waits_for, 1);
	ck_assert_uint_eq(cputree_time(parts_engine->cpus.tree, 0), 9000);
	ck_assert_uint_eq(parts_engine->spins.lock_waiters->len, 0);
	ck_assert_uint_eq(t()->stage, STAGE_WALK);
	/* the lock is free again */
	parts_engine->now_ns = parts_engine->recorder->now_ns = 9000;
	digest = parts_engine->recorder->digest;
	ck_assert_int_eq(executor_kernel.walk_on(parts_engine, 0, task), ADVANCE_RUNS);
	ck_assert_uint_ne(parts_engine->recorder->digest, digest);
	ck_assert_uint_eq(t()->stage, STAGE_COMPLETE);
	ck_assert_uint_eq(c->run_start_ns, 9000); /* it has not run meanwhile */
}

TEST(for_the_rq_lock_of_a_switch_that_spins_no_time_is_known)
{
	ck_assert_int_eq(walk_to_held_lock(NEVER), ADVANCE_STUCK);
	ck_assert_uint_eq(cputree_time(parts_engine->cpus.tree, 0), CPUTREE_NEVER);
	ck_assert_uint_eq(parts_engine->spins.lock_waiters->len, 1);
}

TEST(a_fork_without_a_number_spins_and_goes_on_once_there_is_one)
{
	uint32_t number = pool_take(parts_engine->model, parts_mm, 2, NULL);
	const struct sim_mm *m = sim_mm(parts_engine, parts_mm);
	g_autofree char *way = NULL;

	fork_one();
	way = way_through();
	ck_assert_str_eq(way, "fork/enter fork/decide stuck");
	ck_assert_int_eq(sim_cpu(parts_engine, 0)->state, CPU_SPINS_FORK);
	ck_assert_uint_eq(m->mutex_owner, task);
	retry_all(parts_engine);
	ck_assert_uint_eq(m->spinners, 1);
	pool_drop(parts_engine->model, parts_mm, number, NULL);
	retry_all(parts_engine);
	ck_assert_uint_eq(m->spinners, 0);
	ck_assert_uint_eq(m->mutex_owner, TASK_NONE);
	ck_assert_int_eq(sim_cpu(parts_engine, 0)->state, CPU_RUNS);
	ck_assert_uint_eq(t()->stage, STAGE_RETURN);
	ck_assert_uint_eq(parts_engine->totals->forks, 1);
}

/* What must not be asked. */

static void decides_without_the_mutex(void)
{
	exit_now();
	sim_task(parts_engine, task)->stage = STAGE_DECIDE;
	advance();
}

static void walks_outside_of_a_window(void)
{
	fork_that_flips();
	advance();
	advance();
	sim_task(parts_engine, task)->in_window = 0;
	advance();
}

static void walks_without_the_mutex(void)
{
	fork_that_flips();
	advance();
	advance();
	sim_mm(parts_engine, parts_mm)->mutex_owner = TASK_NONE;
	advance();
}

static void completes_without_the_mutex(void)
{
	fork_that_flips();
	for (unsigned i = 0; i < 4; i++)
		advance();
	sim_mm(parts_engine, parts_mm)->mutex_owner = TASK_NONE;
	advance();
}

static void got_without_a_spin(void)
{
	fork_one();
	kernel_fork_got(parts_engine, 0);
}

static void (*const misuses[])(void) = { decides_without_the_mutex, walks_outside_of_a_window,
	walks_without_the_mutex, completes_without_the_mutex, got_without_a_spin };

TEST_SIGNAL_ROWS(what_must_not_be_ends_the_program, misuses, SIGABRT)
{
	misuses[_i]();
}
