/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/engine.h"

#include <signal.h>
#include <string.h>

#include "tests/lib/random-scenario.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

/* The loop over events: how a run ends, that it is the same in pieces as in one go, and what must
 * not be asked of an engine whose run is over. */

static struct scenario *scenario;
static struct engine *engine;

static void start(const char *text)
{
	scenario = sim_parse(text);
	engine = engine_new(scenario);
}

static void stop(struct record_result *result)
{
	record_result_free(result);
	engine_free(engine);
	scenario_free(scenario);
}

#define BUSY                                                                                       \
	"[scenario]\ntime = 5ms\n[machine]\ncpus = 2\n[mm app]\n[tasks w]\ncount = 2\nrun = 1ms\n"

static const struct {
	const char *text, *ended;
	uint64_t end_ns;
} ends[] = {
	{ BUSY, "time", 5000000 },
	{ "[scenario]\ntime = 5ms\n[machine]\ncpus = 2\n[mm app]\n", "nothing left to do", 0 },
	/* what sleeps beyond the end is something left */
	{ "[scenario]\ntime = 5ms\n[machine]\ncpus = 1\n[mm app]\n[tasks w]\ncount = 1\n"
	  "run = 1us\nsleep = 1s\n",
		"time", 5000000 },
	{ "[scenario]\ntime = 5ms\n[machine]\ncpus = 2\n[mm app]\n[tasks w]\ncount = 1\n"
	  "run = 1us\nloops = 1\n[at 2ms]\nexit = w/0\n",
		"bad action", 2000000 },
};

TEST_ROWS(a_run_ends_with_its_time_or_before_with_a_reason, ends)
{
	struct record_result *result;

	start(ends[_i].text);
	result = engine_run(engine);
	ck_assert_str_eq(result->ended, ends[_i].ended);
	if (ends[_i].end_ns > 0)
		ck_assert_uint_eq(result->end_ns, ends[_i].end_ns);
	ck_assert_int_eq(result->input_error != NULL, strcmp(result->ended, "bad action") == 0);
	stop(result);
}

TEST(a_run_ends_at_its_limit_of_events)
{
	struct record_result *result;

	start("[scenario]\ntime = 5ms\nmax-events = 7\n[machine]\ncpus = 2\n[mm app]\n"
	      "[tasks w]\ncount = 2\nrun = 1ms\n");
	result = engine_run(engine);
	ck_assert_str_eq(result->ended, "event limit");
	ck_assert_uint_eq(result->events, 7);
	stop(result);
}

/* With as many events as it has, a run is not cut short. */
TEST(a_limit_that_is_just_enough_does_not_cut_the_run_short)
{
	struct record_result *whole, *limited;
	g_autofree char *text = NULL;

	start(BUSY);
	whole = engine_run(engine);
	text = g_strdup_printf("[scenario]\ntime = 5ms\nmax-events = %" G_GUINT64_FORMAT "%s",
		whole->events, strstr(BUSY, "\n[machine]"));
	engine_free(engine);
	scenario_free(scenario);
	start(text);
	limited = engine_run(engine);
	ck_assert_str_eq(limited->ended, "time");
	ck_assert_uint_eq(limited->digest, whole->digest);
	record_result_free(whole);
	stop(limited);
}

TEST(a_run_is_interrupted_between_two_events)
{
	struct record_result *result;

	start(BUSY);
	ck_assert(engine_advance(engine, 5));
	*engine_interrupted(engine) = 1;
	ck_assert(!engine_advance(engine, 5));
	result = engine_run(engine);
	ck_assert_str_eq(result->ended, "interrupted");
	ck_assert_uint_eq(result->events, 5);
	stop(result);
}

TEST_RANGE(a_run_in_pieces_is_the_run_in_one_go, 0, 10)
{
	GString *text = generate((uint64_t)_i, "7.1", FAILED_FORK | FAILED_EXEC, "off");
	struct record_result *result;
	uint64_t digest, events, piece = 1 + (uint64_t)_i * 7;

	start(text->str);
	result = engine_run(engine);
	digest = result->digest;
	events = result->events;
	stop(result);
	start(text->str);
	while (engine_advance(engine, piece))
		ck_assert_uint_eq(engine_totals(engine)->events % piece, 0);
	result = engine_run(engine);
	ck_assert_uint_eq(result->digest, digest);
	ck_assert_uint_eq(result->events, events);
	stop(result);
	g_string_free(text, TRUE);
}

TEST(an_expectation_at_an_instant_sees_all_that_happens_then)
{
	struct record_result *result;
	const struct record_verdict *verdict;

	/* nothing takes time: w/0 is woken, switched to and gone at 2 ms */
	start("[scenario]\ntime = 5ms\n[machine]\ncpus = 2\n[cost]\nwakeup = 0ns\nswitch = 0ns\n"
	      "exit = 0ns\ndecision = 0ns\n[mm app]\n[tasks w]\ncount = 1\n"
	      "[at 2ms]\nexit = w/0\n[expect app at 1999999ns]\nusers = 2\n"
	      "[expect app at 2ms]\nusers = 1\n");
	result = engine_run(engine);
	ck_assert_uint_eq(result->verdicts->len, 2);
	for (guint i = 0; i < 2; i++) {
		verdict = result->verdicts->pdata[i];
		ck_assert_msg(verdict->passed, "%s", verdict->found);
	}
	stop(result);
}

/* What must not be asked of an engine whose run is over. */

static void run_again(void)
{
	engine_run(engine);
}

static void advance_again(void)
{
	engine_advance(engine, 1);
}

static void ask_for_accounts(void)
{
	engine_accounts(engine);
}

static void ask_for_totals(void)
{
	engine_totals(engine);
}

static void set_a_sink(void)
{
	static const struct record_sink none;

	engine_set_sink(engine, &none);
}

static void (*const misuses[])(
	void) = { run_again, advance_again, ask_for_accounts, ask_for_totals, set_a_sink };

TEST_SIGNAL_ROWS(after_the_run_nothing_more_is_asked, misuses, SIGABRT)
{
	start(BUSY);
	engine_run(engine);
	misuses[_i]();
}
