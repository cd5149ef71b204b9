/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/shrink/shrink.h"

#include <string.h>

#include "tests/lib/random-scenario.h"
#include "tests/lib/sample-run.h"
#include "tests/lib/suite.h"

static struct shrink_result result, again;
static uint64_t calls_left;

static void stop(void)
{
	shrink_result_clear(&result);
	shrink_result_clear(&again);
}

SUITE(.timeout = 120, .after = stop);

static bool goes_on(void *context, uint64_t runs)
{
	(void)context;
	(void)runs;
	return calls_left-- > 0;
}

static void shrink_with(const char *text, uint64_t runs_max, struct shrink_result *into)
{
	const struct shrink_plan plan = { .runs_max = runs_max, .goes_on = goes_on };

	calls_left = UINT64_MAX;
	shrink(text, &plan, into);
}

/* What @text becomes: its lines, with blanks for line ends. */
static char *shrunk(const char *text)
{
	shrink_with(text, SHRINK_RUNS, &result);
	ck_assert_msg(result.text, "%s", result.cannot);
	ck_assert(result.minimal);
	return g_strdelimit(g_strdup(result.text), "\n", ' ');
}

#define LOAD                                                                                       \
	"[scenario]\ntitle = a load\ntime = 300ms\n[machine]\ncpus = 8\n[cost]\nfork = 7us\n"      \
	"[mm app]\n[mm other]\ncount = 3\n[tasks w]\nmm = app\ncount = 20\nrun = exp(1ms)\n"       \
	"sleep = exp(2ms)\n[at 20ms]\nwake = w/0; w/1; w/2\n[at 30ms]\nexit = w/3\n"
#define BREAKS                                                                                     \
	"[scenario]\ntime = 30ms\n[machine]\ncpus = 4\n[protocol]\nrevision = "                    \
	"v3\n[cost]\nwalk-task "                                                                   \
	"= 200us\n[mm app]\n[tasks worker]\nmm = app\ncount = 3\nrun = 1ms\nsleep = 9ms\n[tasks "  \
	"fifth]\nmm = app\ncount = 0\n[tasks more]\nmm = app\nstart = 20ms\n[at 2ms]\naffinity = " \
	"app : "                                                                                   \
	"0; worker/0 : 1; worker/1 : 2; worker/2 : 3\n[at 5ms]\nfork = fifth\n[at 5100us]\nwake "  \
	"= "                                                                                       \
	"worker/0\n[at 5150us]\naffinity = worker/0 : 2\n"

static const struct {
	const char *text, *becomes;
} rows[] = {
	/* too much: the least that is too much */
	{ LOAD "[expect app]\nusers-max = <= 5; > 0\nspan-max = 3\n",
		"[mm app]  [tasks w] count = 5  [expect app] users-max = <= 5 " },
	{ LOAD "[expect app]\nto-percpu = 0\n",
		"[machine] cpus = 1  [mm app]  [tasks w]  [expect app] to-percpu = 0 " },
	/* too little: as little as it was */
	{ LOAD "[expect app]\nusers-max = 100\n",
		"[mm app]  [tasks w] count = 20  [expect app] users-max = 100 " },
	{ LOAD "[expect app at 1ms]\nmode = per-task\n[expect app]\nusers-max = 0\n",
		"[machine] cpus = 1  [mm app]  [tasks w]  [expect app at 1ms] mode = per-task " },
};

TEST_ROWS(what_does_not_matter_goes, rows)
{
	g_autofree char *text = shrunk(rows[_i].text);

	ck_assert_str_eq(text, rows[_i].becomes);
}

TEST(a_broken_property_stays_the_same_one)
{
	g_autofree char *text = shrunk(BREAKS);

	ck_assert_str_eq(result.failure->property, "I3");
	assert_lacks(text, "[tasks more]");
	assert_lacks(text, "count = 3");
	assert_has(text, "[machine] cpus = 3 ");
}

TEST(steps_are_left_out_and_numbered_anew)
{
	g_autofree char *text = shrunk("[machine]\ncpus = 2\n[protocol]\nrevision = v5\n[explore]\n"
				       "tasks = 2\nforks = 1\nexits = 1\ncheck = I3\n[steps]\n"
				       "1 = migrate T1 1\n2 = in 1 T1\n3 = out 1\n4 = fork T0 T2\n"
				       "5 = out 0\n6 = in 1 T0\n");

	/* the first step, or the next two */
	assert_has(text, "[steps] 1 = ");
	assert_has(text, "5 = in 1 T0 ");
	assert_lacks(text, "6 = ");
	assert_lacks(text, "allowed");
	assert_lacks(text, "exits");
}

static const struct {
	const char *text, *why;
} not [] = {
	{ LOAD, "it passes" },
	{ "[scenario]\nmax-events = 5\n[mm app]\n[tasks w]\nrun = 1us\n[expect app]\nusers-max = "
	  "0\n",
		"it ends early, undecided" },
	{ "[mm app]\n[tasks w]\nrun = 1us\nloops = 1\n[at 5ms]\nexit = w/0\n",
		"it cannot be run: " },
};

TEST_ROWS(what_does_not_fail_is_not_shrunk, not )
{
	shrink_with(not [_i].text, SHRINK_RUNS, &result);
	ck_assert_ptr_null(result.text);
	ck_assert_msg(g_str_has_prefix(result.cannot, not [_i].why), "%s", result.cannot);
}

TEST(the_limit_of_runs_is_kept_and_what_there_is_fails)
{
	for (uint64_t runs = 1; runs < 30; runs++) {
		shrink_result_clear(&result);
		shrink_with(LOAD "[expect app]\nusers-max = <= 5\n", runs, &result);
		ck_assert_uint_le(result.runs, runs);
		ck_assert(shrink_verify(result.text, result.failure));
	}
}

TEST(who_stops_it_gets_what_there_is)
{
	const struct shrink_plan plan = { .runs_max = SHRINK_RUNS, .goes_on = goes_on };

	calls_left = 10;
	shrink(LOAD "[expect app]\nusers-max = <= 5\n", &plan, &result);
	ck_assert(!result.minimal);
	ck_assert(shrink_verify(result.text, result.failure));
}

/* Random scenarios of a revision with many defects, and one that expects what cannot be: the result
 * fails in the same way, is not larger, and cannot be made smaller. */
TEST_LONG(the_result_fails_in_the_same_way_and_is_minimal, 1, 25, 300)
{
	const char *revision = _i % 2 ? "v1" : "7.1";
	g_autoptr(GString) text =
		generate((uint64_t)_i, revision, FAILED_EXEC | FAILED_FORK, "every-step");

	if (_i % 3 == 0)
		g_string_append(text, "[expect]\nviolations = 99\n");
	shrink_with(text->str, SHRINK_RUNS, &result);
	if (!result.text)
		return;
	ck_assert(shrink_verify(result.text, result.failure));
	ck_assert_uint_le(result.lines, result.lines_before);
	shrink_with(text->str, SHRINK_RUNS, &again);
	ck_assert_str_eq(again.text, result.text);
	if (!result.minimal)
		return;
	shrink_result_clear(&again);
	shrink_with(result.text, SHRINK_RUNS, &again);
	ck_assert_uint_eq(again.lines, result.lines);
}
