/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* RLIMIT_NPROC */
#include "sim/sweep/run.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sim/base/crew.h"
#include "tests/lib/suite.h"

static const char text[] = "[scenario]\n"
			   "time = 5ms\n"
			   "[machine]\n"
			   "cpus = 4\n"
			   "[mm app]\n"
			   "[ramp threads]\n"
			   "to = 8\n"
			   "dwell = 200us\n"
			   "run = exp(50us)\n"
			   "sleep = exp(50us)\n";

static const struct sweep_source source = { "test.scn", text, sizeof(text) - 1, NULL };

/* A sweep, and what came of it. */
struct sweep {
	struct scenario *base;
	struct sweep_axes *axes;
	struct sweep_run run;
	struct sweep_events events;
	GString *rows;
	uint64_t taken, ticks;
	uint64_t rows_max, ticks_max; /* then it is asked to stop */
	uint64_t outcomes[SWEEP_OUTCOMES];
};

static bool on_row(void *context, const char *row, enum sweep_outcome outcome)
{
	struct sweep *sweep = context;

	sweep->outcomes[outcome]++;
	g_string_append_printf(sweep->rows, "%s\n", row);
	return ++sweep->taken < sweep->rows_max;
}

static bool on_tick(void *context)
{
	struct sweep *sweep = context;

	return ++sweep->ticks < sweep->ticks_max;
}

static void begin(struct sweep *sweep, const char *name, const char *values)
{
	const struct sweep_axis_option option = { "--vary", name, values };
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);

	memset(sweep, 0, sizeof(*sweep));
	sweep->base = scenario_parse("test.scn", text, strlen(text), NULL, errors);
	ck_assert(sweep->base);
	sweep->axes = sweep_axes_new(sweep->base, &source, &option, 1, errors);
	ck_assert_msg(sweep->axes, "%s", errors->len ? (char *)errors->pdata[0] : "");
	g_ptr_array_free(errors, TRUE);
	sweep->rows = g_string_new(NULL);
	sweep->rows_max = sweep->ticks_max = UINT64_MAX;
	sweep->run = (struct sweep_run){
		.source = &source,
		.base = sweep->base,
		.axes = sweep->axes,
		.step = 1,
		.rows = sweep_axes_points(sweep->axes),
		.jobs = 2,
		.row = on_row,
		.tick = on_tick,
		.context = sweep,
	};
}

static void end(struct sweep *sweep)
{
	g_string_free(sweep->rows, TRUE);
	g_free(sweep->events.message);
	sweep_axes_free(sweep->axes);
	scenario_free(sweep->base);
}

SUITE(.timeout = 60);

TEST(rows_come_in_order_whatever_the_number_of_jobs)
{
	static const unsigned jobs[] = { 1, 2, 3, 16 };
	GString *first = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(jobs); i++) {
		struct sweep sweep;

		begin(&sweep, "seeds", "100");
		sweep.run.jobs = jobs[i];
		ck_assert(sweep_run(&sweep.run, &sweep.events));
		ck_assert_uint_eq(sweep.taken, 100);
		ck_assert_uint_eq(sweep.events.impossible, 0);
		if (!first)
			first = g_string_new(sweep.rows->str);
		ck_assert_str_eq(first->str, sweep.rows->str);
		end(&sweep);
	}
	ck_assert(g_str_has_prefix(first->str, "0,"));
	g_string_free(first, TRUE);
}

/* Nearly all of them cannot be: their rows are quick. */
static const struct {
	const char *from;
	unsigned points;
} many[] = { { "1-2100", 2100 }, { "1-5000", 5000 } };

TEST_LONG(more_points_than_are_kept_ahead_all_come, 0, 1, G_N_ELEMENTS(many))
{
	static const char *const set[] = { "ramp threads.to=5", NULL };
	const struct scenario_overrides overrides = { .set = set };
	const struct sweep_source narrow = { "test.scn", text, sizeof(text) - 1, &overrides };
	struct sweep sweep;
	char **lines;

	begin(&sweep, "ramp threads.from", many[_i].from);
	sweep.run.source = &narrow;
	ck_assert_uint_gt(sweep.run.rows, (uint64_t)(_i + 1) * CREW_AHEAD);
	ck_assert(sweep_run(&sweep.run, &sweep.events));
	lines = g_strsplit(sweep.rows->str, "\n", -1);
	ck_assert_uint_eq(g_strv_length(lines), many[_i].points + 1);
	for (unsigned i = 0; i < many[_i].points; i++)
		ck_assert_uint_eq(strtoull(lines[i], NULL, 10), i);
	ck_assert_uint_eq(sweep.outcomes[SWEEP_OK], 4);
	g_strfreev(lines);
	end(&sweep);
}

