/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Events of a trace that shows each step: there is one state, and what cannot be in it differs. */

#include "model/state.h"
#include "sim/replay/events/handlers.h"
#include "tests/lib/replay-world.h"
#include "tests/lib/suite.h"

static struct replay_world *w;
static const uint64_t all_cpus = 15;

static struct trace_event of_mm(enum trace_kind kind, uint32_t pid, uint32_t cpu)
{
	struct trace_event event = world_event(w, kind, pid, cpu);

	event.mm.address = WORLD_MM;
	return event;
}

static struct trace_event of_task(enum trace_kind kind, uint32_t task)
{
	struct trace_event event = world_event(w, kind, 0, 0);

	event.task.pid = task;
	return event;
}

static void new_task(uint32_t pid)
{
	struct trace_event event = of_task(TRACE_TASK_NEW, pid);

	event.task.tgid = 100;
	event.task.mm_known = true;
	event.task.mm = WORLD_MM;
	event.other_cpu = 0;
	world_take(w, event);
	world_take(w, of_task(TRACE_TASK_SHOWN, pid));
}

static void decide(uint32_t pid, uint32_t cpu)
{
	struct trace_event event = of_mm(TRACE_DECIDE_END, pid, cpu);

	world_take(w, of_mm(TRACE_DECIDE, pid, cpu));
	event.changed = 0;
	world_take(w, event);
}

/* By @pid, which runs on CPU 0, or nobody. */
static void fork_task(uint32_t pid, uint32_t child)
{
	struct trace_event event;

	new_task(child);
	event = of_mm(TRACE_FORK, pid, 0);
	event.task.pid = child;
	world_take(w, event);
	decide(pid, 0);
	world_take(w, of_mm(TRACE_OP_END, pid, 0));
}

static void switch_to(uint32_t cpu, uint32_t prev, uint32_t next, uint32_t next_word)
{
	struct trace_event event = world_event(w, TRACE_SWITCH, prev, cpu);

	event.prev.pid = prev;
	event.task.pid = next;
	world_take(w, event);
	event.kind = TRACE_SWITCHED;
	event.task.word = event.cpu_word = next_word;
	world_take(w, event);
}

/* An mm, whose first task runs on CPU 0. */
static void set_up(void)
{
	struct trace_event event;

	w = replay_world_new("7.1", true);
	event = of_mm(TRACE_MM_NEW, 0, 0);
	event.name = "app";
	event.mm.allowed_count = 4;
	event.allowed = (struct trace_bits){ &all_cpus, 1 };
	world_take(w, event);
	fork_task(TRACE_PID_UNKNOWN, 100);
	switch_to(0, 0, 100, 0);
	ck_assert_uint_eq(world_differences(w), 0);
}

static void tear_down(void)
{
	replay_world_free(w);
}

SUITE(.before = set_up, .after = tear_down);

static const char *why(void)
{
	const struct replay_difference *first = w->replay.verdict->differences->pdata[0];

	return first->model;
}

static void assert_differs(const char *expected)
{
	ck_assert_uint_eq(world_differences(w), 1);
	ck_assert_str_eq(why(), expected);
	ck_assert_int_eq(world_process(w)->state, PROCESS_GIVEN_UP);
}

/* Proves that each step is taken with its event, and that nothing stays hidden. */
TEST(a_fork_and_a_switch_leave_one_state)
{
	const struct seen_task *child;

	fork_task(100, 101);
	switch_to(1, 0, 101, 1);
	child = tables_find(w->tables, 101);
	ck_assert_uint_eq(model_mm_const(world_model(w), 0)->users, 2);
	ck_assert(model_is_running(world_model(w), child->task));
	ck_assert_uint_eq(child->shown, 1);
	ck_assert_uint_eq(world_process(w)->mm->pending->len, 0);
	ck_assert_uint_eq(world_process(w)->mm->current.id, 0);
	ck_assert_uint_eq(world_differences(w), 0);
}

TEST(a_state_with_another_value_differs)
{
	struct trace_event event = of_mm(TRACE_STATE, 100, 0);

	event.mm = world_values(0, 1, 1, 0);
	event.mm.taken_known = true;
	event.mm.taken = 1;
	world_take(w, event);
	ck_assert_uint_eq(world_differences(w), 0);
	event.mm.taken = 2;
	world_take(w, event);
	ck_assert_uint_eq(world_differences(w), 1);
	ck_assert_uint_eq(world_process(w)->counts->others.unexplained, 1);
}

