/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/operations.h"

#include <signal.h>

#include "sim/engine/kernel.h"
#include "sim/engine/tasks.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

/* What is special to each operation: what a fork makes, where an exec goes, what an exit leaves,
 * and that what was left of a burst comes after it. The stages are kernel.h's. */

static uint32_t task; /* runs on CPU 0 as a user of the mm */

static void start(void)
{
	/* a switch takes no time: no rq lock is held after it */
	parts_start_of("[machine]\ncpus = 2\n[cost]\nswitch = 0ns\n[mm app]\n"
		       "[tasks worker]\ncount = 3\n[sched]\nplacement = previous\n");
	task = parts_user();
}

SUITE(.before = start, .after = parts_stop);

static struct sim_task *t(void)
{
	return sim_task(parts_engine, task);
}

static const struct model_task *in_model(uint32_t any)
{
	return model_task(parts_engine->model, any);
}

/* Through all stages, to user space or off the CPU. */
static enum advance finish(void)
{
	enum advance how = ADVANCE_RUNS;

	while (how == ADVANCE_RUNS && t()->stage != STAGE_USER)
		how = executor_kernel.advance(parts_engine, 0, task);
	return how;
}

/* The task forks; returns the child, which is the newest task. */
static uint32_t fork_of(struct op op)
{
	uint32_t child = parts_engine->tasks.used;

	op.unit = parts_engine->units.first[op.new_process ? UNIT_MAIN : UNIT_GROUP];
	op.number = op.team = INDEX_NONE;
	operation_fork(parts_engine, task, &op);
	finish();
	return child;
}

static const struct {
	struct op op;
	bool own_group, own_mm;
} kinds[] = {
	{ { .count = 1, .kind = FORK_THREAD }, false, false },
	{ { .count = 1, .kind = FORK_CLONE_VM }, true, false },
	{ { .count = 1, .kind = FORK_VFORK }, true, false },
	{ { .count = 1, .new_process = true }, true, true },
};

TEST_ROWS(a_child_has_the_mm_and_the_thread_group_that_its_kind_says, kinds)
{
	uint32_t child = fork_of(kinds[_i].op);

	ck_assert_uint_eq(in_model(child)->group, kinds[_i].own_group ? child : task);
	ck_assert_int_eq(in_model(child)->mm != parts_mm, kinds[_i].own_mm);
	ck_assert(in_model(child)->active && in_model(child)->visible);
	ck_assert_uint_eq(parts_engine->totals->forks, 1);
	ck_assert_uint_eq(parts_engine->tasks.alive, 2);
	ck_assert_uint_ne(sim_task(parts_engine, child)->state, TASK_WAITS);
}

TEST(a_child_inherits_the_affinity)
{
	struct cpu_set set = parts_cpus(0, 1);
	uint32_t mask = masks_intern(&parts_engine->masks, &set);

	t()->mask = mask & 0xfffff;
	ck_assert_uint_eq(sim_task(parts_engine, fork_of(kinds[0].op))->mask, mask);
}

TEST(a_fork_that_fails_leaves_nobody_behind)
{
	struct model_mm before = *model_mm(parts_engine->model, parts_mm);

	for (unsigned early = 0; early < 2; early++) {
		parts_engine->model->protocol.early_count = early;
		fork_of((struct op){ .fails = true });
		ck_assert_uint_eq(parts_engine->tasks.alive, 1);
		ck_assert_uint_eq(sim_mm(parts_engine, parts_mm)->tasks, 1);
		ck_assert_uint_eq(model_mm(parts_engine->model, parts_mm)->users, before.users);
		ck_assert_uint_eq(model_mm(parts_engine->model, parts_mm)->taken, before.taken);
		ck_assert_uint_eq(extra_of(parts_engine, t())->op_index, INDEX_NONE);
	}
	ck_assert_uint_eq(parts_engine->totals->forks, 0);
}

/* There are as many mms as there can be. */
static void expect_no_mm(void)
{
	uint32_t used = parts_engine->mms.used;

	parts_engine->mms.used = MODEL_MMS_MAX;
	ck_assert_int_eq(finish(), ADVANCE_STUCK);
	parts_engine->mms.used = used;
	ck_assert(parts_engine->end.ended);
	ck_assert_str_eq(
		parts_engine->end.input_error->str, "0: more than 65536 mms alive at once");
}

TEST(a_new_process_without_an_mm_ends_the_run)
{
	operation_fork(parts_engine, task,
		&(struct op){ .unit = parts_engine->units.first[UNIT_MAIN],
			.count = 1,
			.number = INDEX_NONE,
			.team = INDEX_NONE,
			.new_process = true });
	expect_no_mm();
}

TEST(an_exec_without_an_mm_ends_the_run)
{
	operation_exec(parts_engine, task, false);
	expect_no_mm();
}

