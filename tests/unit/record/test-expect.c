/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>

#include "tests/lib/simulate.h"

#include "tests/lib/suite.h"

/* Five users on four CPUs, who leave one after another: enters at 5, leaves at 1. */
#define RUN                                                                                        \
	"[scenario]\ntime = 10ms\n[machine]\ncpus = 4\n"                                           \
	"[cost]\nwalk-task = 10us\nwalk-cpu = 10us\ncomplete = 300ns\n"                            \
	"[mm app]\n[mm none]\ncount = 0\n[mm late]\nstart = 9ms\ncount = 2\n"                      \
	"[tasks w]\nmm = app\ncount = 4\nrun = 10us\nsleep = 20ms\n"                               \
	"[mm gone]\nrun = 10us\nsleep = 0ns\nloops = 1\n[at 9ms]\nfork-process = none by app\n"    \
	"[at 2ms]\nexit = w/0\n[at 3ms]\nexit = w/1\n[at 4ms]\nexit = w/2\n[at 5ms]\nexit = w/3\n"

static const struct {
	const char *group, *line, *found;
	bool passes;
} cases[] = {
	{ "expect", "violations = 0", "0", true },
	{ "expect", "livelocks = > 0", "0", false },
	{ "expect app", "users-max = 5", "5 (app)", true },
	{ "expect app", "users-max = != 5", "5 (app)", false },
	{ "expect app", "users-max = < 6", "5 (app)", true },
	{ "expect app", "users-max = < 5", "5 (app)", false },
	{ "expect app", "users-max = <= 5", "5 (app)", true },
	{ "expect app", "users-max = <= 4", "5 (app)", false },
	{ "expect app", "users-max = > 4", "5 (app)", true },
	{ "expect app", "users-max = > 5", "5 (app)", false },
	{ "expect app", "users-max = >= 5", "5 (app)", true },
	{ "expect app", "users-max = >= 6", "5 (app)", false },
	{ "expect app", "users-max = == 5", "5 (app)", true },
	{ "expect app", "to-percpu = 1", "1 (app)", true },
	{ "expect app", "to-task = 1", "1 (app)", true },
	{ "expect app", "enter-users = 5", "5 (app)", true },
	{ "expect app", "leave-users = 2", "1 (app)", false },
	{ "expect app", "span-max = 4", "4 (app)", true },
	{ "expect app", "windows = 2", "2 (app)", true },
	{ "expect app", "window-max = 40300ns", "40300 (app)", true },
	{ "expect app", "spins = 0", "0 (app)", true },
	{ "expect app", "deferred-runs = 0", "0 (app)", true },
	{ "expect app", "bitmap-ops = > 0", NULL, true },
	{ "expect app", "cid-changes = > 0", NULL, true },
	{ "expect app", "fast-path = <= 100%", NULL, true },
	{ "expect app", "mode = per-task", "per-task (app)", true },
	{ "expect app", "users = 1", "1 (app)", true },
	{ "expect app at 3500us", "mode = per-cpu", "per-cpu (app)", true },
	{ "expect app at 3500us", "mode = per-task", "per-cpu (app)", false },
	{ "expect app at 3500us", "users = 3", "3 (app)", true },
	{ "expect app at 3500us", "max-cids = 3", "3 (app)", true },
	{ "expect app at 3500us", "pcpu-thrs = 2", "2 (app)", true },
	{ "expect app at 3500us", "allowed = 4", "4 (app)", true },
	{ "expect app at 3500us", "taken = <= 4", NULL, true },
	{ "expect app at 3500us", "span = <= 4", NULL, true },
	/* Nothing was measured: whatever is expected fails. */
	{ "expect none", "users-max = >= 0", "none", false },
	{ "expect late", "enter-users = >= 0", "none (late/0)", false },
	{ "expect late", "leave-users = > 7", "none (late/0)", false },
	{ "expect gone at 5ms", "users = >= 0", "none (gone)", false },
	{ "expect gone", "mode = per-task", "none (gone)", false },
	/* Each process, or one of them. */
	{ "expect late", "users-max = 1", "1 (late/1)", true },
	{ "expect late/1", "users-max = 1", "1", true },
};

TEST_ROWS(an_expectation_is_judged_by_what_was_found, cases)
{
	g_autofree char *text = g_strdup_printf(RUN "[%s]\n%s\n", cases[_i].group, cases[_i].line);
	struct simulation s;
	const struct record_verdict *verdict;

	sim_run(&s, text);
	ck_assert_ptr_null(s.result->input_error);
	ck_assert_uint_eq(s.result->verdicts->len, 1);
	verdict = s.result->verdicts->pdata[0];
	if (cases[_i].found)
		ck_assert_str_eq(verdict->found, cases[_i].found);
	ck_assert_int_eq(verdict->passed, cases[_i].passes);
	ck_assert_uint_eq(s.result->verdicts_failed, !cases[_i].passes);
	sim_free(&s);
}

TEST(verdicts_stand_in_the_order_of_lines_and_each_condition_is_one)
{
	struct simulation s;

	sim_run(&s, RUN "[expect app]\nusers-max = >= 4; <= 5; 7\n"
			"[expect app at 1ms]\nusers = 5\n[expect]\nviolations = 0\n");
	ck_assert_uint_eq(s.result->verdicts->len, 5);
	ck_assert_uint_eq(s.result->verdicts_failed, 1);
	for (guint i = 0; i < 5; i++) {
		const struct record_verdict *verdict = s.result->verdicts->pdata[i];

		ck_assert_int_eq(verdict->passed, i != 2);
		ck_assert_ptr_eq(verdict->expect, &s.scenario->expects[i]);
	}
	sim_free(&s);
}
