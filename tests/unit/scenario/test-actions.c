/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(actions_are_sorted_by_time_and_place)
{
	const struct scenario_action *action;

	parse_good(
		"[mm app]\n[tasks w]\ncount=3\n[at 2ms]\nexit=w/1; w/0\nyield=w\n"
		"[at 1500us]\nsleep=app 5ms;app\naffinity= w/2 : 0,2\n[at 3ms]\ncpu-off=1;2-3\n");
	ck_assert_uint_eq(scenario->actions_count, 8);
	action = scenario->actions;
	ck_assert_uint_eq(action[0].time_ns, 1500000);
	ck_assert_int_eq(action[0].verb, ACT_SLEEP);
	ck_assert_int_eq(action[0].who.kind, REF_MM_MAIN);
	ck_assert_int_eq(action[0].who.number, 0);
	ck_assert_uint_eq(action[0].sleep_ns, 5000000);
	ck_assert_uint_eq(action[1].sleep_ns, SCENARIO_FOREVER);
	ck_assert_int_eq(action[2].verb, ACT_AFFINITY);
	ck_assert_int_eq(action[2].who.number, 2);
	ck_assert_uint_eq(action[2].cpus.count, 2);
	ck_assert_int_eq(action[3].verb, ACT_EXIT);
	ck_assert_int_eq(action[3].who.number, 1);
	ck_assert_uint_eq(action[3].line, 5);
	ck_assert_int_eq(action[4].who.number, 0);
	ck_assert_int_eq(action[5].verb, ACT_YIELD);
	ck_assert_int_eq(action[5].who.kind, REF_GROUP);
	ck_assert_int_eq(action[5].who.number, -1);
	ck_assert_int_eq(action[7].verb, ACT_CPU_OFF);
	ck_assert_uint_eq(action[7].cpus.count, 2);
}

TEST(forks_name_what_and_by_whom)
{
	const struct scenario_action *action;

	parse_good("[mm app]\n[mm web]\ncount=2\n[tasks w]\nmm=app\ncount=0\n[tasks v]\nmm=web\n"
		   "[at 1ms]\nfork=w*3;w by w/2\nclone-vm=v*2 by web/1\nfork-process=app by v/0\n"
		   "[at 2ms]\nvfork=v by v/3\nexit=w/3;v/4;app/1\n");
	action = scenario->actions;
	ck_assert_int_eq(action[0].verb, ACT_FORK);
	ck_assert_uint_eq(action[0].target, 0);
	ck_assert_uint_eq(action[0].count, 3);
	ck_assert_int_eq(action[0].who.kind, REF_NONE);
	ck_assert_int_eq(action[1].who.kind, REF_GROUP);
	ck_assert_int_eq(action[1].who.number, 2);
	ck_assert_uint_eq(action[1].count, 1);
	ck_assert_int_eq(action[2].verb, ACT_CLONE_VM);
	ck_assert_uint_eq(action[2].target, 1);
	ck_assert_int_eq(action[2].who.kind, REF_MM_MAIN);
	ck_assert_int_eq(action[2].who.number, 1);
	ck_assert_int_eq(action[3].verb, ACT_FORK_PROCESS);
	ck_assert_uint_eq(action[3].target, 0);
	ck_assert_int_eq(action[4].verb, ACT_VFORK);
	ck_assert_uint_eq(scenario->actions_count, 8);
}

