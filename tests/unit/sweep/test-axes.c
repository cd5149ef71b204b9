/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/axes.h"

#include "model/revision.h"
#include "tests/lib/axes-fixture.h"
#include "tests/lib/suite.h"

/* What the axes of a sweep are, and the settings of each of its points. */
SUITE(.timeout = 120, .before = axes_start, .after = axes_stop);

TEST(without_axes_there_is_one_point)
{
	axes_accept(axes_app);
	ck_assert_uint_eq(sweep_axes_points(fixture.axes), 1);
	ck_assert_uint_eq(sweep_axes_count(fixture.axes), 0);
	axes_assert_settings(0, "");
}

TEST(the_first_axis_is_the_slowest_and_seeds_are_the_fastest)
{
	axes_accept("[mm app]\n[sweep]\nseeds=7;9\ncpus=2;4\nsched.slice=1ms-3ms\n");
	ck_assert_uint_eq(sweep_axes_points(fixture.axes), 12);
	ck_assert_uint_eq(sweep_axes_count(fixture.axes), 3);
	ck_assert_str_eq(sweep_axes_name(fixture.axes, 0), "cpus");
	ck_assert_str_eq(sweep_axes_name(fixture.axes, 1), "sched.slice");
	ck_assert_str_eq(sweep_axes_name(fixture.axes, 2), "seeds");
	axes_assert_settings(0, "machine.cpus=2 | sched.slice=1ms | scenario.seed=7");
	axes_assert_settings(1, "machine.cpus=2 | sched.slice=1ms | scenario.seed=9");
	axes_assert_settings(2, "machine.cpus=2 | sched.slice=2ms | scenario.seed=7");
	axes_assert_settings(11, "machine.cpus=4 | sched.slice=3ms | scenario.seed=9");
}

TEST(options_take_the_place_of_the_files_axes)
{
	axes_add_option("--vary", "protocol.thrs-cap", "none");
	axes_add_option("--cpus", "cpus", "1-3");
	axes_add_option("--vary", "mm  app . cpus", "first 1");
	axes_accept("[mm app]\n[sweep]\nmm  app.cpus=0\ncpus=2;4\nthreads=1\n[tasks t]\n");
	ck_assert_uint_eq(sweep_axes_count(fixture.axes), 4);
	ck_assert_str_eq(sweep_axes_name(fixture.axes, 0), "mm app.cpus");
	ck_assert_str_eq(sweep_axes_text(fixture.axes, 0), "first 1");
	ck_assert_str_eq(sweep_axes_name(fixture.axes, 1), "cpus");
	ck_assert_str_eq(sweep_axes_text(fixture.axes, 1), "1-3");
	ck_assert_str_eq(sweep_axes_name(fixture.axes, 2), "threads");
	ck_assert_str_eq(sweep_axes_name(fixture.axes, 3), "protocol.thrs-cap");
	axes_assert_settings(0, "mm app.cpus=first 1 | machine.cpus=1 | tasks t.count=1 | "
				"protocol.thrs-cap=none");
}

TEST(allowed_sets_the_cpus_of_each_mm)
{
	axes_add_option("--allowed", "allowed", "1;8");
	axes_accept("[machine]\ncpus=8\n[mm a]\n[mm b]\n");
	axes_assert_settings(1, "mm a.cpus=first 8 | mm b.cpus=first 8");
	ck_assert(sweep_axes_has_column(fixture.axes, 0));
}

TEST(a_value_is_shown_as_it_was_written)
{
	char *value;

	axes_add_option("--allowed", "allowed", "1-8*8");
	axes_accept(axes_app);
	ck_assert_uint_eq(sweep_axes_length(fixture.axes, 0), 2);
	value = sweep_axes_value(fixture.axes, 0, 1);
	ck_assert_str_eq(value, "8");
	g_free(value);
}

TEST(threads_are_the_size_of_the_only_workload)
{
	axes_add_option("--threads", "threads", "9");
	axes_accept("[mm app]\n[ramp r]\nto=4\n[tasks none]\ncount=0\n");
	axes_assert_settings(0, "ramp r.to=9");
	axes_add_option("--threads", "threads", "9");
	axes_accept("[mm app]\n[pool p]\npools=1\nthreads=1\n");
	axes_assert_settings(0, "pool p.threads=9");
	/* Also 0, with which there is no such group any more. */
	axes_accept("[mm app]\n[tasks t]\n[sweep]\nthreads=0-9\n");
	axes_assert_settings(0, "tasks t.count=0");
	scenario_free(fixture.scenario);
	fixture.scenario = sweep_axes_scenario(fixture.axes, &fixture.source, 0, fixture.errors);
	ck_assert_uint_eq(fixture.scenario->groups[0].count, 0);
}

