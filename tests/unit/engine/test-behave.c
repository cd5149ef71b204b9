/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/behave.h"

#include <signal.h>

#include "sim/engine/tasks.h"
#include "sim/engine/workload.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

/* Bursts and sleeps in turn until the last loop, as long as the scenario says: constant, or drawn
 * from the task's own stream. */

#define WORKER(keys) "[machine]\ncpus = 2\n[mm app]\n[tasks worker]\ncount = 1\n" keys

static uint32_t worker; /* runs, in user space, and is to begin a burst */

static struct sim_task *begin(const char *text)
{
	parts_start_of(text);
	worker = parts_user();
	behave_begin(parts_engine, worker);
	return sim_task(parts_engine, worker);
}

TEST(a_task_runs_and_sleeps_in_turn_and_exits_after_its_loops)
{
	struct sim_task *t = begin(WORKER("run = 5us\nsleep = 7us\nloops = 2\n"));

	for (unsigned loop = 0; loop < 2; loop++) {
		parts_engine->now_ns += 100;
		ck_assert_int_eq(behave(parts_engine, worker), ADVANCE_RUNS);
		ck_assert_uint_eq(task_due(t), 5000);
		ck_assert(!t->fresh);
		if (loop == 1)
			break;
		ck_assert_int_eq(behave(parts_engine, worker), ADVANCE_LEAVES);
		ck_assert_uint_eq(t->state, TASK_SLEEPS);
		ck_assert_uint_eq(task_due(t), parts_engine->now_ns + 7000);
		t->state = TASK_RUNS; /* it has slept and got its CPU again */
	}
	ck_assert_int_eq(behave(parts_engine, worker), ADVANCE_RUNS); /* no sleep after the last */
	ck_assert_int_eq(behave(parts_engine, worker), ADVANCE_RUNS);
	ck_assert_uint_eq(t->op, OP_EXIT);
	ck_assert_uint_eq(t->stage, STAGE_ENTER);
	parts_stop();
}

/* The bursts and sleeps of the worker in us, until it exits: "3+7 3 exit". */
static char *bursts(unsigned most)
{
	struct sim_task *t = sim_task(parts_engine, worker);
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < most && t->op != OP_EXIT; i++) {
		if (behave(parts_engine, worker) == ADVANCE_LEAVES) {
			g_string_append_printf(text, "+%u",
				(unsigned)((task_due(t) - parts_engine->now_ns) / 1000));
			t->state = TASK_RUNS;
		} else if (t->op == OP_EXIT) {
			g_string_append(text, " exit");
		} else if (!t->fresh) {
			g_string_append_printf(text, " %u", (unsigned)(task_due(t) / 1000));
		}
	}
	return g_string_free(text, FALSE);
}

static const struct {
	const char *keys, *expected;
} phased[] = {
	{ "phases = 2 * (1us, 2us); (3us, 4us)\nloops = 2\n", " 1+2 1+2 3+4 1+2 1+2 3 exit" },
	{ "phases = 2 * (1us, 2us)\nloops = 1\n", " 1+2 1 exit" },
	{ "phases = (1us, 0ns); (2us, 5us)\nloops = 1\n", " 1 2 exit" },
	{ "phases = (1us, 2us); forever * (3us, 4us)\nloops = 1\n", " 1+2 3+4 3+4 3+4 3+4 3" },
	{ "phases = (1us, 2us); (3us, 4us)\n", " 1+2 3+4 1+2 3+4 1+2 3" },
};

/* Proves that a task goes through its phases, as often as its loops say, and exits after the last
 * burst without a sleep. */
TEST_ROWS(a_task_goes_through_its_phases, phased)
{
	g_autofree char *text = g_strconcat(WORKER(""), phased[_i].keys, NULL);
	g_autofree char *found = NULL;

	begin(text);
	found = bursts(11 + 2 * (_i == 0));
	ck_assert_str_eq(found, phased[_i].expected);
	parts_stop();
}

TEST(without_a_sleep_it_runs_on)
{
	struct sim_task *t = begin(WORKER("run = 5us\nsleep = 0ns\n"));

	for (unsigned i = 0; i < 10; i++) {
		ck_assert_int_eq(behave(parts_engine, worker), ADVANCE_RUNS);
		ck_assert_uint_eq(t->fresh, i % 2);
		ck_assert_uint_eq(t->state, TASK_RUNS);
	}
	ck_assert_uint_eq(extra_of(parts_engine, t)->loops, LOOPS_FOREVER);
	parts_stop();
}

