/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/breach/breach.h"

#include <signal.h>
#include <string.h>

#include "sim/play/play.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

#define RAMP                                                                                       \
	"[machine]\ncpus = 4\n[mm app]\n[ramp threads]\nmm = app\nto = 10\ncycles = 3\n[expect "   \
	"app]\n"

static struct simulation simulation;
static int answers; /* that goes_on() still gives */

static void stop(void)
{
	sim_free(&simulation);
}

SUITE(.after = stop);

static bool goes_on(void *context)
{
	(void)context;
	return answers-- > 0;
}

/* The verdict on the only expectation of @text. */
static const struct record_verdict *verdict_of(const char *text)
{
	answers = INT_MAX;
	sim_run(&simulation, text);
	breach_find(simulation.result, goes_on, NULL);
	ck_assert_uint_eq(simulation.result->verdicts->len, 1);
	return simulation.result->verdicts->pdata[0];
}

static const struct {
	const char *expect;
	enum record_failed failed;
	const char *by; /* how it begins */
} rows[] = {
	{ "to-percpu = 3", FAILED_UNKNOWN, NULL }, /* it holds */
	{ "to-percpu = 1", FAILED_AT, "fork by pid 100 on CPU 2, flip 3 of app: to per CPU at 5 users" },
	{ "to-percpu = < 2", FAILED_AT, "fork by pid 100 on CPU 2, flip 3 of app" },
	{ "to-percpu = 4", FAILED_AT_END, NULL },
	{ "to-percpu = != 3", FAILED_AT_END, NULL },
	{ "to-percpu = > 3", FAILED_AT_END, NULL },
	{ "leave-users = 2", FAILED_AT, "exit by pid " },
	{ "enter-users = > 5", FAILED_AT, "fork by pid 100 on CPU " },
	{ "users-max = 9", FAILED_AT, "fork by pid 100 on CPU " },
	{ "windows = 1", FAILED_AT, "end of a walk by pid " },
	{ "window-max = < 1us", FAILED_AT, "end of a walk by pid 100 on CPU " },
	{ "cid-changes = 0", FAILED_AT, "" },
	{ "fast-path = > 99%", FAILED_AT_END, NULL },
	{ "mode = per-cpu", FAILED_AT_END, NULL },
};

TEST_ROWS(an_expectation_fails_at_an_event_or_at_the_end, rows)
{
	g_autofree char *text = g_strconcat(RAMP, rows[_i].expect, "\n", NULL);
	const struct record_verdict *verdict = verdict_of(text);

	ck_assert_int_eq(verdict->failed, rows[_i].failed);
	ck_assert_int_eq(verdict->failed_by != NULL, rows[_i].by != NULL);
	ck_assert_msg(!rows[_i].by || g_str_has_prefix(verdict->failed_by, rows[_i].by), "%s",
		verdict->failed_by);
}

/* Until just before that event the expectation holds, just after it does not: a run that ends there
 * shows it. */
static const char *const totals[] = { "users-max = <= 6", "span-max = <= 3", "bitmap-ops = <= 20",
	"cid-changes = <= 100", "windows = <= 2", "to-task = <= 1", "spins = <= 0",
	"leave-users = > 1" };

TEST_ROWS(a_run_that_ends_before_the_event_passes_and_one_that_ends_after_it_fails, totals)
{
	g_autofree char *text = g_strconcat(RAMP, totals[_i], "\n", NULL);
	const struct record_verdict *verdict = verdict_of(text);
	uint64_t failed_ns = verdict->failed_ns;

	if (verdict->passed)
		return;
	for (int after = 0; after < 2; after++) {
		g_autofree char *cut = g_strdup_printf("[scenario]\ntime = %" G_GUINT64_FORMAT
						       "ns\n%s%s\n",
			failed_ns - 1 + (uint64_t)after, RAMP, totals[_i]);

		sim_free(&simulation);
		verdict = verdict_of(cut);
		if (g_str_has_prefix(totals[_i], "leave-users"))
			ck_assert_int_eq(verdict->failed == FAILED_AT, after);
		else
			ck_assert_int_eq(verdict->passed, !after);
	}
}

/* There are more events than in one piece. */
TEST(one_that_fails_late_is_found)
{
	const struct record_verdict *verdict = verdict_of(
		"[scenario]\ntime = 200ms\n[machine]\ncpus = 4\n[mm app]\n[tasks w]\ncount = 8\nrun = "
		"exp(10us)\nsleep = exp(10us)\n[at 150ms]\nfork = w\n[expect app]\nusers-max = 9\n");

	ck_assert_uint_gt(simulation.result->events, 3 * BREACH_PIECE);
	ck_assert_int_eq(verdict->failed, FAILED_AT);
	ck_assert_uint_ge(verdict->failed_ns, 150000000);
	ck_assert_uint_lt(verdict->failed_ns, 151000000);
	ck_assert(g_str_has_prefix(verdict->failed_by, "fork by pid 100"));
}

TEST(who_may_not_go_on_finds_nothing)
{
	const struct record_verdict *verdict;

	sim_run(&simulation, RAMP "users-max = 9\n");
	answers = 0;
	breach_find(simulation.result, goes_on, NULL);
	verdict = simulation.result->verdicts->pdata[0];
	ck_assert_int_eq(verdict->failed, FAILED_UNKNOWN);
}

TEST(of_broken_properties_the_first_one_too_many_is_named)
{
	const struct record_verdict *verdict = verdict_of(
		"[scenario]\ncheck = every-step\n[protocol]\nrevision = v3\n[machine]\ncpus = 2\n[mm "
		"app]\n[expect]\nviolations = > 0\n");

	ck_assert_int_eq(verdict->failed, FAILED_AT_END);
}

/* The live lock of scenarios/livelock-v3.scn. */
#define LIVELOCK                                                                                   \
	"[scenario]\ntime = 30ms\n[machine]\ncpus = 4\n[protocol]\nrevision = v3\n"                \
	"[cost]\nwalk-task = 200us\n[mm app]\n"                                                    \
	"[tasks worker]\nmm = app\ncount = 3\nrun = 1ms\nsleep = 9ms\n"                            \
	"[tasks fifth]\nmm = app\ncount = 0\n"                                                     \
	"[at 2ms]\naffinity = app : 0; worker/0 : 1; worker/1 : 2; worker/2 : 3\n"                 \
	"[at 5ms]\nfork = fifth\n[at 5100us]\nwake = worker/0\n"                                   \
	"[at 5150us]\naffinity = worker/0 : 2\n[expect]\n"

static const char *const stuck[] = { "livelocks = 0\n", "livelocks = < 1\n", "violations = 0\n" };

TEST_ROWS(a_live_lock_too_many_is_named, stuck)
{
	g_autofree char *text = g_strconcat(LIVELOCK, stuck[_i], NULL);
	const struct record_verdict *verdict = verdict_of(text);

	ck_assert_int_eq(verdict->failed, FAILED_AT);
	ck_assert_uint_gt(verdict->failed_ns, 5150000);
	ck_assert_str_eq(verdict->failed_by, "I3 in app");
}

TEST_SIGNAL(a_run_that_was_cut_short_is_not_looked_into, SIGABRT)
{
	verdict_of("[scenario]\nmax-events = 10\n" RAMP "users-max = 9\n");
}