TEST(all_is_every_revision)
{
	size_t count;
	const struct revision *table = revision_table(&count);
	GString *names = g_string_new(NULL);

	for (size_t i = 0; i < count; i++)
		g_string_append_printf(names, i > 0 ? ";%s" : "%s", table[i].name);
	axes_add_option("--revisions", "revisions", " all ");
	axes_accept(axes_app);
	ck_assert_uint_eq(sweep_axes_points(fixture.axes), count);
	ck_assert_str_eq(sweep_axes_text(fixture.axes, 0), names->str);
	ck_assert(!sweep_axes_has_column(fixture.axes, 0));
	axes_assert_settings(0, "protocol.revision=v1");
	g_string_free(names, TRUE);
	axes_add_option("--revisions", "revisions", "6.19;all");
	axes_refuse(
		axes_app, "sweep: --revisions: 'all' stands for every revision, write it alone");
	axes_add_option("--revisions", "revisions", "6.19;6.91");
	axes_refuse(axes_app, "sweep: --revisions: unknown revision '6.91', did you mean '6.19'?");
}

TEST(a_number_of_seeds_begins_with_the_scenarios)
{
	axes_add_option("--seeds", "seeds", "3");
	axes_accept("[scenario]\nseed=40\n[mm a]\n");
	ck_assert_str_eq(sweep_axes_text(fixture.axes, 0), "40-42");
	ck_assert(!sweep_axes_has_column(fixture.axes, 0));
	axes_assert_settings(2, "scenario.seed=42");
	/* --seed is where they begin. */
	fixture.overrides.seed = "7";
	axes_add_option("--seeds", "seeds", "2");
	axes_accept("[mm a]\n");
	ck_assert_str_eq(sweep_axes_text(fixture.axes, 0), "7-8");
	scenario_free(fixture.scenario);
	fixture.scenario = sweep_axes_scenario(fixture.axes, &fixture.source, 1, fixture.errors);
	ck_assert_uint_eq(fixture.scenario->seed, 8);
}

TEST(seeds_can_be_listed)
{
	axes_add_option("--seeds", "seeds", "3;5-7;100");
	axes_accept(axes_app);
	axes_assert_settings(4, "scenario.seed=100");
	axes_add_option("--seeds", "seeds", "5-5");
	axes_accept(axes_app);
	axes_assert_settings(0, "scenario.seed=5");
	/* The key takes seeds, and no number of them. */
	axes_add_option("--vary", "cost.fork", "0ns;1ns");
	axes_add_option("--vary", "scenario.seed", "5");
	axes_add_option("--vary", "cost.exit", "0ns;1ns");
	axes_accept(axes_app);
	ck_assert(!sweep_axes_has_column(fixture.axes, 2));
	axes_assert_settings(3, "cost.fork=1ns | cost.exit=1ns | scenario.seed=5");
}

TEST(the_users_settings_hold_at_every_point)
{
	const char *const set[] = { "machine.cpus=16", NULL };

	fixture.overrides.set = set;
	fixture.overrides.revision = "v2";
	axes_add_option("--allowed", "allowed", "16");
	axes_accept(axes_app);
	scenario_free(fixture.scenario);
	fixture.scenario = sweep_axes_scenario(fixture.axes, &fixture.source, 0, fixture.errors);
	ck_assert_uint_eq(fixture.scenario->cpus_count, 16);
	ck_assert_str_eq(fixture.scenario->revision->name, "v2");
}

TEST(lists_of_cpus_are_values)
{
	axes_add_option("--vary", "machine.cpus", "0-3,8-11; 0-126:1/2");
	axes_add_option("--vary", "machine.online", "0-2:1/2,8;0");
	axes_accept("[mm a]\n");
	ck_assert_str_eq(sweep_axes_text(fixture.axes, 0), "0-3,8-11;0-126:1/2");
	axes_assert_settings(2, "machine.cpus=0-126:1/2 | machine.online=0-2:1/2,8");
}
