/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/shrink/failure.h"

#include <signal.h>

#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

static struct simulation first, second;
static struct failure *failure;

static void stop(void)
{
	failure_free(failure);
	sim_free(&first);
	sim_free(&second);
}

SUITE(.after = stop);

#define APP(count) "[machine]\ncpus = 4\n[mm app]\n[tasks w]\nrun = 1ms\nsleep = 1ms\ncount = " count "\n"

static const struct {
	const char *first, *second;
	bool same;
} rows[] = {
	/* too much is too much */
	{ APP("5") "[expect app]\nusers-max = 3\n", APP("7") "[expect app]\nusers-max = 3\n", true },
	{ APP("5") "[expect app]\nusers-max = 3\n", APP("1") "[expect app]\nusers-max = 3\n", false },
	{ APP("5") "[expect app]\nusers-max = 3\n", APP("2") "[expect app]\nusers-max = 3\n", false },
	/* too little is as little */
	{ APP("5") "[expect app]\nusers-max = 9\n", APP("5") "[expect app]\nusers-max = 9\n", true },
	{ APP("5") "[expect app]\nusers-max = 9\n", APP("4") "[expect app]\nusers-max = 9\n", false },
	{ APP("5") "[expect app]\nusers-max = 9\n", APP("10") "[expect app]\nusers-max = 9\n", false },
	/* another expectation, mm, time */
	{ APP("5") "[expect app]\nusers-max = 3\n", APP("5") "[expect app]\nspan-max = 3\n", false },
	{ APP("5") "[expect app]\nusers-max = 3\n", APP("5") "[expect app]\nusers-max = 2\n", false },
	{ APP("5") "[expect app]\nusers = 9\n", APP("5") "[expect app at 1ms]\nusers = 9\n", false },
	{ APP("5") "[expect app]\nusers-max = 3\n",
		"[mm b]\n[mm app]\n[tasks w]\nmm = app\ncount = 4\n[expect app]\nusers-max = 3\n", true },
	{ APP("5") "[expect app]\nusers-max = 3\n",
		"[mm app]\n[mm b]\n[tasks w]\nmm = b\ncount = 4\n[expect b]\nusers-max = 3\n", false },
};

TEST_ROWS(a_run_fails_in_the_same_way_or_not, rows)
{
	sim_run(&first, rows[_i].first);
	sim_run(&second, rows[_i].second);
	failure = failure_new(first.result);
	ck_assert(failure_is_of(failure, first.result));
	ck_assert_int_eq(failure_is_of(failure, second.result), rows[_i].same);
}

TEST(it_is_put_into_words)
{
	g_autofree char *text = NULL;

	sim_run(&first, APP("5") "[expect app]\nusers-max = 9\n");
	failure = failure_new(first.result);
	text = failure_text(failure);
	ck_assert_str_eq(text, "users-max = 9 of app does not hold, found 6 (app)");
}

TEST_SIGNAL(what_passes_has_no_failure, SIGABRT)
{
	sim_run(&first, APP("5") "[expect app]\nusers-max = 6\n");
	failure = failure_new(first.result);
}
