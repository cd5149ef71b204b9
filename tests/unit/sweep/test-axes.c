/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/revision.h"
#include "sim/base/prng.h"
#include "sim/sweep/axes-check.h"
#include "sim/sweep/axes-private.h"
#include "tests/lib/suite.h"

enum { OPTIONS_MAX = 32, RANDOM_SETS = 1000, THREADS = 4 };

static GPtrArray *errors;
static struct scenario *scenario;
static struct sweep_axes *axes;
static struct scenario_overrides overrides;
static struct sweep_source source;
static struct sweep_axis_option options[OPTIONS_MAX];
static size_t options_count;

static void start(void)
{
	errors = g_ptr_array_new_with_free_func(g_free);
	scenario = NULL;
	axes = NULL;
	overrides = (struct scenario_overrides){ 0 };
	options_count = 0;
}

static void stop(void)
{
	sweep_axes_free(axes);
	scenario_free(scenario);
	g_ptr_array_free(errors, TRUE);
}

static void add_option(const char *option, const char *name, const char *values)
{
	ck_assert_uint_lt(options_count, OPTIONS_MAX);
	options[options_count++] = (struct sweep_axis_option){ option, name, values };
}

/* Make the axes of @text, of the overrides and of the options that were added. */
static void make(const char *text)
{
	sweep_axes_free(axes);
	scenario_free(scenario);
	g_ptr_array_set_size(errors, 0);
	source = (struct sweep_source){
		.path = "F", .text = text, .length = strlen(text), .overrides = &overrides
	};
	scenario = scenario_parse("F", text, strlen(text), &overrides, errors);
	ck_assert_msg(
		scenario != NULL, "%s", errors->len > 0 ? (char *)errors->pdata[0] : "no message");
	axes = sweep_axes_new(scenario, &source, options, options_count, errors);
	if (axes)
		sweep_axes_check(axes, &source, errors);
	if (errors->len > 0)
		g_clear_pointer(&axes, sweep_axes_free);
	ck_assert_int_eq(axes == NULL, errors->len > 0);
	options_count = 0;
}

static void accept(const char *text)
{
	make(text);
	ck_assert_msg(
		axes != NULL, "%s", errors->len > 0 ? (char *)errors->pdata[0] : "no message");
}

/* One thing is wrong, reported as @message. */
static void refuse(const char *text, const char *message)
{
	make(text);
	ck_assert_msg(axes == NULL, "accepted: %s", text);
	ck_assert_str_eq(errors->pdata[0], message);
	ck_assert_msg(errors->len == 1, "then: %s", (char *)g_ptr_array_index(errors, 1));
}

static char **settings_at(const struct sweep_axes *of, uint64_t point)
{
	uint64_t positions[AXES_MAX];

	sweep_axes_at(of, point, positions);
	return sweep_axes_settings(of, positions);
}

/* The settings of a point, joined with " | ". */
static void assert_settings(uint64_t point, const char *expected)
{
	char **settings = settings_at(axes, point);
	char *joined = g_strjoinv(" | ", settings);

	ck_assert_str_eq(joined, expected);
	g_free(joined);
	g_strfreev(settings);
}

static const char app[] = "[machine]\ncpus=8\n[mm app]\n[ramp r]\nto=4\n";

SUITE(.timeout = 120, .before = start, .after = stop);

TEST(without_axes_there_is_one_point)
{
	accept(app);
	ck_assert_uint_eq(sweep_axes_points(axes), 1);
	ck_assert_uint_eq(sweep_axes_count(axes), 0);
	assert_settings(0, "");
}