TEST(what_was_left_of_a_burst_comes_after_the_operation)
{
	t()->fresh = 0;
	task_set_due(t(), 4321);
	fork_of(kinds[0].op);
	ck_assert_uint_eq(t()->stage, STAGE_USER);
	ck_assert_uint_eq(task_due(t()), 4321);
	t()->fresh = 1; /* none was under way */
	fork_of(kinds[0].op);
	ck_assert_uint_eq(task_due(t()), 0);
}

TEST(the_arguments_of_an_operation_go_with_it)
{
	uint32_t room = 0;

	for (unsigned i = 0; i < 5; i++) {
		operation_set_affinity(parts_engine, task, MASK_ALL);
		ck_assert_uint_eq(op_of(parts_engine, t())->task, task);
		finish();
		ck_assert_uint_eq(extra_of(parts_engine, t())->op_index, INDEX_NONE);
		room = i == 0 ? parts_engine->ops.all->len : room;
	}
	ck_assert_uint_eq(parts_engine->ops.all->len, room);
}

TEST(an_exec_goes_to_a_new_mm_and_the_old_one_ends_with_its_last_task)
{
	uint32_t serial = sim_mm(parts_engine, parts_mm)->serial;

	operation_exec(parts_engine, task, false);
	ck_assert_int_eq(finish(), ADVANCE_RUNS);
	ck_assert_uint_ne(sim_mm(parts_engine, in_model(task)->mm)->serial, serial);
	ck_assert(in_model(task)->active);
	ck_assert_uint_eq(model_mm(parts_engine->model, in_model(task)->mm)->users, 1);
	ck_assert(!model_mm(parts_engine->model, parts_mm)->live);
	ck_assert_uint_eq(parts_engine->totals->execs, 1);
}

TEST(an_exec_that_fails_comes_back)
{
	uint32_t serial = sim_mm(parts_engine, parts_mm)->serial;

	operation_exec(parts_engine, task, true);
	ck_assert_int_eq(finish(), ADVANCE_RUNS);
	ck_assert_uint_eq(sim_mm(parts_engine, in_model(task)->mm)->serial, serial);
	ck_assert(in_model(task)->active);
	ck_assert_uint_eq(parts_engine->totals->execs, 1);
}

TEST(an_exit_leaves_the_mm_and_what_it_was_asked)
{
	const struct request request = { .verb = ACT_SLEEP };

	requests_add(&parts_engine->requests, task, t(), &request);
	operation_exit(parts_engine, task);
	ck_assert_int_eq(finish(), ADVANCE_LEAVES);
	ck_assert_uint_eq(t()->state, TASK_DIES);
	ck_assert(!in_model(task)->active && !t()->asked);
	ck_assert_uint_eq(model_mm(parts_engine->model, parts_mm)->users, 0);
	ck_assert_uint_eq(parts_engine->totals->exits, 1);
}

TEST(a_fork_of_many_makes_one_after_another_with_numbers_in_order)
{
	struct op op = { .unit = parts_engine->units.first[UNIT_GROUP],
		.count = 2,
		.number = 7,
		.team = INDEX_NONE };
	unsigned decisions = 0;

	operation_fork(parts_engine, task, &op);
	while (t()->stage != STAGE_USER) {
		if (t()->stage == STAGE_DECIDE) {
			ck_assert_uint_eq(op_of(parts_engine, t())->number, 7 + decisions);
			ck_assert_uint_eq(op_of(parts_engine, t())->count, 2 - decisions);
			decisions++;
		}
		executor_kernel.advance(parts_engine, 0, task);
	}
	ck_assert_uint_eq(decisions, 2);
	ck_assert_uint_eq(parts_engine->totals->forks, 2);
}

/* What must not be asked. */

static void two_operations_at_once(void)
{
	operation_exec(parts_engine, task, false);
	operation_exec(parts_engine, task, false);
}

static void fork_of_nobody(void)
{
	operation_fork(parts_engine, task, &(struct op){ .count = 0 });
}

static void return_from_an_exit(void)
{
	operation_exit(parts_engine, task);
	operation_return(parts_engine, task);
}

static void finish_without_the_mutex(void)
{
	operation_exit(parts_engine, task);
	operation_finish(parts_engine, 0, task, parts_mm);
}

static void finish_in_a_window(void)
{
	operation_exit(parts_engine, task);
	operation_enter(parts_engine, 0, task);
	model_mm(parts_engine->model, parts_mm)->phase = PHASE_WALK_CPUS;
	operation_finish(parts_engine, 0, task, parts_mm);
}

static void exit_of_a_user(void)
{
	operation_exit(parts_engine, task);
	operation_enter(parts_engine, 0, task);
	operation_finish(parts_engine, 0, task, parts_mm);
}

static void (*const misuses[])(void) = { two_operations_at_once, fork_of_nobody,
	return_from_an_exit, finish_without_the_mutex, finish_in_a_window, exit_of_a_user };

TEST_SIGNAL_ROWS(what_must_not_be_ends_the_program, misuses, SIGABRT)
{
	misuses[_i]();
}
