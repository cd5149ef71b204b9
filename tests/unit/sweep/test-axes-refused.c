/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/axes-private.h"
#include "tests/lib/axes-fixture.h"
#include "tests/lib/suite.h"

/* Axes that cannot be, and how the message names what is wrong. */
SUITE(.timeout = 120, .before = axes_start, .after = axes_stop);

TEST(threads_of_no_single_workload_are_refused)
{
	axes_add_option("--threads", "threads", "9");
	axes_refuse("[mm app]\n[mm b]\n[ramp r]\nmm=app\nto=4\n[tasks t]\nmm=b\n",
		"sweep: --threads: the scenario has 2 workloads, use --vary with one of 'ramp "
		"r.to', "
		"'tasks t.count'");
	axes_add_option("--threads", "threads", "9");
	axes_refuse("[mm app]\n[tasks t]\ncount=0\n",
		"sweep: --threads: all [tasks] have count = 0, "
		"use --vary with one of 'tasks t.count'");
	axes_refuse("[mm app]\n[sweep]\nthreads=9\n",
		"F:3: sweep: threads: the scenario has no [ramp], "
		"[pool] or [tasks] whose size it could "
		"set");
}

TEST(bad_seeds_are_refused)
{
	axes_add_option("--seeds", "seeds", "0");
	axes_refuse(axes_app, "sweep: --seeds: at least 1 seed is needed");
	axes_add_option("--seeds", "seeds", "1000000001");
	axes_refuse(axes_app, "sweep: --seeds: 1000000001 seeds are too many, at most 1000000000");
	axes_add_option("--seeds", "seeds", "many");
	axes_refuse(axes_app, "sweep: --seeds: 'many' is not a whole number, write one like 4");
	axes_add_option("--seeds", "seeds", "1ms-5ms");
	axes_refuse(axes_app, "sweep: --seeds: seeds have no unit, write a range like 1-8");
	axes_add_option("--seeds", "seeds", "1;18446744073709551616");
	axes_refuse(axes_app,
		"sweep: --seeds: '18446744073709551616' is too large a number, it must be "
		"below 2^64");
	fixture.overrides.seed = "18446744073709551614";
	axes_add_option("--seeds", "seeds", "2");
	axes_accept(axes_app);
	ck_assert_str_eq(
		sweep_axes_text(fixture.axes, 0), "18446744073709551614-18446744073709551615");
	axes_add_option("--seeds", "seeds", "3");
	axes_refuse(axes_app,
		"sweep: --seeds: 3 seeds from 18446744073709551614 on go beyond the last one, "
		"2^64 - 1");
	axes_add_option("--seeds", "seeds", "3-4");
	axes_refuse(axes_app,
		"sweep: --seeds: scenario.seed is set by --seed too, leave one out or write a "
		"single number of seeds");
}

TEST(a_thousand_million_points_are_the_most)
{
	axes_add_option("--seeds", "seeds", "1000000000");
	axes_accept(axes_app);
	ck_assert_uint_eq(sweep_axes_points(fixture.axes), POINTS_MAX);
	axes_assert_settings(999999999, "scenario.seed=1000000000");
	axes_add_option("--seeds", "seeds", "500000001");
	axes_add_option("--cpus", "cpus", "1;2");
	axes_refuse(axes_app, "sweep: the axes have more than 1000000000 points together");
	/* Of which every product but the first is far above 2^64. */
	for (unsigned i = 0; i < 4; i++) {
		static const char *const keys[] = { "cost.fork", "cost.exit", "cost.exec",
			"cost.switch" };

		axes_add_option("--vary", keys[i], "1ns-1000000000ns");
	}
	axes_refuse(axes_app, "sweep: the axes have more than 1000000000 points together");
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

		axes_add_option("--cpus", "cpus", cases[i][0]);
		axes_refuse(axes_app, message);
		g_free(message);
	}
	axes_add_option("--cpus", "cpus", "\xff");
	axes_refuse(
		axes_app, "sweep: --cpus: '\\xff' is not UTF-8 text without control characters");
	axes_add_option("--vary", "a\nb.c", "1");
	axes_refuse(axes_app,
		"sweep: --vary: 'a\\x0ab.c' is not UTF-8 text without control characters");
}