TEST(the_first_axis_is_the_slowest_and_seeds_are_the_fastest)
{
	accept("[mm app]\n[sweep]\nseeds=7;9\ncpus=2;4\nsched.slice=1ms-3ms\n");
	ck_assert_uint_eq(sweep_axes_points(axes), 12);
	ck_assert_uint_eq(sweep_axes_count(axes), 3);
	ck_assert_str_eq(sweep_axes_name(axes, 0), "cpus");
	ck_assert_str_eq(sweep_axes_name(axes, 1), "sched.slice");
	ck_assert_str_eq(sweep_axes_name(axes, 2), "seeds");
	assert_settings(0, "machine.cpus=2 | sched.slice=1ms | scenario.seed=7");
	assert_settings(1, "machine.cpus=2 | sched.slice=1ms | scenario.seed=9");
	assert_settings(2, "machine.cpus=2 | sched.slice=2ms | scenario.seed=7");
	assert_settings(11, "machine.cpus=4 | sched.slice=3ms | scenario.seed=9");
}

TEST(options_take_the_place_of_the_files_axes)
{
	add_option("--vary", "protocol.thrs-cap", "none");
	add_option("--cpus", "cpus", "1-3");
	add_option("--vary", "mm  app . cpus", "first 1");
	accept("[mm app]\n[sweep]\nmm  app.cpus=0\ncpus=2;4\nthreads=1\n[tasks t]\n");
	ck_assert_uint_eq(sweep_axes_count(axes), 4);
	ck_assert_str_eq(sweep_axes_name(axes, 0), "mm app.cpus");
	ck_assert_str_eq(sweep_axes_text(axes, 0), "first 1");
	ck_assert_str_eq(sweep_axes_name(axes, 1), "cpus");
	ck_assert_str_eq(sweep_axes_text(axes, 1), "1-3");
	ck_assert_str_eq(sweep_axes_name(axes, 2), "threads");
	ck_assert_str_eq(sweep_axes_name(axes, 3), "protocol.thrs-cap");
	assert_settings(0, "mm app.cpus=first 1 | machine.cpus=1 | tasks t.count=1 | "
			   "protocol.thrs-cap=none");
}

TEST(allowed_sets_the_cpus_of_each_mm)
{
	add_option("--allowed", "allowed", "1;8");
	accept("[machine]\ncpus=8\n[mm a]\n[mm b]\n");
	assert_settings(1, "mm a.cpus=first 8 | mm b.cpus=first 8");
	ck_assert(sweep_axes_has_column(axes, 0));
}

TEST(a_value_is_shown_as_it_was_written)
{
	char *value;

	add_option("--allowed", "allowed", "1-8*8");
	accept(app);
	ck_assert_uint_eq(sweep_axes_length(axes, 0), 2);
	value = sweep_axes_value(axes, 0, 1);
	ck_assert_str_eq(value, "8");
	g_free(value);
}

TEST(threads_are_the_size_of_the_only_workload)
{
	add_option("--threads", "threads", "9");
	accept("[mm app]\n[ramp r]\nto=4\n[tasks none]\ncount=0\n");
	assert_settings(0, "ramp r.to=9");
	add_option("--threads", "threads", "9");
	accept("[mm app]\n[pool p]\npools=1\nthreads=1\n");
	assert_settings(0, "pool p.threads=9");
	/* Also 0, with which there is no such group any more. */
	accept("[mm app]\n[tasks t]\n[sweep]\nthreads=0-9\n");
	assert_settings(0, "tasks t.count=0");
	scenario_free(scenario);
	scenario = sweep_axes_scenario(axes, &source, 0, errors);
	ck_assert_uint_eq(scenario->groups[0].count, 0);
}

TEST(threads_of_no_single_workload_are_refused)
{
	add_option("--threads", "threads", "9");
	refuse("[mm app]\n[mm b]\n[ramp r]\nmm=app\nto=4\n[tasks t]\nmm=b\n",
		"sweep: --threads: the scenario has 2 workloads, use --vary with one of 'ramp "
		"r.to', "
		"'tasks t.count'");
	add_option("--threads", "threads", "9");
	refuse("[mm app]\n[tasks t]\ncount=0\n", "sweep: --threads: all [tasks] have count = 0, "
						 "use --vary with one of 'tasks t.count'");
	refuse("[mm app]\n[sweep]\nthreads=9\n", "F:3: sweep: threads: the scenario has no [ramp], "
						 "[pool] or [tasks] whose size it could "
						 "set");
}