/* Proves that an mm that differs is given up, and counts no more. */
TEST(what_follows_a_difference_is_not_compared)
{
	switch_to(0, 100, 0, 0);
	switch_to(0, 0, 100, 3);
	ck_assert_uint_eq(world_differences(w), 1);
	fork_task(100, 101);
	switch_to(1, 0, 101, 3);
	ck_assert_uint_eq(world_differences(w), 1);
}

TEST(a_fork_by_who_does_not_run_cannot_be)
{
	struct trace_event event;

	new_task(101);
	event = of_mm(TRACE_FORK, 100, 2);
	event.task.pid = 101;
	world_take(w, event);
	assert_differs("cannot be: task 100 does not run there\n");
}

TEST(a_user_is_not_forked_once_more)
{
	struct trace_event event;

	fork_task(100, 101);
	event = of_mm(TRACE_FORK, 100, 0);
	event.task.pid = 101;
	world_take(w, event);
	assert_differs("cannot be: task 101 is a user already, or one of another mm\n");
}

TEST(a_decision_needs_the_mutex)
{
	struct trace_event event;

	new_task(101);
	event = of_mm(TRACE_FORK, 100, 0);
	event.task.pid = 101;
	world_take(w, event);
	decide(100, 0);
	event = of_mm(TRACE_EXIT, 100, 0);
	event.task.pid = 100;
	world_take(w, event);
	world_take(w, of_mm(TRACE_DECIDE, 100, 0));
	assert_differs("cannot be: the mutex of the mm is held\n");
}

TEST(a_switch_twice_cannot_be)
{
	switch_to(0, 100, 0, TRACE_WORD_UNKNOWN);
	switch_to(0, 100, 0, TRACE_WORD_UNKNOWN);
	assert_differs("cannot be: who leaves does not run there, or who comes runs elsewhere\n");
}

TEST(a_walk_that_is_not_due_cannot_be)
{
	struct trace_event event = of_mm(TRACE_WALK_STEP, 100, 0);

	event.other_cpu = 1;
	world_take(w, event);
	ck_assert_uint_eq(world_differences(w), 1);
	ck_assert_int_eq(world_process(w)->state, PROCESS_GIVEN_UP);
}

TEST(an_end_of_nothing_cannot_be)
{
	world_take(w, of_mm(TRACE_OP_END, 100, 0));
	ck_assert_uint_eq(world_differences(w), 1);
}

TEST(a_get_that_finds_a_number_does_not_spin)
{
	struct trace_event event;

	switch_to(0, 100, 0, TRACE_WORD_UNKNOWN);
	event = world_event(w, TRACE_SWITCH, 0, 1);
	event.prev.pid = 0;
	event.task.pid = 100;
	world_take(w, event);
	event.kind = TRACE_SPIN;
	world_take(w, event);
	ck_assert_uint_eq(world_differences(w), 1);
	ck_assert_ptr_null(w->tables->cpus[1].spins);
}

TEST(a_spin_that_did_not_begin_does_not_end)
{
	struct trace_event event = of_mm(TRACE_SPIN_END, 100, 0);

	event.changed = 1;
	world_take(w, event);
	assert_differs("cannot be: no get of that mm spins there\n");
}

/* Tasks and mms */

TEST(unknown_tasks_and_mms_differ)
{
	struct trace_event event = of_task(TRACE_TASK_FREED, 999);

	world_take(w, event);
	event = world_event(w, TRACE_MM_GONE, 0, 0);
	event.mm.address = 0xb0;
	world_take(w, event);
	ck_assert_uint_eq(world_differences(w), 2);
	ck_assert_str_eq(why(), "cannot be: there is no such task\n");
	ck_assert_uint_eq(w->tables->nobody->others.unexplained, 2);
	ck_assert_int_eq(world_process(w)->state, PROCESS_KNOWN);
}

/* Proves that idle is no task that could be freed, exit or migrate. */
TEST(idle_is_no_task)
{
	static const enum trace_kind kinds[] = { TRACE_FORK, TRACE_EXIT, TRACE_TASK_SHOWN,
		TRACE_TASK_FREED, TRACE_JOIN, TRACE_BACK, TRACE_MIGRATE };

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		struct trace_event event = of_mm(kinds[i], 100, 0);

		event.task.pid = 0;
		world_take(w, event);
		ck_assert_uint_eq(world_differences(w), i + 1);
	}
	ck_assert_int_eq(world_process(w)->state, PROCESS_KNOWN);
}