TEST(bad_forks_are_refused)
{
	parse_bad_after_tasks(
		"[at 5ms]\nfork=app\n", "F:6: fork: 'app' is a [mm], not a known group of tasks");
	parse_bad_after_tasks("[at 5ms]\nfork=wroker\n",
		"F:6: fork: unknown group of tasks 'wroker', did you mean 'worker'?");
	parse_bad_after_tasks("[at 5ms]\nfork=worker*0\n",
		"F:6: fork: '*0' is out of range, it must be *1 to *4194304");
	parse_bad_after_tasks("[at 5ms]\nfork=worker*x\n",
		"F:6: fork: 'x' is not a whole number, write one like 4");
	parse_bad_after_tasks("[at 5ms]\nfork=worker from app\n",
		"F:6: fork: 'worker from app' is not written like GROUP, GROUP*3 or GROUP by TASK");
	parse_bad_after_tasks("[at 5ms]\nfork=worker by worker\n",
		"F:6: fork: 'worker' stands for 2 tasks, write which one forks, like 'worker/0'");
	parse_bad_after_tasks("[at 5ms]\nfork-process=app\n",
		"F:6: fork-process: 'app' is not written like MM by TASK");
	parse_bad_after_tasks("[at 5ms]\nfork-process=worker by app\n",
		"F:6: fork-process: 'worker' is a [tasks], not a known mm");
	parse_bad_after_tasks("[at 5ms]\nfailed-fork=worker\n",
		"F:6: failed-fork: 'worker' stands for 2 tasks, write which one forks, like "
		"'worker/0'");
	parse_bad_after_tasks(
		"[at 5ms]\nexit=app\nfork=worker\n", "F:7: fork: 'app' exits at 5ms, by line 6");
	parse_bad_after_tasks("[mm b]\n[at 5ms]\nfork=worker by b\n",
		"F:2: the key 'mm' is missing, it "
		"can be left out only if there "
		"is one [mm]");
	parse_bad("[mm a]\n[mm b]\n[tasks t]\nmm=a\n[at 1ms]\nfork=t by b\n",
		"F:6: fork: 't' is a group of mm 'a', a task of mm 'b' cannot fork it");
	parse_bad("[mm a]\ncount=3\n[tasks t]\n[at 1ms]\nfork=t\n",
		"F:5: fork: 'a' has 3 processes, write who forks, like 'by a/0'");
	parse_bad("[mm a]\n[ramp r]\nto=2\n[tasks t]\ncount=0\n[at 1ms]\nfork=t by r\n",
		"F:7: fork: 'r' stands for many tasks, only one can fork");
}

TEST(bad_actions_are_refused)
{
	parse_bad("[mm a]\n[at 5]\n",
		"F:2: '5' has no unit, write ns, us, ms or s right after the number");
	parse_bad("[mm a]\n[at 2s]\n",
		"F:2: 2s is after the end of the run, [scenario] has time = 1s");
	parse_bad("[mm a]\n[at 1ms]\nyield=a;;a\n", "F:3: yield: an item between two ';' is empty");
	parse_bad("[mm a]\n[at 1ms]\naffinity=a\n",
		"F:3: affinity: 'a' is not written like TASK : 0-3");
	parse_bad("[mm a]\n[at 1ms]\nsleep=a 5\n",
		"F:3: sleep: '5' has no unit, write ns, us, ms or s right after the number");
	parse_bad("[mm a]\n[at 1ms]\nsleep=a 5000s\n",
		"F:3: sleep: '5000s' is too long, leave it out for ever");
	parse_bad("[mm a]\n[at 1ms]\ncpu-off=\n", "F:3: key 'cpu-off' has no value");
	parse_good("[mm a]\n[at 1ms]\nyield=a;\n");
	ck_assert_uint_eq(scenario->actions_count, 1);
}

TEST(two_groups_for_one_instant_are_refused)
{
	parse_bad("[mm a]\n[at 10ms]\nyield=a\n[at 10000us]\nyield=a\n",
		"F:4: two groups [at] for the same time, the first is in line 2");
	parse_bad("[mm a]\n[at 10ms]\nyield=a\n[at 10ms]\nyield=a\n",
		"F:4: group 'at 10ms' twice, the first is in line 2");
}

TEST(more_than_a_quarter_million_actions_are_refused)
{
	GString *text = g_string_new("[mm a]\n[at 1ms]\nyield=a");

	for (int i = 0; i < 262144; i++)
		g_string_append(text, ";a");
	parse_bad(text->str, "F:3: more than 262144 actions");
	g_string_free(text, TRUE);
}

TEST(verbs_have_names)
{
	ck_assert_str_eq(scenario_verb_to_string(ACT_FORK), "fork");
	ck_assert_str_eq(scenario_verb_to_string(ACT_CPU_ON), "cpu-on");
}
