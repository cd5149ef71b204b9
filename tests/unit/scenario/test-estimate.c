/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/estimate.h"

#include "tests/lib/parse.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

enum { FACTOR = 5 };

static struct scenario_estimate estimate_of(const char *text)
{
	parse_good(text);
	return scenario_estimate(scenario);
}

#define HEAD "[scenario]\ntime = 200ms\n[machine]\ncpus = 4\n[mm app]\n"

/* Each kind of load, with CPUs for all tasks and without. */
static const struct {
	const char *text;
	uint64_t tasks;
} loads[] = {
	{ HEAD "[tasks t]\ncount = 3\nrun = exp(200us)\nsleep = exp(1ms)\n", 4 },
	{ HEAD "[tasks t]\ncount = 40\nrun = uniform(100us, 300us)\nsleep = exp(1ms)\n", 41 },
	{ HEAD "[tasks t]\ncount = 4\nrun = bimodal(100us, 2ms, 20%)\nsleep = 1ms\n", 5 },
	{ HEAD "[tasks t]\ncount = 3\nrun = exp(200us)\nsleep = exp(1ms)\nloops = 7\n", 4 },
	{ HEAD "[tasks t]\ncount = 3\nphases = 10 * (1ms, 1ms); 20 * (100us, 200us)\n", 4 },
	{ HEAD "[tasks t]\ncount = 3\nphases = 2 * (1ms, 1ms); forever * (100us, 200us)\n", 4 },
	{ HEAD "[ramp r]\nfrom = 1\nto = 10\ndwell = 2ms\ncycles = 4\nrun = exp(200us)\n"
	       "sleep = exp(300us)\n",
		10 },
	{ HEAD "[pool p]\npools = 2\nthreads = 8\nrun = exp(100us)\ncycles = 30\n", 19 },
	{ HEAD "[pool p]\npools = 1\nthreads = 5\nrun = exp(100us)\nsleep = exp(2ms)\nloops = 3\n",
		7 },
};

TEST_ROWS(each_kind_of_load_is_estimated, loads)
{
	struct scenario_estimate estimate = estimate_of(loads[_i].text);
	struct simulation simulation;

	sim_run(&simulation, loads[_i].text);
	ck_assert_uint_eq(estimate.tasks, loads[_i].tasks);
	ck_assert_uint_ge(estimate.events * FACTOR, simulation.result->events);
	ck_assert_uint_le(estimate.events, simulation.result->events * FACTOR);
	sim_free(&simulation);
}

/* Twice the time, twice the events. */
TEST(longer_runs_have_more_events)
{
	uint64_t short_run =
		estimate_of("[scenario]\ntime = 1s\n[mm a]\nrun = 1ms\nsleep = 1ms\n").events;
	uint64_t long_run =
		estimate_of("[scenario]\ntime = 2s\n[mm a]\nrun = 1ms\nsleep = 1ms\n").events;

	ck_assert_uint_ge(short_run, 1000);
	ck_assert_uint_ge(long_run, short_run * 2 - 10);
	ck_assert_uint_le(long_run, short_run * 2 + 10);
}

/* What comes by an action counts, too. */
TEST(actions_count)
{
	const char *text = HEAD "[tasks t]\ncount = 0\nrun = 1ms\nsleep = 1ms\n"
				"[at 100ms]\nfork = t*20\nfork-process = app*3 by app/0\n";

	ck_assert_uint_eq(estimate_of(text).tasks, 24);
	ck_assert_uint_ge(estimate_of(text).events, 2000);
}

/* The largest values of all keys do not overflow, and max-events is the limit of what is said. */
TEST(the_largest_scenario_is_estimated)
{
	struct scenario_estimate estimate = estimate_of(
		"[scenario]\ntime = 4398s\nmax-events = 1000000\n[mm a]\ncount = 64\n"
		"[tasks t]\nmm = a\ncount = 50000\nrun = 1ns\nsleep = 1ns\n"
		"[mm b]\n[ramp r]\nmm = b\nfrom = 1\nto = 200\ndwell = 1ns\ncycles = 4000000000\n"
		"[pool p]\nmm = a\npools = 100\nthreads = 100\ncycles = 4000000000\n");

	ck_assert_uint_eq(estimate.events, 1000000);
	ck_assert_uint_gt(estimate.tasks, 3200000);
}

/* How many states a machine has cannot be known. */
TEST(explorations_are_not_estimated)
{
	struct scenario_estimate estimate =
		estimate_of("[machine]\ncpus = 2\n[explore]\ntasks = 2\n");

	ck_assert_uint_eq(estimate.events, 0);
	ck_assert_uint_eq(estimate.tasks, 0);
}