TEST(all_is_every_revision)
{
	size_t count;
	const struct revision *table = revision_table(&count);
	GString *names = g_string_new(NULL);

	for (size_t i = 0; i < count; i++)
		g_string_append_printf(names, i > 0 ? ";%s" : "%s", table[i].name);
	add_option("--revisions", "revisions", " all ");
	accept(app);
	ck_assert_uint_eq(sweep_axes_points(axes), count);
	ck_assert_str_eq(sweep_axes_text(axes, 0), names->str);
	ck_assert(!sweep_axes_has_column(axes, 0));
	assert_settings(0, "protocol.revision=v1");
	g_string_free(names, TRUE);
	add_option("--revisions", "revisions", "6.19;all");
	refuse(app, "sweep: --revisions: 'all' stands for every revision, write it alone");
	add_option("--revisions", "revisions", "6.19;6.91");
	refuse(app, "sweep: --revisions: unknown revision '6.91', did you mean '6.19'?");
}

TEST(a_number_of_seeds_begins_with_the_scenarios)
{
	add_option("--seeds", "seeds", "3");
	accept("[scenario]\nseed=40\n[mm a]\n");
	ck_assert_str_eq(sweep_axes_text(axes, 0), "40-42");
	ck_assert(!sweep_axes_has_column(axes, 0));
	assert_settings(2, "scenario.seed=42");
	/* --seed is where they begin. */
	overrides.seed = "7";
	add_option("--seeds", "seeds", "2");
	accept("[mm a]\n");
	ck_assert_str_eq(sweep_axes_text(axes, 0), "7-8");
	scenario_free(scenario);
	scenario = sweep_axes_scenario(axes, &source, 1, errors);
	ck_assert_uint_eq(scenario->seed, 8);
}

TEST(seeds_can_be_listed)
{
	add_option("--seeds", "seeds", "3;5-7;100");
	accept(app);
	assert_settings(4, "scenario.seed=100");
	add_option("--seeds", "seeds", "5-5");
	accept(app);
	assert_settings(0, "scenario.seed=5");
	/* The key takes seeds, and no number of them. */
	add_option("--vary", "cost.fork", "0ns;1ns");
	add_option("--vary", "scenario.seed", "5");
	add_option("--vary", "cost.exit", "0ns;1ns");
	accept(app);
	ck_assert(!sweep_axes_has_column(axes, 2));
	assert_settings(3, "cost.fork=1ns | cost.exit=1ns | scenario.seed=5");
}

TEST(bad_seeds_are_refused)
{
	add_option("--seeds", "seeds", "0");
	refuse(app, "sweep: --seeds: at least 1 seed is needed");
	add_option("--seeds", "seeds", "1000000001");
	refuse(app, "sweep: --seeds: 1000000001 seeds are too many, at most 1000000000");
	add_option("--seeds", "seeds", "many");
	refuse(app, "sweep: --seeds: 'many' is not a whole number, write one like 4");
	add_option("--seeds", "seeds", "1ms-5ms");
	refuse(app, "sweep: --seeds: seeds have no unit, write a range like 1-8");
	add_option("--seeds", "seeds", "1;18446744073709551616");
	refuse(app, "sweep: --seeds: '18446744073709551616' is too large a number, it must be "
		    "below 2^64");
	overrides.seed = "18446744073709551614";
	add_option("--seeds", "seeds", "2");
	accept(app);
	ck_assert_str_eq(sweep_axes_text(axes, 0), "18446744073709551614-18446744073709551615");
	add_option("--seeds", "seeds", "3");
	refuse(app, "sweep: --seeds: 3 seeds from 18446744073709551614 on go beyond the last one, "
		    "2^64 - 1");
	add_option("--seeds", "seeds", "3-4");
	refuse(app, "sweep: --seeds: scenario.seed is set by --seed too, leave one out or write a "
		    "single number of seeds");
}

