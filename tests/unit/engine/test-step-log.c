/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/step-log.h"

#include <signal.h>
#include <string.h>

#include "model/walk.h"
#include "sim/engine/tasks.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

/* What the digest and the log have of a step: all that a replay needs to take it again. */

static GString *notes; /* "CPU EVENT TEXT|" */
static uint32_t parent, child;

static void on_note(void *context, const struct record_note *note)
{
	(void)context;
	g_string_append_printf(notes, "%u %s %s|", note->cpu, note->event, note->text);
}

static void on_switch(void *context, const struct record_switch *sched_switch)
{
	(void)context;
	(void)sched_switch;
}

static const struct record_sink sink = { .note = on_note, .sched_switch = on_switch };

/* The first user, pid 100, runs on CPU 0 and is in the fork of pid 101. */
static void start(void)
{
	parts_start();
	notes = g_string_new(NULL);
	parent = parts_user();
	child = parts_task();
	sim_task(parts_engine, parent)->op = OP_FORK;
	tasks_extra(&parts_engine->tasks, sim_task(parts_engine, parent))->op_index =
		ops_new(&parts_engine->ops, &(struct op){ .child = child });
	engine_set_sink(parts_engine, &sink);
}

static void stop(void)
{
	g_string_free(notes, TRUE);
	parts_stop();
}

SUITE(.before = start, .after = stop);

static uint64_t digest_of(uint64_t now_ns, uint32_t task, enum task_op op, uint32_t outcome)
{
	parts_engine->now_ns = now_ns;
	parts_engine->recorder->digest = 1;
	step_log_mix(parts_engine, task, op, outcome);
	return parts_engine->recorder->digest;
}

TEST(steps_that_differ_in_anything_differ_in_the_digest)
{
	uint64_t digest = digest_of(5, parent, OP_FORK, STEP_DONE);

	ck_assert_uint_eq(digest_of(5, parent, OP_FORK, STEP_DONE), digest);
	ck_assert_uint_ne(digest_of(6, parent, OP_FORK, STEP_DONE), digest);
	ck_assert_uint_ne(digest_of(5, child, OP_FORK, STEP_DONE), digest);
	ck_assert_uint_ne(digest_of(5, parent, OP_EXIT, STEP_DONE), digest);
	ck_assert_uint_ne(digest_of(5, parent, OP_FORK, STEP_WINDOW), digest);
	model_task(parts_engine->model, parent)->cid = 1;
	ck_assert_uint_ne(digest_of(5, parent, OP_FORK, STEP_DONE), digest);
}

#define VALUES "mode=0x0 users=1 max_cids=1 pcpu_thrs=0 allowed=2 taken=1 word=0x0 "

TEST(a_fork_is_logged_with_its_child)
{
	step_log_decision(
		parts_engine, 0, "fork", parent, parts_mm, (struct step){ .outcome = STEP_WINDOW });
	ck_assert_str_eq(notes->str,
		"0 fork pid=100 " VALUES "child=101 child_word=0x80000000 cpu_word=0x0 mm_id=0 "
		"outcome=window|");
}

TEST(an_exit_and_a_start_are_about_nobody_else)
{
	sim_task(parts_engine, parent)->op = OP_EXIT;
	step_log_decision(
		parts_engine, 0, "exit", parent, parts_mm, (struct step){ .outcome = STEP_DONE });
	step_log_start(parts_engine, 0, parent, (struct step){ .outcome = STEP_DONE });
	ck_assert_str_eq(notes->str,
		"0 exit pid=100 " VALUES "cpu_word=0x0 mm_id=0 outcome=done|"
		"0 start pid=100 " VALUES "cpu_word=0x0 mm_id=0 outcome=done|");
}

TEST(a_task_walk_looks_at_the_user_that_it_has_come_to)
{
	struct model_mm *m = model_mm(parts_engine->model, parts_mm);

	m->phase = PHASE_WALK_TASKS;
	m->cursor = child;
	ck_assert_uint_eq(step_log_walk_target(parts_engine, parts_mm, 0), child);
	step_log_walk(parts_engine, 0, parts_mm, 1, child);
	ck_assert_str_eq(
		notes->str, "0 walk cpu=1 taken=1 pid=101 word=0x80000000 cpu_word=0x0 mm_id=0|");
}

TEST(a_cpu_walk_looks_at_who_runs_there_if_it_is_of_the_mm)
{
	model_mm(parts_engine->model, parts_mm)->phase = PHASE_WALK_CPUS;
	ck_assert_uint_eq(step_log_walk_target(parts_engine, parts_mm, 0), parent);
	ck_assert_uint_eq(step_log_walk_target(parts_engine, parts_mm, 1), TASK_NONE);
	model_task(parts_engine->model, parent)->has_mm = 0;
	ck_assert_uint_eq(step_log_walk_target(parts_engine, parts_mm, 0), TASK_NONE);
	step_log_walk(parts_engine, 0, parts_mm, 1, TASK_NONE);
	ck_assert_str_eq(notes->str, "0 walk cpu=1 taken=1 cpu_word=0x0 mm_id=0|");
}

TEST_SIGNAL(nothing_is_logged_where_nobody_takes_it, SIGABRT)
{
	parts_engine->log = false;
	step_log_start(parts_engine, 0, parent, (struct step){ .outcome = STEP_DONE });
}

TEST_SIGNAL(a_walk_goes_to_a_cpu_there_is, SIGABRT)
{
	step_log_walk(parts_engine, 0, parts_mm, 2, TASK_NONE);
}