TEST(unknown_axes_name_the_nearest)
{
	axes_add_option("--vary", "cpu", "4");
	axes_refuse(axes_app, "sweep: --vary cpu: unknown axis, did you mean 'cpus'?");
	axes_add_option("--vary", "cores", "4");
	axes_refuse(axes_app,
		"sweep: --vary cores: unknown axis, write cpus, allowed, threads, revisions, "
		"seeds or group.key");
	axes_add_option("--vary", "shed.slice", "4");
	axes_refuse(axes_app,
		"sweep: --vary shed.slice: unknown kind of group 'shed', did you mean 'sched'?");
	axes_add_option("--vary", "sched.slcie", "4");
	axes_refuse(axes_app,
		"sweep: --vary sched.slcie: unknown key 'slcie' in group 'sched', did you mean "
		"'slice'?");
	axes_add_option("--vary", "protocol.thrs-flor", "1");
	axes_refuse(axes_app,
		"sweep: --vary protocol.thrs-flor: unknown key 'thrs-flor' in group 'protocol', "
		"did you mean 'thrs-floor'?");
	axes_add_option("--vary", "mm ap.cpus", "1");
	axes_refuse(axes_app,
		"sweep: --vary mm ap.cpus: the file has no group 'mm ap', did you mean 'mm "
		"app'?");
	axes_add_option("--vary", "ramp app.to", "1");
	axes_refuse(axes_app, "sweep: --vary ramp app.to: the file has no group 'ramp app'");
	axes_add_option("--vary", "ramp r.two", "1");
	axes_refuse(axes_app,
		"sweep: --vary ramp r.two: unknown key 'two' in group 'ramp r', did you mean "
		"'to'?");
	axes_add_option("--vary", "mm.cpus", "1");
	axes_refuse(axes_app,
		"sweep: --vary mm.cpus: the group has no name, write it like 'mm NAME.key'");
	axes_add_option("--vary", "machine app.cpus", "1");
	axes_refuse(axes_app, "sweep: --vary machine app.cpus: [machine] has no name behind it");
	axes_add_option("--vary", "expect.violations", "1");
	axes_refuse(
		axes_app, "sweep: --vary expect.violations: no axis can set the keys of [expect]");
	axes_add_option("--vary", ".", "1");
	axes_make(axes_app);
	ck_assert_ptr_null(fixture.axes);
}

TEST(an_axis_twice_is_refused)
{
	axes_add_option("--cpus", "cpus", "4");
	axes_add_option("--cpus", "cpus", "8");
	axes_refuse(axes_app, "sweep: --cpus: the axis is there twice, leave one out");
	axes_refuse("[mm app]\n[sweep]\nmm app.cpus=0\nmm  app.cpus=1\n",
		"F:4: sweep: mm  app.cpus: the axis is there twice, leave one out");
}

TEST(two_axes_for_one_key_are_refused)
{
	const char *const set[] = { "mm  app . cpus = 0-1", NULL };

	axes_add_option("--vary", "machine.cpus", "0-3,8;0-7");
	axes_refuse("[mm app]\n[sweep]\ncpus=4\n",
		"sweep: --vary machine.cpus: machine.cpus is set by the axis 'cpus' too, leave one "
		"out");
	axes_add_option("--allowed", "allowed", "1");
	axes_add_option("--vary", "mm app.cpus", "0");
	axes_refuse(axes_app,
		"sweep: --vary mm app.cpus: mm app.cpus is set by the axis 'allowed' too, leave "
		"one out");
	axes_add_option("--threads", "threads", "3");
	axes_add_option("--vary", "ramp r.to", "3");
	axes_refuse(axes_app,
		"sweep: --vary ramp r.to: ramp r.to is set by the axis 'threads' too, leave one "
		"out");
	axes_add_option("--seeds", "seeds", "3");
	axes_add_option("--vary", "scenario.seed", "3");
	axes_refuse(axes_app,
		"sweep: --vary scenario.seed: scenario.seed is set by the axis 'seeds' too, "
		"leave one out");
	fixture.overrides.set = set;
	axes_add_option("--allowed", "allowed", "1-2");
	axes_refuse(axes_app, "sweep: --allowed: mm app.cpus is set by --set too, leave one out");
	fixture.overrides = (struct scenario_overrides){ .revision = "v2" };
	axes_add_option("--revisions", "revisions", "all");
	axes_refuse(axes_app,
		"sweep: --revisions: protocol.revision is set by --revision too, leave one out");
}

TEST(more_than_16_axes_are_refused)
{
	static const char *const keys[] = { "cost.switch", "cost.wakeup", "cost.fork", "cost.exit",
		"cost.exec", "cost.decision", "cost.walk-task", "cost.walk-cpu", "cost.complete",
		"cost.affinity", "sched.slice", "scenario.time", "mm app.start", "ramp r.dwell",
		"ramp r.run", "ramp r.sleep" };

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		axes_add_option("--vary", keys[i], i >= 10 && i != 12 ? "1ms" : "0ns");
	axes_accept(axes_app);
	ck_assert_uint_eq(sweep_axes_count(fixture.axes), AXES_MAX);
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		axes_add_option("--vary", keys[i], i >= 10 && i != 12 ? "1ms" : "0ns");
	axes_add_option("--cpus", "cpus", "4");
	axes_refuse(axes_app, "sweep: there are 17 axes, at most 16 are possible");
}

TEST(everything_wrong_is_reported)
{
	axes_add_option("--cpus", "cpus", "64-1;1-");
	axes_add_option("--vary", "sched.slcie", "1ms");
	axes_make("[mm app]\n[sweep]\nthreads=4\n");
	ck_assert_uint_eq(fixture.errors->len, 4);
	ck_assert_str_eq(fixture.errors->pdata[0],
		"F:3: sweep: threads: the scenario has no [ramp], [pool] "
		"or [tasks] whose size it could set");
	ck_assert_str_eq(fixture.errors->pdata[1], "sweep: --cpus: '64-1' is reversed, write 1-64");
	ck_assert_str_eq(
		fixture.errors->pdata[2], "sweep: --cpus: '1-' has no end, write a range like 1-8");
	ck_assert(g_str_has_prefix(
		fixture.errors->pdata[3], "sweep: --vary sched.slcie: unknown key"));
}
