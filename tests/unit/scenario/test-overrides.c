/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(overrides_replace_and_add)
{
	const char *const sets[] = { "machine.cpus = 8", "mm app.1.cpus=0-5",
		"at 1.5ms.yield=app.1", "expect.violations=<= 3", "sweep.sched.slice=1ms", NULL };
	const struct scenario_overrides overrides = { .set = sets, .revision = "v2", .seed = "7" };

	parse_with("[machine]\ncpus=4\n[mm app.1]\n", &overrides);
	ck_assert_ptr_nonnull(scenario);
	ck_assert_uint_eq(scenario->cpus_count, 8);
	ck_assert_uint_eq(scenario->mms[0].cpus.count, 6);
	ck_assert_uint_eq(scenario->actions_count, 1);
	ck_assert_uint_eq(scenario->actions[0].time_ns, 1500000);
	ck_assert_uint_eq(scenario->expects[0].value, 3);
	ck_assert_str_eq(scenario->axes[0].key, "sched.slice");
	ck_assert_str_eq(scenario->revision->name, "v2");
	ck_assert_uint_eq(scenario->seed, 7);
}

TEST(bad_overrides_name_the_option)
{
	parse_bad_set("machine.cpus=0",
		"--set machine.cpus: '0' is out of range, it must be 1 to 8192");
	parse_bad_set("machine.cpsu=1",
		"--set machine.cpsu: unknown key 'cpsu' in group 'machine', did you mean 'cpus'?");
	parse_bad_set("machin.cpus=1",
		"--set machin.cpus: unknown kind of group 'machin', did you mean "
		"'machine'?");
	parse_bad_set("mm ap.count=1", "--set mm ap.count: the file has no group [mm ap]");
	parse_bad_set("cpus=1", "--set: 'cpus=1' is not written like machine.cpus=8");
	parse_bad_set("machine.cpus", "--set: 'machine.cpus' is not written like machine.cpus=8");
	parse_bad_set(".cpus=1", "--set .cpus: is not written like machine.cpus=8");
	parse_bad_set("machine.cpus=", "--set machine.cpus: has no value");
	parse_bad_set("machine.cpus=\xff",
		"--set: 'machine.cpus=\\xff' is not UTF-8 text without control characters");
	parse_bad_set("machine.cpus=1\n", "--set: 'machine.cpus=1\\x0a' is not UTF-8 text without "
					  "control characters");
	parse_bad_set("", "--set: '' is not written like machine.cpus=8");
	parse_bad_set("at 5ms.exit=app/1",
		"--set at 5ms.exit: 'app/1' does not exist at 5ms, the last of 'app' is then "
		"'app/0'");
}

TEST(options_are_checked_like_the_file)
{
	const char *const twice[] = { "scenario.seed=1", "scenario.seed=2", NULL };

	parse_with("[mm a]\n", &(struct scenario_overrides){ .revision = "8.0", .seed = "-1" });
	ck_assert_uint_eq(errors->len, 2);
	ck_assert_str_eq(errors->pdata[0], "--seed: '-1' is negative, a number from 0 is needed");
	ck_assert_str_eq(
		errors->pdata[1], "--revision: unknown revision '8.0', did you mean '7.0'?");
	parse_with("[mm a]\n", &(struct scenario_overrides){ .set = twice });
	ck_assert_str_eq(errors->pdata[0], "--set scenario.seed: is set twice");
	parse_with("[mm a]\n", &(struct scenario_overrides){ .seed = "" });
	ck_assert_str_eq(errors->pdata[0], "--seed: has no value");
	parse_with("[mm a]\n", &(struct scenario_overrides){ .seed = "\x01" });
	ck_assert_str_eq(errors->pdata[0], "--seed: is not UTF-8 text without control characters");
}
