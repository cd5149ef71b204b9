/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/task.h"
#include "tests/lib/suite.h"

/* The state, stage and operation of a task: each change that is drawn in task.h can be made, every
 * other one ends the program. */

static struct sim_task task(enum task_state state, enum task_stage stage, enum task_op op)
{
	return (struct sim_task){ .state = state & 7, .stage = stage & 7, .op = op & 15 };
}

TEST(each_state_stage_and_operation_has_a_word)
{
	ck_assert_str_eq(task_state_to_string(TASK_FREE), "free");
	ck_assert_str_eq(task_state_to_string(TASK_DIES), "dies");
	ck_assert_str_eq(task_stage_to_string(STAGE_USER), "user");
	ck_assert_str_eq(task_stage_to_string(STAGE_RETURN), "return");
	ck_assert_str_eq(task_op_to_string(OP_UNDO_FORK), "undo_fork");
	ck_assert_str_eq(task_op_to_string(OP_WORK), "work");
}

TEST(a_task_sleeps_wakes_up_and_runs)
{
	struct sim_task t = task(TASK_WAITS, STAGE_USER, OP_NONE);

	task_set_state(&t, TASK_SLEEPS);
	ck_assert(task_is_idle(&t));
	task_set_state(&t, TASK_QUEUED);
	ck_assert(!task_is_idle(&t));
	task_set_state(&t, TASK_MOVES);
	task_set_state(&t, TASK_QUEUED);
	task_set_state(&t, TASK_RUNS);
	ck_assert_uint_eq(t.state, TASK_RUNS);
}

TEST(an_exit_goes_from_user_space_to_death)
{
	struct sim_task t = task(TASK_RUNS, STAGE_USER, OP_NONE);

	task_go(&t, OP_EXIT, STAGE_ENTER, 5);
	ck_assert_uint_eq(task_due(&t), 5);
	task_go(&t, OP_EXIT, STAGE_DECIDE, 0);
	task_set_state(&t, TASK_BLOCKED);
	task_set_state(&t, TASK_QUEUED);
	task_set_state(&t, TASK_RUNS);
	task_go(&t, OP_EXIT, STAGE_WALK, 0);
	task_go(&t, OP_EXIT, STAGE_WALK, 0);
	task_go(&t, OP_EXIT, STAGE_COMPLETE, 0);
	task_set_state(&t, TASK_DIES);
	task_set_state(&t, TASK_FREE);
	ck_assert_uint_eq(t.state, TASK_FREE);
}

TEST(a_fork_that_fails_takes_the_mutex_again)
{
	struct sim_task t = task(TASK_RUNS, STAGE_COMPLETE, OP_FORK);

	task_go(&t, OP_UNDO_FORK, STAGE_DECIDE, 0);
	task_go(&t, OP_FORK, STAGE_ENTER, 0); /* the next child */
	ck_assert_uint_eq(t.op, OP_FORK);
}

TEST(a_task_is_interrupted_only_in_user_space)
{
	struct sim_task t = task(TASK_RUNS, STAGE_USER, OP_NONE);

	ck_assert(!task_is_interrupted(&t));
	t.asked = 1;
	ck_assert(task_is_interrupted(&t));
	t.stage = STAGE_WALK;
	ck_assert(!task_is_interrupted(&t));
}

TEST(what_is_due_has_48_bits)
{
	struct sim_task t = { 0 };

	task_set_due(&t, (UINT64_C(1) << 48) - 1);
	ck_assert_uint_eq(task_due(&t), (UINT64_C(1) << 48) - 1);
}

/* Pairs of states; the second cannot follow the first. */
static const struct {
	enum task_state from, to;
} states[] = {
	{ TASK_FREE, TASK_RUNS },
	{ TASK_WAITS, TASK_RUNS },
	{ TASK_WAITS, TASK_DIES },
	{ TASK_SLEEPS, TASK_RUNS },
	{ TASK_SLEEPS, TASK_WAITS },
	{ TASK_QUEUED, TASK_SLEEPS },
	{ TASK_QUEUED, TASK_BLOCKED },
	{ TASK_RUNS, TASK_FREE },
	{ TASK_MOVES, TASK_SLEEPS },
	{ TASK_BLOCKED, TASK_RUNS },
	{ TASK_DIES, TASK_WAITS },
};

TEST_ROWS(no_other_state_follows, states)
{
	ck_assert(!(task_states_after[states[_i].from] >> states[_i].to & 1));
}

TEST_SIGNAL(a_change_of_state_that_cannot_be_ends_the_program, SIGABRT)
{
	struct sim_task t = task(TASK_SLEEPS, STAGE_USER, OP_NONE);

	task_set_state(&t, TASK_RUNS);
}

TEST_SIGNAL(who_is_in_user_space_does_not_wait_for_a_mutex, SIGABRT)
{
	struct sim_task t = task(TASK_RUNS, STAGE_USER, OP_NONE);

	task_set_state(&t, TASK_BLOCKED);
}

TEST_SIGNAL(who_walks_does_not_sleep, SIGABRT)
{
	struct sim_task t = task(TASK_RUNS, STAGE_WALK, OP_FORK);

	task_set_state(&t, TASK_SLEEPS);
}

TEST_SIGNAL(no_walk_without_a_decision, SIGABRT)
{
	struct sim_task t = task(TASK_RUNS, STAGE_ENTER, OP_FORK);

	task_go(&t, OP_FORK, STAGE_WALK, 0);
}

TEST_SIGNAL(an_affinity_change_takes_no_mutex, SIGABRT)
{
	struct sim_task t = task(TASK_RUNS, STAGE_ENTER, OP_AFFINITY);

	task_go(&t, OP_AFFINITY, STAGE_DECIDE, 0);
}

TEST_SIGNAL(an_exit_does_not_return, SIGABRT)
{
	struct sim_task t = task(TASK_RUNS, STAGE_COMPLETE, OP_EXIT);

	task_go(&t, OP_EXIT, STAGE_RETURN, 0);
}

TEST_SIGNAL(who_sleeps_does_not_go_on, SIGABRT)
{
	struct sim_task t = task(TASK_SLEEPS, STAGE_USER, OP_NONE);

	task_go(&t, OP_EXIT, STAGE_ENTER, 0);
}