TEST(a_thousand_million_points_are_the_most)
{
	add_option("--seeds", "seeds", "1000000000");
	accept(app);
	ck_assert_uint_eq(sweep_axes_points(axes), POINTS_MAX);
	assert_settings(999999999, "scenario.seed=1000000000");
	add_option("--seeds", "seeds", "500000001");
	add_option("--cpus", "cpus", "1;2");
	refuse(app, "sweep: the axes have more than 1000000000 points together");
	/* Of which every product but the first is far above 2^64. */
	for (unsigned i = 0; i < 4; i++) {
		static const char *const keys[] = { "cost.fork", "cost.exit", "cost.exec",
			"cost.switch" };

		add_option("--vary", keys[i], "1ns-1000000000ns");
	}
	refuse(app, "sweep: the axes have more than 1000000000 points together");
}

TEST(bad_lists_of_options_are_refused)
{
	static const char *const cases[][2] = {
		{ "", "the list is empty, write values like 4;8" },
		{ "4;", "an item of the list is empty" },
		{ "1-", "'1-' has no end, write a range like 1-8" },
		{ "5-1", "'5-1' is reversed, write 1-5" },
		{ "1-4+0", "'1-4+0' has a step of 0, at least 1 is needed" },
		{ "1-8*1", "'1-8*1' has a factor below 2, at least 2 is needed" },
		{ "1-18446744073709551616", "'1-18446744073709551616' has too large a number, all "
					    "must be below 2^64" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *message = g_strdup_printf("sweep: --cpus: %s", cases[i][1]);

		add_option("--cpus", "cpus", cases[i][0]);
		refuse(app, message);
		g_free(message);
	}
	add_option("--cpus", "cpus", "\xff");
	refuse(app, "sweep: --cpus: '\\xff' is not UTF-8 text without control characters");
	add_option("--vary", "a\nb.c", "1");
	refuse(app, "sweep: --vary: 'a\\x0ab.c' is not UTF-8 text without control characters");
}

TEST(unknown_axes_name_the_nearest)
{
	add_option("--vary", "cpu", "4");
	refuse(app, "sweep: --vary cpu: unknown axis, did you mean 'cpus'?");
	add_option("--vary", "cores", "4");
	refuse(app, "sweep: --vary cores: unknown axis, write cpus, allowed, threads, revisions, "
		    "seeds or group.key");
	add_option("--vary", "shed.slice", "4");
	refuse(app,
		"sweep: --vary shed.slice: unknown kind of group 'shed', did you mean 'sched'?");
	add_option("--vary", "sched.slcie", "4");
	refuse(app, "sweep: --vary sched.slcie: unknown key 'slcie' in group 'sched', did you mean "
		    "'slice'?");
	add_option("--vary", "protocol.thrs-flor", "1");
	refuse(app,
		"sweep: --vary protocol.thrs-flor: unknown key 'thrs-flor' in group 'protocol', "
		"did you mean 'thrs-floor'?");
	add_option("--vary", "mm ap.cpus", "1");
	refuse(app, "sweep: --vary mm ap.cpus: the file has no group 'mm ap', did you mean 'mm "
		    "app'?");
	add_option("--vary", "ramp app.to", "1");
	refuse(app, "sweep: --vary ramp app.to: the file has no group 'ramp app'");
	add_option("--vary", "ramp r.two", "1");
	refuse(app, "sweep: --vary ramp r.two: unknown key 'two' in group 'ramp r', did you mean "
		    "'to'?");
	add_option("--vary", "mm.cpus", "1");
	refuse(app, "sweep: --vary mm.cpus: the group has no name, write it like 'mm NAME.key'");
	add_option("--vary", "machine app.cpus", "1");
	refuse(app, "sweep: --vary machine app.cpus: [machine] has no name behind it");
	add_option("--vary", "expect.violations", "1");
	refuse(app, "sweep: --vary expect.violations: no axis can set the keys of [expect]");
	add_option("--vary", ".", "1");
	make(app);
	ck_assert_ptr_null(axes);
}

TEST(an_axis_twice_is_refused)
{
	add_option("--cpus", "cpus", "4");
	add_option("--cpus", "cpus", "8");
	refuse(app, "sweep: --cpus: the axis is there twice, leave one out");
	refuse("[mm app]\n[sweep]\nmm app.cpus=0\nmm  app.cpus=1\n",
		"F:4: sweep: mm  app.cpus: the axis is there twice, leave one out");
}

TEST(two_axes_for_one_key_are_refused)
{
	const char *const set[] = { "mm  app . cpus = 0-1", NULL };

	add_option("--vary", "machine.cpus", "0-3,8;0-7");
	refuse("[mm app]\n[sweep]\ncpus=4\n",
		"sweep: --vary machine.cpus: machine.cpus is set by the axis 'cpus' too, leave one "
		"out");
	add_option("--allowed", "allowed", "1");
	add_option("--vary", "mm app.cpus", "0");
	refuse(app,
		"sweep: --vary mm app.cpus: mm app.cpus is set by the axis 'allowed' too, leave "
		"one out");
	add_option("--threads", "threads", "3");
	add_option("--vary", "ramp r.to", "3");
	refuse(app,
		"sweep: --vary ramp r.to: ramp r.to is set by the axis 'threads' too, leave one "
		"out");
	add_option("--seeds", "seeds", "3");
	add_option("--vary", "scenario.seed", "3");
	refuse(app, "sweep: --vary scenario.seed: scenario.seed is set by the axis 'seeds' too, "
		    "leave one out");
	overrides.set = set;
	add_option("--allowed", "allowed", "1-2");
	refuse(app, "sweep: --allowed: mm app.cpus is set by --set too, leave one out");
	overrides = (struct scenario_overrides){ .revision = "v2" };
	add_option("--revisions", "revisions", "all");
	refuse(app,
		"sweep: --revisions: protocol.revision is set by --revision too, leave one out");
}

TEST(more_than_16_axes_are_refused)
{
	static const char *const keys[] = { "cost.switch", "cost.wakeup", "cost.fork", "cost.exit",
		"cost.exec", "cost.decision", "cost.walk-task", "cost.walk-cpu", "cost.complete",
		"cost.affinity", "sched.slice", "scenario.time", "mm app.start", "ramp r.dwell",
		"ramp r.run", "ramp r.sleep" };

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		add_option("--vary", keys[i], i >= 10 && i != 12 ? "1ms" : "0ns");
	accept(app);
	ck_assert_uint_eq(sweep_axes_count(axes), AXES_MAX);
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		add_option("--vary", keys[i], i >= 10 && i != 12 ? "1ms" : "0ns");
	add_option("--cpus", "cpus", "4");
	refuse(app, "sweep: there are 17 axes, at most 16 are possible");
}

TEST(everything_wrong_is_reported)
{
	add_option("--cpus", "cpus", "64-1;1-");
	add_option("--vary", "sched.slcie", "1ms");
	make("[mm app]\n[sweep]\nthreads=4\n");
	ck_assert_uint_eq(errors->len, 4);
	ck_assert_str_eq(errors->pdata[0],
		"F:3: sweep: threads: the scenario has no [ramp], [pool] "
		"or [tasks] whose size it could set");
	ck_assert_str_eq(errors->pdata[1], "sweep: --cpus: '64-1' is reversed, write 1-64");
	ck_assert_str_eq(
		errors->pdata[2], "sweep: --cpus: '1-' has no end, write a range like 1-8");
	ck_assert(g_str_has_prefix(errors->pdata[3], "sweep: --vary sched.slcie: unknown key"));
}

TEST(values_that_a_key_cannot_have_are_refused)
{
	const char *const set[] = { "sweep.sched.slice=1ms;3m", NULL };

	refuse("[mm app]\n[sweep]\nsched.slice=1ms;3m\n",
		"F:3: sweep: sched.slice: '3m' does not end in a unit of time, write ns, us, ms or "
		"s "
		"right after the number");
	overrides.set = set;
	refuse("[mm app]\n", "sweep: --set sweep.sched.slice: '3m' does not end in a unit of time, "
			     "write ns, us, "
			     "ms or s right after the number");
	overrides.set = NULL;
	/* The value is added where the loader does not say it. */
	add_option("--cpus", "cpus", "4;0");
	refuse(app, "sweep: --cpus: with '0': the set of CPUs is empty, at least 1 is needed");
	/* Both ends of a range are tried, and nothing between. */
	add_option("--cpus", "cpus", "1-8193");
	refuse(app, "sweep: --cpus: with '8193': more than 8192 CPUs");
	add_option("--allowed", "allowed", "0-8");
	refuse(app, "sweep: --allowed: 'first 0' names no CPU, at least first 1 is needed");
	add_option("--allowed", "allowed", "1-9");
	refuse("[machine]\ncpus=8\n[mm a]\n[mm b]\n",
		"sweep: --allowed: 'first 9' is too many, at most 8 CPUs are possible");
	add_option("--vary", "mm app.count", "on");
	refuse(app, "sweep: --vary mm app.count: 'on' is not a whole number, write one like 4");
}

TEST(an_impossible_corner_is_accepted)
{
	char **settings;

	add_option("--cpus", "cpus", "1-8");
	add_option("--allowed", "allowed", "1-8");
	accept(app);
	ck_assert_uint_eq(sweep_axes_points(axes), 64);
	settings = settings_at(axes, 7);
	ck_assert_str_eq(settings[0], "machine.cpus=1");
	g_strfreev(settings);
	ck_assert_ptr_null(sweep_axes_scenario(axes, &source, 7, errors));
	ck_assert_str_eq(errors->pdata[0],
		"--set mm app.cpus: 'first 8' is too many, at most 1 CPUs are possible");
	scenario_free(scenario);
	scenario = sweep_axes_scenario(axes, &source, 63, errors);
	ck_assert_uint_eq(scenario->mms[0].cpus.count, 8);
}

TEST(a_value_that_is_never_possible_is_refused)
{
	/* With none of the others. */
	add_option("--cpus", "cpus", "4-8");
	add_option("--allowed", "allowed", "4;9");
	refuse(app, "sweep: --allowed: 'first 9' is too many, at most 8 CPUs are possible");
	/* With two CPUs none of the others is possible. */
	add_option("--cpus", "cpus", "2;64");
	add_option("--allowed", "allowed", "8;16");
	refuse(app, "sweep: --cpus: with '2': --set mm app.cpus: 'first 8' is too many, at most 2 "
		    "CPUs are possible");
	/* It makes a line of the file bad. */
	add_option("--cpus", "cpus", "4;3");
	refuse("[mm app]\ncpus=3\n",
		"sweep: --cpus: with '3': F:2: cpus: CPU 3 is not one of the possible CPUs '0-2'");
}

TEST(a_typo_does_not_make_other_axes_bad)
{
	GString *cpus = g_string_new("1");

	for (unsigned i = 2; i < 100; i++)
		g_string_append_printf(cpus, ";%u", i);
	add_option("--cpus", "cpus", cpus->str);
	add_option("--vary", "sched.slice", "3m");
	refuse(app, "sweep: --vary sched.slice: '3m' does not end in a unit of time, write ns, us, "
		    "ms or s right after the number");
	add_option("--cpus", "cpus", "x;8;9;y");
	add_option("--allowed", "allowed", "1;8;z");
	make(app);
	ck_assert_uint_eq(errors->len, 3);
	ck_assert_str_eq(
		errors->pdata[0], "sweep: --cpus: 'x' is not a whole number, write one like 4");
	ck_assert_str_eq(
		errors->pdata[1], "sweep: --cpus: 'y' is not a whole number, write one like 4");
	ck_assert_str_eq(
		errors->pdata[2], "sweep: --allowed: 'first z' is not written like first 4");
	g_string_free(cpus, TRUE);
}

TEST(not_more_than_20_bad_values_are_reported)
{
	GString *cpus = g_string_new("x");

	for (unsigned i = 0; i < 1000; i++)
		g_string_append_printf(cpus, ";x%u", i);
	add_option("--cpus", "cpus", cpus->str);
	make(app);
	ck_assert_uint_eq(errors->len, 21);
	ck_assert_str_eq(errors->pdata[20], "sweep: too many errors");
	g_string_free(cpus, TRUE);
}

TEST(the_users_settings_hold_at_every_point)
{
	const char *const set[] = { "machine.cpus=16", NULL };

	overrides.set = set;
	overrides.revision = "v2";
	add_option("--allowed", "allowed", "16");
	accept(app);
	scenario_free(scenario);
	scenario = sweep_axes_scenario(axes, &source, 0, errors);
	ck_assert_uint_eq(scenario->cpus_count, 16);
	ck_assert_str_eq(scenario->revision->name, "v2");
}

TEST(lists_of_cpus_are_values)
{
	add_option("--vary", "machine.cpus", "0-3,8-11; 0-126:1/2");
	add_option("--vary", "machine.online", "0-2:1/2,8;0");
	accept("[mm a]\n");
	ck_assert_str_eq(sweep_axes_text(axes, 0), "0-3,8-11;0-126:1/2");
	assert_settings(2, "machine.cpus=0-126:1/2 | machine.online=0-2:1/2,8");
}

/* --- property: all points of random axes are those of nested loops --- */

/* An axis with its values spelled out. */
struct plain {
	const char *name;
	const char *key;
	const char *unit;
	uint64_t least; /* number; all from it to 54 more are possible */
	GString *list;
	GPtrArray *values; /* char * */
};

static const struct {
	const char *name, *key, *unit;
	uint64_t least;
} menu[] = {
	/* More than the others, so that all of them are possible. */
	{ "cpus", "machine.cpus", "", 60 },
	{ "allowed", "mm app.cpus", "", 5 },
	{ "threads", "ramp r.to", "", 5 },
	{ "sched.slice", "sched.slice", "ms", 5 },
	{ "cost.fork", "cost.fork", "us", 5 },
	{ "mm app.count", "mm app.count", "", 5 },
	{ "seeds", "scenario.seed", "", 5 },
};

static void add_value(struct plain *plain, uint64_t number)
{
	const char *first = strcmp(plain->name, "allowed") == 0 ? "first " : "";

	g_ptr_array_add(plain->values,
		g_strdup_printf("%s=%s%" PRIu64 "%s", plain->key, first, number, plain->unit));
}

/* 28 numbers from the least on, and up to 28 more. */
static void add_random_item(struct plain *plain, struct prng *prng)
{
	const char *unit = plain->unit;
	uint64_t from = plain->least + prng_below(prng, 28), to = from + prng_below(prng, 28);
	uint64_t step = 1 + prng_below(prng, 20), factor = 2 + prng_below(prng, 3);
	char *text = NULL;

	switch (prng_below(prng, 4)) {
	case 0:
		text = g_strdup_printf("%" PRIu64 "%s", from, unit);
		to = from;
		step = 1;
		break;
	case 1:
		to = from + prng_below(prng, 3);
		text = g_strdup_printf("%" PRIu64 "%s-%" PRIu64 "%s", from, unit, to, unit);
		step = 1;
		break;
	case 2:
		text = g_strdup_printf("%" PRIu64 "%s-%" PRIu64 "%s+%" PRIu64 "%s", from, unit, to,
			unit, step, unit);
		break;
	case 3:
		text = g_strdup_printf(
			"%" PRIu64 "%s-%" PRIu64 "%s*%" PRIu64, from, unit, to, unit, factor);
		step = 0;
		break;
	}
	for (uint64_t value = from; value <= to; value = step > 0 ? value + step : value * factor)
		add_value(plain, value);
	g_string_append_printf(plain->list, plain->list->len > 0 ? " ; %s" : "%s", text);
	g_free(text);
}

static struct plain random_axis(size_t which, struct prng *prng)
{
	struct plain plain = { menu[which].name, menu[which].key, menu[which].unit,
		menu[which].least, g_string_new(NULL), g_ptr_array_new_with_free_func(g_free) };
	bool seeds = strcmp(plain.name, "seeds") == 0;
	uint64_t items = 1 + prng_below(prng, 2);

	/* A single number would be a number of seeds. */
	for (uint64_t i = 0; i < items || (seeds && plain.values->len < 2); i++)
		add_random_item(&plain, prng);
	if (seeds && strpbrk(plain.list->str, "-;") == NULL)
		add_random_item(&plain, prng);
	return plain;
}

/* What nested loops over @plain[0..count) give, the first outermost. */
static void loop(const struct plain *plain, size_t count, const char *outer, GPtrArray *expected)
{
	if (count == 0) {
		g_ptr_array_add(expected, g_strdup(outer));
		return;
	}
	for (guint i = 0; i < plain->values->len; i++) {
		char *inner = g_strdup_printf("%s%s%s", outer, *outer != '\0' ? " | " : "",
			(char *)plain->values->pdata[i]);

		loop(plain + 1, count - 1, inner, expected);
		g_free(inner);
	}
}

static int compare_fastest_last(const void *a, const void *b)
{
	const struct plain *x = a, *y = b;

	return (strcmp(x->name, "seeds") == 0) - (strcmp(y->name, "seeds") == 0);
}

/* Move the seeds to the end and leave the order of the others. */
static void order(struct plain *plain, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++) {
		struct plain moved = plain[i];

		if (compare_fastest_last(&plain[i], &plain[i + 1]) <= 0)
			continue;
		plain[i] = plain[i + 1];
		plain[i + 1] = moved;
	}
}