TEST(a_burst_takes_time_and_ends)
{
	struct behaviour behaviour = { .run = { .kind = SAMPLE_CONSTANT, .a = 0 } };
	struct sim_task *t = begin(WORKER("run = 5us\n"));

	unit_of(parts_engine, t)->behaviour = &behaviour;
	behave(parts_engine, worker);
	ck_assert_uint_eq(task_due(t), 1);
	behaviour.run.a = UINT64_MAX;
	t->fresh = 1;
	behave(parts_engine, worker);
	ck_assert_uint_eq(task_due(t), SCENARIO_TIME_NS_MAX);
	parts_stop();
}

TEST(a_burst_that_is_drawn_at_the_switch_can_be_undone)
{
	static const char *const runs[] = { "run = exp(5us)\nloops = 1\n",
		"run = 5us\nloops = 1\n" };

	for (unsigned i = 0; i < G_N_ELEMENTS(runs); i++) {
		g_autofree char *text = g_strconcat(WORKER(""), runs[i], NULL);
		struct sim_task *t = begin(text);
		uint64_t ns;

		ck_assert(behave_draw_burst(
			parts_engine, worker, unit_of(parts_engine, t)->behaviour));
		ns = task_due(t);
		ck_assert(!t->fresh);
		ck_assert_uint_eq(t->draws, i == 0);
		behave_undo_draw(parts_engine, worker);
		ck_assert(t->fresh);
		ck_assert_uint_eq(t->draws, 0);
		ck_assert_uint_eq(task_due(t), 0);
		behave(parts_engine, worker); /* what would have begun without */
		ck_assert_uint_eq(task_due(t), ns);
		task_set_due(t, 0);
		behave(parts_engine, worker);
		ck_assert(!behave_draw_burst(parts_engine, worker,
			unit_of(parts_engine, t)->behaviour)); /* it was the last one */
		ck_assert(t->fresh);
		parts_stop();
	}
}

TEST(what_is_constant_draws_nothing_and_what_is_drawn_repeats_with_the_seed)
{
	struct sim_task *t = begin(WORKER("run = 5us\nsleep = 7us\n"));
	uint64_t first[8];

	behave(parts_engine, worker);
	ck_assert_uint_eq(t->draws, 0);
	parts_stop();
	for (unsigned round = 0; round < 2; round++) {
		bool differ = false;

		t = begin(WORKER("run = exp(5us)\nsleep = 0ns\n"));
		for (unsigned i = 0; i < 8; i++) {
			behave(parts_engine, worker);
			ck_assert_uint_eq(t->draws, i + 1);
			ck_assert_uint_ge(task_due(t), 1);
			if (round == 0)
				first[i] = task_due(t);
			ck_assert_uint_eq(task_due(t), first[i]);
			differ = differ || first[i] != first[0];
			behave(parts_engine, worker); /* no sleep: the next burst is due */
		}
		ck_assert(differ);
		parts_stop();
	}
}

TEST(who_sleeps_or_waits_begins_a_burst_when_it_is_back)
{
	struct sim_task *t = begin(WORKER("run = 5us\n"));

	t->fresh = 0;
	ck_assert_int_eq(behave_sleep(parts_engine, worker, 30), ADVANCE_LEAVES);
	ck_assert(t->fresh);
	ck_assert_uint_eq(t->state, TASK_SLEEPS);
	t->state = TASK_RUNS;
	t->fresh = 0;
	ck_assert_int_eq(behave_wait(parts_engine, worker), ADVANCE_LEAVES);
	ck_assert(t->fresh);
	ck_assert_uint_eq(t->state, TASK_WAITS);
	parts_stop();
}

TEST(a_fork_of_many_is_one_operation)
{
	struct sim_task *t = begin(WORKER("run = 5us\n"));
	uint32_t unit = parts_engine->units.first[UNIT_GROUP];

	ck_assert_int_eq(behave_fork(parts_engine, worker, unit, 3, INDEX_NONE), ADVANCE_RUNS);
	ck_assert_uint_eq(t->op, OP_FORK);
	ck_assert_uint_eq(op_of(parts_engine, t)->unit, unit);
	ck_assert_uint_eq(op_of(parts_engine, t)->count, 3);
	ck_assert_uint_eq(op_of(parts_engine, t)->child, TASK_NONE);
	parts_stop();
}

TEST_SIGNAL(who_is_in_the_kernel_does_not_wait_in_user_space, SIGABRT)
{
	begin(WORKER("run = 5us\n"))->op = OP_EXIT;
	behave_wait(parts_engine, worker);
}

TEST_SIGNAL(a_fork_makes_somebody, SIGABRT)
{
	begin(WORKER("run = 5us\n"));
	behave_fork(parts_engine, worker, parts_engine->units.first[UNIT_GROUP], 0, INDEX_NONE);
}

TEST_SIGNAL(a_child_is_of_a_unit_there_is, SIGABRT)
{
	begin(WORKER("run = 5us\n"));
	behave_fork(parts_engine, worker, parts_engine->units.all->len, 1, INDEX_NONE);
}
