/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(expectations_are_read)
{
	const struct scenario_expect *e;

	parse_good(
		"[mm a]\n[mm b]\ncount=4\n[expect]\nviolations=0\n[expect b]\nusers-max= >= 2; <8\n"
		"window-max=<=1.5ms\nfast-path=>97%\nmode=per-cpu\n[expect b/3 at "
		"5ms]\nusers==4\n");
	e = scenario->expects;
	ck_assert_uint_eq(scenario->expects_count, 7);
	ck_assert_int_eq(e[0].metric, METRIC_VIOLATIONS);
	ck_assert_int_eq(e[0].mm, -1);
	ck_assert(e[0].at_end);
	ck_assert_str_eq(e[0].text, "violations = 0");
	ck_assert_int_eq(e[1].mm, 1);
	ck_assert_int_eq(e[1].process, -1);
	ck_assert_int_eq(e[1].relation, REL_GE);
	ck_assert_uint_eq(e[1].value, 2);
	ck_assert_uint_eq(e[1].line, 7);
	ck_assert_str_eq(e[1].text, "users-max >= 2");
	ck_assert_int_eq(e[2].relation, REL_LT);
	ck_assert_int_eq(e[3].metric, METRIC_WINDOW_MAX_NS);
	ck_assert_uint_eq(e[3].value, 1500000);
	ck_assert_int_eq(e[4].relation, REL_GT);
	ck_assert_uint_eq(e[4].value, 97);
	ck_assert_int_eq(e[5].metric, METRIC_MODE);
	ck_assert_uint_eq(e[5].value, 1);
	ck_assert_int_eq(e[6].process, 3);
	ck_assert(!e[6].at_end);
	ck_assert_uint_eq(e[6].time_ns, 5000000);
	ck_assert_int_eq(e[6].relation, REL_EQ);
}

TEST(bad_expectations_are_refused)
{
	parse_bad("[mm app]\n[expect ap]\n", "F:2: unknown mm 'ap', did you mean 'app'?");
	parse_bad("[mm a]\n[expect a/1]\n", "F:2: 'a/1' does not exist, the last is 'a/0'");
	parse_bad("[mm a]\ncount=0\n[expect a]\n", "F:3: [mm a] never has a process");
	parse_bad("[mm a]\n[expect a at 2s]\n",
		"F:2: 2s is after the end of the run, [scenario] has time = 1s");
	parse_bad("[mm a]\nstart=5ms\n[expect a at 1ms]\n",
		"F:3: 'a' does not exist at 1ms, it starts at 5ms");
	parse_bad("[mm a]\n[expect]\nusers=1\n",
		"F:3: 'users' belongs in a group [expect MM] or [expect MM at TIME]");
	parse_bad("[mm a]\n[expect a]\nviolations=0\n",
		"F:3: 'violations' belongs in a group [expect]");
	parse_bad("[mm a]\n[expect a at 1ms]\nspins=0\n",
		"F:3: 'spins' belongs in a group [expect MM]");
	parse_bad("[mm a]\n[expect a]\nusers=many\n",
		"F:3: users: 'many' is not a whole number, write one like 4");
	parse_bad("[mm a]\n[expect a]\nusers=> 1;\nusers-max=;\n",
		"F:4: users-max: '' is not a whole number, write one like 4");
	parse_bad("[mm a]\n[expect a]\nusers <= 1\n",
		"F:3: 'users <' is not a metric, the comparison "
		"comes after the '=', like users = <= "
		"4");
	parse_bad("[mm a]\n[expect a]\nmode=1\n",
		"F:3: mode: '1' is not a mode, write per-task or per-cpu");
	parse_bad("[mm a]\n[expect a]\nmode=<per-cpu\n",
		"F:3: mode: a mode has no order, compare it with == or !=");
	parse_bad("[mm a]\n[expect a]\nfast-path=97\n",
		"F:3: fast-path: '97' is not a share, write one like 10%");
	parse_bad("[mm a]\n[expect a]\nfast-path=97.5%\n",
		"F:3: fast-path: '97.5%' has decimals, write whole per cents");
	parse_bad("[mm a]\n[expect a]\nwindow-max=5\n",
		"F:3: window-max: '5' has no unit, write ns, us, ms or s right after the number");
}

/* Of one mm and time there is one group, however its number is written: what is explained could not
 * be read again. */
TEST(two_groups_for_the_same_are_refused)
{
	parse_bad("[mm a]\n[expect a at 9ms]\nusers=1\n[expect a at 09ms]\nmode=per-task\n",
		"F:4: two groups [expect] for the same mm and time, the first is in line 2");
	parse_bad("[mm a]\n[expect a/0]\nusers=1\n[expect a/00]\nusers=1\n",
		"F:4: two groups [expect] for the same mm and time, the first is in line 2");
	parse_good(
		"[mm a]\n[expect a/0]\nusers=1\n[expect a]\nusers=1\n[expect a at 9ms]\nusers=1\n");
}

TEST(metrics_have_names)
{
	ck_assert_str_eq(scenario_metric_to_string(METRIC_VIOLATIONS), "violations");
	ck_assert_str_eq(scenario_metric_to_string(METRIC_ALLOWED), "allowed");
	ck_assert_str_eq(scenario_metric_to_string(METRIC_PROPERTY), "property");
}