TEST(what_is_there_already_is_not_run_again)
{
	struct sweep all, rest;
	const char *tail;

	begin(&all, "seeds", "50");
	ck_assert(sweep_run(&all.run, &all.events));
	begin(&rest, "seeds", "50");
	rest.run.done = 47;
	ck_assert(sweep_run(&rest.run, &rest.events));
	ck_assert_uint_eq(rest.taken, 3);
	tail = strstr(all.rows->str, "\n47,");
	ck_assert(tail && strcmp(tail + 1, rest.rows->str) == 0);
	end(&rest);
	begin(&rest, "seeds", "50");
	rest.run.done = 50;
	ck_assert(sweep_run(&rest.run, &rest.events));
	ck_assert_uint_eq(rest.taken, 0);
	end(&rest);
	end(&all);
}

TEST(a_shard_has_every_nth_point)
{
	struct sweep shard;
	char **lines;

	begin(&shard, "seeds", "50");
	shard.run.first_point = 3;
	shard.run.step = 7;
	shard.run.rows = 7;
	ck_assert(sweep_run(&shard.run, &shard.events));
	lines = g_strsplit(shard.rows->str, "\n", -1);
	for (unsigned i = 0; i < 7; i++)
		ck_assert_uint_eq(strtoull(lines[i], NULL, 10), 3 + 7 * i);
	g_strfreev(lines);
	end(&shard);
}

TEST(it_stops_when_a_row_cannot_be_kept)
{
	struct sweep sweep;

	begin(&sweep, "seeds", "100000000");
	sweep.rows_max = 5;
	ck_assert(!sweep_run(&sweep.run, &sweep.events));
	ck_assert_uint_eq(sweep.taken, 5);
	end(&sweep);
}

TEST(it_stops_in_the_middle_of_points_when_asked)
{
	static const char *const set[] = { "scenario.time=4000s",
		"scenario.max-events=1000000000000", NULL };
	const struct scenario_overrides overrides = { .set = set };
	const struct sweep_source slow = { "test.scn", text, sizeof(text) - 1, &overrides };
	struct sweep sweep;

	/* Each would take many minutes. */
	begin(&sweep, "ramp threads.cycles", "100000000;100000001");
	sweep.run.source = &slow;
	sweep.ticks_max = 2;
	ck_assert(!sweep_run(&sweep.run, &sweep.events));
	ck_assert_uint_eq(sweep.taken, 0);
	end(&sweep);
}

TEST(it_stops_for_good_at_the_last_row)
{
	struct sweep sweep;

	begin(&sweep, "seeds", "5");
	sweep.rows_max = 5;
	ck_assert(!sweep_run(&sweep.run, &sweep.events));
	ck_assert_uint_eq(sweep.taken, 5);
	end(&sweep);
}

TEST(without_more_threads_the_caller_runs_all_points)
{
	struct sweep sweep;
	struct rlimit limit;
	rlim_t before;

	/* the limit is not for root */
	if (geteuid() == 0)
		ck_assert_int_eq(setuid(65534), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NPROC, &limit), 0);
	before = limit.rlim_cur;
	limit.rlim_cur = 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &limit), 0);
	begin(&sweep, "seeds", "50");
	sweep.run.jobs = 4;
	ck_assert(sweep_run(&sweep.run, &sweep.events));
	ck_assert_uint_eq(sweep.events.threads_missing, 3);
	ck_assert_uint_eq(sweep.taken, 50);
	end(&sweep);
	limit.rlim_cur = before;
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &limit), 0);
}

TEST_SIGNAL(a_sweep_has_a_thread, SIGABRT)
{
	struct sweep sweep;

	begin(&sweep, "seeds", "5");
	sweep.run.jobs = 0;
	sweep_run(&sweep.run, &sweep.events);
}

TEST_SIGNAL(a_sweep_does_not_begin_behind_its_end, SIGABRT)
{
	struct sweep sweep;

	begin(&sweep, "seeds", "5");
	sweep.run.done = 6;
	sweep_run(&sweep.run, &sweep.events);
}

TEST(impossible_points_have_rows_and_the_first_is_reported)
{
	static const char *const set[] = { "ramp threads.to=5", NULL };
	const struct scenario_overrides overrides = { .set = set };
	const struct sweep_source narrow = { "test.scn", text, sizeof(text) - 1, &overrides };
	struct sweep sweep;

	begin(&sweep, "ramp threads.from", "1-7");
	ck_assert(sweep_run(&sweep.run, &sweep.events));
	ck_assert_uint_eq(sweep.outcomes[SWEEP_OK], 7);
	end(&sweep);
	/* The axis refuses values that can never be; so a scenario with another top is run. */
	begin(&sweep, "ramp threads.from", "1-7");
	sweep.run.source = &narrow;
	ck_assert(sweep_run(&sweep.run, &sweep.events));
	ck_assert_uint_eq(sweep.outcomes[SWEEP_OK], 4);
	ck_assert_uint_eq(sweep.outcomes[SWEEP_IMPOSSIBLE], 3);
	ck_assert_uint_eq(sweep.events.impossible, 3);
	ck_assert_uint_eq(sweep.events.first_impossible, 4);
	ck_assert(strstr(sweep.events.message, "from"));
	end(&sweep);
}
