/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/axes-check.h"

#include "tests/lib/axes-fixture.h"
#include "tests/lib/suite.h"

/* Each value of each axis is tried at least once: what is never possible is refused. */
SUITE(.timeout = 120, .before = axes_start, .after = axes_stop);

TEST(values_that_a_key_cannot_have_are_refused)
{
	const char *const set[] = { "sweep.sched.slice=1ms;3m", NULL };

	axes_refuse("[mm app]\n[sweep]\nsched.slice=1ms;3m\n",
		"F:3: sweep: sched.slice: '3m' does not end in a unit of time, write ns, us, ms or "
		"s "
		"right after the number");
	fixture.overrides.set = set;
	axes_refuse("[mm app]\n",
		"sweep: --set sweep.sched.slice: '3m' does not end in a unit of time, "
		"write ns, us, "
		"ms or s right after the number");
	fixture.overrides.set = NULL;
	/* The value is added where the loader does not say it. */
	axes_add_option("--cpus", "cpus", "4;0");
	axes_refuse(axes_app,
		"sweep: --cpus: '0' is out of range, it must be 1 to 8192");
	/* Both ends of a range are tried, and nothing between. */
	axes_add_option("--cpus", "cpus", "1-8193");
	axes_refuse(axes_app, "sweep: --cpus: '8193' is out of range, it must be 1 to 8192");
	axes_add_option("--allowed", "allowed", "0-8");
	axes_refuse(
		axes_app, "sweep: --allowed: 'first 0' names no CPU, at least first 1 is needed");
	axes_add_option("--allowed", "allowed", "1-9");
	axes_refuse("[machine]\ncpus=8\n[mm a]\n[mm b]\n",
		"sweep: --allowed: 'first 9' is too many, at most 8 CPUs are possible");
	axes_add_option("--vary", "mm app.count", "on");
	axes_refuse(axes_app,
		"sweep: --vary mm app.count: 'on' is not a whole number, write one like 4");
}

TEST(an_impossible_corner_is_accepted)
{
	char **settings;

	axes_add_option("--cpus", "cpus", "1-8");
	axes_add_option("--allowed", "allowed", "1-8");
	axes_accept(axes_app);
	ck_assert_uint_eq(sweep_axes_points(fixture.axes), 64);
	settings = axes_settings_at(fixture.axes, 7);
	ck_assert_str_eq(settings[0], "machine.cpus=1");
	g_strfreev(settings);
	ck_assert_ptr_null(sweep_axes_scenario(fixture.axes, &fixture.source, 7, fixture.errors));
	ck_assert_str_eq(fixture.errors->pdata[0],
		"--set mm app.cpus: 'first 8' is too many, at most 1 CPUs are possible");
	scenario_free(fixture.scenario);
	fixture.scenario = sweep_axes_scenario(fixture.axes, &fixture.source, 63, fixture.errors);
	ck_assert_uint_eq(fixture.scenario->mms[0].cpus.count, 8);
}

TEST(a_value_that_is_never_possible_is_refused)
{
	/* With none of the others. */
	axes_add_option("--cpus", "cpus", "4-8");
	axes_add_option("--allowed", "allowed", "4;9");
	axes_refuse(
		axes_app, "sweep: --allowed: 'first 9' is too many, at most 8 CPUs are possible");
	/* With two CPUs none of the others is possible. */
	axes_add_option("--cpus", "cpus", "2;64");
	axes_add_option("--allowed", "allowed", "8;16");
	axes_refuse(axes_app,
		"sweep: --cpus: with '2': --set mm app.cpus: 'first 8' is too many, at most 2 "
		"CPUs are possible");
	/* It makes a line of the file bad. */
	axes_add_option("--cpus", "cpus", "4;3");
	axes_refuse("[mm app]\ncpus=3\n",
		"sweep: --cpus: with '3': F:2: cpus: CPU 3 is not one of the possible CPUs '0-2'");
}

TEST(a_typo_does_not_make_other_axes_bad)
{
	GString *cpus = g_string_new("1");

	for (unsigned i = 2; i < 100; i++)
		g_string_append_printf(cpus, ";%u", i);
	axes_add_option("--cpus", "cpus", cpus->str);
	axes_add_option("--vary", "sched.slice", "3m");
	axes_refuse(axes_app,
		"sweep: --vary sched.slice: '3m' does not end in a unit of time, write ns, us, "
		"ms or s right after the number");
	axes_add_option("--cpus", "cpus", "x;8;9;y");
	axes_add_option("--allowed", "allowed", "1;8;z");
	axes_make(axes_app);
	ck_assert_uint_eq(fixture.errors->len, 3);
	ck_assert_str_eq(fixture.errors->pdata[0],
		"sweep: --cpus: 'x' is not a whole number, write one like 4");
	ck_assert_str_eq(fixture.errors->pdata[1],
		"sweep: --cpus: 'y' is not a whole number, write one like 4");
	ck_assert_str_eq(fixture.errors->pdata[2],
		"sweep: --allowed: 'first z' is not written like first 4");
	g_string_free(cpus, TRUE);
}

TEST(not_more_than_20_bad_values_are_reported)
{
	GString *cpus = g_string_new("x");

	for (unsigned i = 0; i < 1000; i++)
		g_string_append_printf(cpus, ";x%u", i);
	axes_add_option("--cpus", "cpus", cpus->str);
	axes_make(axes_app);
	ck_assert_uint_eq(fixture.errors->len, 21);
	ck_assert_str_eq(fixture.errors->pdata[20], "sweep: too many errors");
	g_string_free(cpus, TRUE);
}
