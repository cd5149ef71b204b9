/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/play/play.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

/* What holds for callers; what is played and recorded: tests/rules/test-play.c. */

static struct scenario *scenario;
static struct play *play;

static void start(void)
{
	scenario = sim_parse("[machine]\ncpus = 2\n[explore]\ntasks = 2\n[steps]\n1 = out 0\n");
	play = play_new(scenario);
}

static void stop(void)
{
	play_free(play);
	scenario_free(scenario);
}

SUITE(.before = start, .after = stop);

TEST(a_play_has_one_account_and_ends_a_step_after_the_last)
{
	const struct record_account *account = play_accounts(play)->pdata[0];
	struct record_result *result;

	ck_assert_uint_eq(play_accounts(play)->len, 1);
	ck_assert_str_eq(account->name, "mm");
	result = play_run(play);
	ck_assert_ptr_null(result->input_error);
	ck_assert_uint_eq(result->end_ns, 2 * PLAY_STEP_NS);
	ck_assert_uint_eq(result->events, 1);
	record_result_free(result);
}

TEST_SIGNAL(a_play_runs_once, SIGABRT)
{
	play_run(play);
	play_run(play);
}

TEST_SIGNAL(a_sink_comes_before_the_run, SIGABRT)
{
	static const struct record_sink none;

	play_run(play);
	play_set_sink(play, &none);
}