TEST(a_decision_needs_a_fork_or_an_exit)
{
	world_take(w, of_mm(TRACE_DECIDE, 100, 0));
	assert_differs("cannot be: no fork or exit of that task began\n");
}

TEST(a_task_is_not_made_twice)
{
	new_task(100);
	ck_assert_uint_eq(world_differences(w), 1);
	ck_assert_uint_eq(w->tables->tasks_alive, 1);
}

TEST(who_runs_or_is_a_user_is_not_freed)
{
	world_take(w, of_task(TRACE_TASK_FREED, 100));
	assert_differs("cannot be: that task runs\n");
	ck_assert_ptr_nonnull(tables_find(w->tables, 100));
}

TEST(a_user_that_does_not_run_is_not_freed)
{
	switch_to(0, 100, 0, TRACE_WORD_UNKNOWN);
	world_take(w, of_task(TRACE_TASK_FREED, 100));
	assert_differs("cannot be: that task has not left its mm\n");
	ck_assert_ptr_null(tables_find(w->tables, 100));
}

TEST(an_mm_with_tasks_does_not_end)
{
	world_take(w, of_mm(TRACE_MM_GONE, 0, 0));
	ck_assert_uint_eq(world_differences(w), 1);
	ck_assert_str_eq(why(), "cannot be: it has tasks\n");
	ck_assert_ptr_null(world_process(w));
	ck_assert_ptr_null(tables_find(w->tables, 100)->process);
}

/* Proves that an exec takes a task and its word to the new mm, and that the old one stays until its
 * end. */
TEST(an_exec_moves_a_task)
{
	struct trace_event event = world_event(w, TRACE_MM_NEW, 0, 0);
	struct process *other;

	event.mm.address = 0xb0;
	event.mm.allowed_count = 4;
	event.allowed = (struct trace_bits){ &all_cpus, 1 };
	event.name = "app exec";
	world_take(w, event);
	event = of_mm(TRACE_EXIT, 100, 0);
	event.task.pid = 100;
	world_take(w, event);
	decide(100, 0);
	world_take(w, of_mm(TRACE_OP_END, 100, 0));
	event = world_event(w, TRACE_JOIN, 100, 0);
	event.task.pid = 100;
	event.mm.address = 0xb0;
	world_take(w, event);
	other = tables_at(w->tables, 0xb0);
	ck_assert_ptr_eq(tables_find(w->tables, 100)->process, other);
	ck_assert(model_is_running(
		&states_first(&other->mm->states)->model, tables_find(w->tables, 100)->task));
	ck_assert_uint_eq(model_mm_const(world_model(w), 0)->users, 0);
	world_take(w, of_mm(TRACE_MM_GONE, 0, 0));
	ck_assert_ptr_null(world_process(w));
	ck_assert_uint_eq(world_differences(w), 0);
}

/* Records and sums */

TEST(a_mode_switch_that_no_step_makes_differs)
{
	world_take(w, world_event(w, TRACE_FLIPPED, 100, 0));
	world_take(w, of_mm(TRACE_STATE, 100, 0));
	assert_differs("cannot be: the trace shows another number of mode switches or windows\n");
}

static void end_with(const char *text)
{
	struct trace_event event = world_event(w, TRACE_TOTALS, 0, 0);

	event.text = text;
	world_take(w, event);
}

TEST(sums_are_compared)
{
	end_with("switches=2");
	ck_assert_uint_gt(world_differences(w), 1);
	ck_assert_str_eq(why(), "cannot be: switches are 1 by the lines before\n");
	ck_assert(w->tables->ended);
}

TEST(sums_that_are_right_agree)
{
	/* CPU 0 idles until the switch, the last event so far; the others until the end. */
	uint64_t end_ns = (w->line + 1) * 1000, began_ns = w->line * 1000;
	g_autofree char *text = g_strdup_printf(
		"switches=1 migrations=0 wakeups=0 forks=0 exits=0 execs=0 affinity_changes=0 "
		"tasks_max=1 idle_ns=%" G_GUINT64_FORMAT " tasks=1 mms=1 users=1",
		3 * end_ns + began_ns);

	end_with(text);
	ck_assert_uint_eq(world_differences(w), 0);
}