static void try_random_set(struct prng *prng)
{
	struct plain plain[G_N_ELEMENTS(menu)];
	GPtrArray *expected = g_ptr_array_new_with_free_func(g_free);
	size_t count = prng_below(prng, 5);
	size_t which = prng_below(prng, G_N_ELEMENTS(menu));

	/* A walk over the menu, so that none is met twice. */
	for (size_t i = 0; i < count; i++, which = (which + 3) % G_N_ELEMENTS(menu)) {
		plain[i] = random_axis(which, prng);
		add_option(strchr(plain[i].name, '.') != NULL ? "--vary" : "--short", plain[i].name,
			plain[i].list->str);
	}
	accept("[machine]\ncpus=60\n[mm app]\n[ramp r]\nto=4\n");
	order(plain, count);
	loop(plain, count, "", expected);
	ck_assert_uint_eq(sweep_axes_points(axes), expected->len);
	for (guint point = 0; point < expected->len; point++)
		assert_settings(point, expected->pdata[point]);
	for (size_t i = 0; i < count; i++) {
		g_string_free(plain[i].list, TRUE);
		g_ptr_array_free(plain[i].values, TRUE);
	}
	g_ptr_array_free(expected, TRUE);
}

TEST(the_points_are_those_of_nested_loops)
{
	for (uint64_t seed = 0; seed < RANDOM_SETS; seed++) {
		struct prng prng = { .key = prng_key(seed, 1) };

		try_random_set(&prng);
	}
}

static void *read_all_points(void *data)
{
	GString *all = g_string_new(NULL);

	(void)data;
	scenario_free(sweep_axes_scenario(axes, &source, 0, errors));
	for (uint64_t point = 0; point < sweep_axes_points(axes); point++) {
		char **settings = settings_at(axes, point);
		char *joined = g_strjoinv(";", settings);

		g_string_append_printf(all, "%s\n", joined);
		g_free(joined);
		g_strfreev(settings);
	}
	return g_string_free(all, FALSE);
}

TEST(several_threads_can_ask_at_once)
{
	GThread *threads[THREADS];
	char *expected;

	add_option("--cpus", "cpus", "1-64*2;100");
	add_option("--vary", "sched.slice", "1ms;2ms");
	add_option("--seeds", "seeds", "50");
	accept(app);
	expected = read_all_points(NULL);
	for (size_t i = 0; i < THREADS; i++)
		threads[i] = g_thread_new("points", read_all_points, NULL);
	for (size_t i = 0; i < THREADS; i++) {
		char *found = g_thread_join(threads[i]);

		ck_assert_str_eq(found, expected);
		g_free(found);
	}
	g_free(expected);
}
