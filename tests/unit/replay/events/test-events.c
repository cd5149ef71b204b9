/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Events of a kernel's trace, one by one: what they make of tasks, processes and states. */

#include "model/state.h"
#include "tests/lib/replay-world.h"
#include "tests/lib/suite.h"

#define NO_WORD TRACE_WORD_UNKNOWN
#define UNSET CID_KERNEL_UNSET

static struct replay_world *w;

static void set_up(void)
{
	w = replay_world_new("7.1", false);
}

static void tear_down(void)
{
	replay_world_free(w);
}

SUITE(.before = set_up, .after = tear_down);

static const struct replay_process *counts(void)
{
	return world_process(w)->counts;
}

/* Proves that the first fork of an mm makes its process, and that the child gets its number. */
TEST(a_first_fork_makes_a_process)
{
	const struct model *model;

	world_fork(w, 1, 100, 0, 0);
	model = world_model(w);
	ck_assert_int_eq(world_process(w)->state, PROCESS_KNOWN);
	ck_assert_uint_eq(model_mm_const(model, 0)->users, 1);
	ck_assert_uint_eq(model_task_const(model, tables_find(w->tables, 100)->task)->cid, 0);
	ck_assert_uint_eq(counts()->others.agreed, counts()->others.compared);
	ck_assert_uint_eq(world_differences(w), 0);
	ck_assert_uint_eq(w->replay.recorder->result->forks, 1);
}

/* Proves that another number than the lowest free one contradicts, once, and that the process is
 * unknown then. */
TEST(a_fork_with_another_number_contradicts)
{
	world_fork(w, 1, 100, 0, 0);
	world_fork(w, 100, 101, 0, 2);
	ck_assert_uint_eq(world_differences(w), 1);
	ck_assert_uint_eq(counts()->others.unexplained, 1);
	ck_assert(process_is_unknown(world_process(w)));
}

/* Proves that a switch is pending until the next event on its CPU, and taken then. */
TEST(a_switch_is_over_with_the_next_event_there)
{
	const struct seen_task *task;

	world_fork(w, 1, 100, 0, 0);
	world_switch(w, 2, 0, NO_WORD, 100, 0);
	ck_assert(world_process(w)->mm->switches[2].pending);
	world_take(w, world_event(w, TRACE_WAKE, 0, 1));
	ck_assert(world_process(w)->mm->switches[2].pending);
	world_take(w, world_event(w, TRACE_WAKE, 100, 2));
	ck_assert(!world_process(w)->mm->switches[2].pending);
	task = tables_find(w->tables, 100);
	ck_assert_uint_eq(task->cpu, 2);
	ck_assert(model_is_running(world_model(w), task->task));
	ck_assert_uint_eq(counts()->switches.agreed, 1);
	ck_assert_uint_eq(w->replay.recorder->result->switches, 1);
}

/* Proves that a word that the model does not have contradicts at the switch. */
TEST(a_switch_with_another_word_contradicts)
{
	world_fork(w, 1, 100, 0, 0);
	world_switch(w, 2, 0, NO_WORD, 100, 1);
	ck_assert_uint_eq(world_differences(w), 1);
	ck_assert_uint_eq(counts()->switches.unexplained, 1);
}

/* Proves that a switch from a task that runs elsewhere is one that the trace skips: no difference,
 * but begun anew. */
TEST(a_skipped_switch_begins_anew)
{
	world_fork(w, 1, 100, 0, 0);
	world_fork(w, 100, 101, 0, 1);
	world_switch(w, 2, 0, NO_WORD, 100, 0);
	world_switch(w, 2, 101, 1, 100, 0);
	ck_assert_uint_eq(world_differences(w), 0);
	ck_assert_uint_eq(counts()->lost, 1);
	ck_assert(process_is_unknown(world_process(w)));
}

/* Proves that who exits is no user any more, and gone with its last switch. */
TEST(an_exit_ends_a_task)
{
	struct trace_event event;

	world_fork(w, 1, 100, 0, 0);
	world_fork(w, 100, 101, 0, 1);
	world_switch(w, 2, 0, NO_WORD, 101, 1);
	world_exit(w, 101, 2, 1);
	ck_assert_uint_eq(model_mm_const(world_model(w), 0)->users, 1);
	ck_assert(tables_find(w->tables, 101)->left);
	event = world_event(w, TRACE_SWITCH, 101, 2);
	event.prev.pid = 101;
	event.prev_dead = true;
	event.task.pid = 0;
	world_take(w, event);
	world_take(w, world_event(w, TRACE_WAKE, 0, 2));
	ck_assert_ptr_null(tables_find(w->tables, 101));
	ck_assert_uint_eq(world_differences(w), 0);
	ck_assert_uint_eq(w->replay.recorder->result->exits, 1);
}

/* Proves that values of a decision are compared, users first of all. */
TEST(a_decision_with_other_users_contradicts)
{
	struct trace_event event;

	world_fork(w, 1, 100, 0, 0);
	event = world_event(w, TRACE_FORK, 100, 0);
	event.task.pid = 101;
	event.mm.address = WORLD_MM;
	world_take(w, event);
	event = world_event(w, TRACE_DECIDE, 100, 0);
	event.mm = world_values(0, 3, 1, 0);
	world_take(w, event);
	ck_assert_uint_eq(world_differences(w), 1);
}

/* Proves that without its fork or exit a decision says that the trace leaves out tasks: nothing of
 * the mm is compared any more. */
TEST(a_decision_of_nobody_gives_up)
{
	struct trace_event event;

	world_fork(w, 1, 100, 0, 0);
	event = world_event(w, TRACE_DECIDE, 100, 0);
	event.mm.address = WORLD_MM;
	world_take(w, event);
	ck_assert_int_eq(world_process(w)->state, PROCESS_GIVEN_UP);
	ck_assert_uint_eq(world_differences(w), 0);
	world_fork(w, 100, 101, 0, 3);
	ck_assert_uint_eq(world_differences(w), 0);
}

/* Proves that after lost events a process begins anew. */
TEST(lost_events_are_no_difference)
{
	world_fork(w, 1, 100, 0, 0);
	world_take(w, world_event(w, TRACE_LOST, 0, 0));
	ck_assert(process_is_unknown(world_process(w)));
	ck_assert_uint_eq(counts()->lost, 1);
	ck_assert_uint_eq(world_differences(w), 0);
}

/* Proves that a process is dropped with its last task. */
TEST(an_mm_without_tasks_is_gone)
{
	struct trace_event event;

	world_fork(w, 1, 100, 0, 0);
	world_switch(w, 2, 0, NO_WORD, 100, 0);
	world_exit(w, 100, 2, 0);
	event = world_event(w, TRACE_SWITCH, 100, 2);
	event.prev.pid = 100;
	event.prev.word = UNSET;
	event.prev_dead = true;
	event.task.pid = 0;
	world_take(w, event);
	world_take(w, world_event(w, TRACE_WAKE, 0, 2));
	ck_assert_ptr_null(world_process(w));
	ck_assert_uint_eq(world_differences(w), 0);
}

/* Proves that an event on a CPU that is not possible is a defect of the caller. */
TEST_SIGNAL(a_cpu_that_is_not_possible_is_a_defect, SIGABRT)
{
	world_take(w, world_event(w, TRACE_WAKE, 0, 4));
}
