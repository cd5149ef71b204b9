/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/explain.h"

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(phases_have_times_run_and_sleep)
{
	const struct behaviour *behaviour;

	parse_good("[mm a]\n[tasks t]\nphases =  3*( uniform(1ms,2ms) ,exp(1us));(5ns,0ns) ; "
		   "forever * (1s, 2s)\nloops = 4\n");
	behaviour = &scenario->groups[0].behaviour;

	ck_assert_uint_eq(behaviour->phases_count, 3);
	ck_assert_uint_eq(behaviour->loops, 4);
	ck_assert_uint_eq(behaviour->phases[0].times, 3);
	ck_assert_int_eq(behaviour->phases[0].run.kind, SAMPLE_UNIFORM);
	ck_assert_uint_eq(behaviour->phases[0].sleep.a, 1000);
	ck_assert_uint_eq(behaviour->phases[1].times, 1);
	ck_assert_uint_eq(behaviour->phases[1].run.a, 5);
	ck_assert_uint_eq(behaviour->phases[2].times, SCENARIO_FOREVER);
}

/* Proves that what is explained reads as the same, in the place of run and sleep. */
TEST(phases_are_explained)
{
	g_autoptr(GString) text = g_string_new(NULL);

	parse_good("[mm a]\nphases = 2 * (1ms, exp(2ms)); (3ms, 0ns)\n");
	explain_print(text, scenario);
	ck_assert_ptr_nonnull(strstr(
		text->str, "loops = forever\nphases = 2 * (1ms, exp(2ms)); 1 * (3ms, 0ns)\n"));
	ck_assert_ptr_null(strstr(text->str, "run ="));
}

static const struct {
	const char *value, *message;
} wrong[] = {
	{ "1ms", "'1ms' is no phase, write one like 10 * (3ms, 27ms)" },
	{ "(1ms)", "'1ms' is no phase, write one like 10 * (3ms, 27ms)" },
	{ "(exp(1ms))", "'exp(1ms)' is no phase, write one like 10 * (3ms, 27ms)" },
	{ "2 (1ms, 1ms)", "'2 (1ms, 1ms)' is no phase, write one like 10 * (3ms, 27ms)" },
	{ "(1ms, 1ms", "'(1ms, 1ms' is no phase, write one like 10 * (3ms, 27ms)" },
	{ "(1ms, 1ms);", "'' is no phase, write one like 10 * (3ms, 27ms)" },
	{ "2 * 3 (1ms, 1ms)", "'3' stands between the times and the parentheses of a phase" },
	{ "0 * (1ms, 1ms)", "'0' is out of range, it must be at least 1, or forever" },
	{ "(0ns, 1ms)", "'0ns' is too short to run, at least 1ns" },
	{ "(1ms, 1)", "'1' has no unit, write ns, us, ms or s right after the number" },
	{ "forever * (1ms, 1ms); (1ms, 1ms)", "a phase that lasts forever must be the last one" },
};

TEST_ROWS(wrong_phases_are_refused, wrong)
{
	g_autofree char *text =
		g_strdup_printf("[mm a]\n[tasks t]\nphases = %s\n", wrong[_i].value);
	g_autofree char *message = g_strdup_printf("F:3: phases: %s", wrong[_i].message);

	parse_bad(text, message);
}

TEST(phases_stand_in_the_place_of_run_and_sleep)
{
	parse_bad("[mm a]\n[tasks t]\nrun = 1ms\nphases = (1ms, 1ms)\n",
		"F:4: phases have their own run and sleep; write them there only");
}

TEST(too_many_phases_are_refused)
{
	GString *text = g_string_new("[mm a]\nphases = (1ms, 1ms)");

	for (int i = 0; i < SCENARIO_PHASES_MAX; i++)
		g_string_append(text, ";(1ms,1ms)");
	g_string_append_c(text, '\n');
	parse_bad(text->str, "F:2: phases: 1001 phases are too many, at most 1000");
	g_string_free(text, TRUE);
}
