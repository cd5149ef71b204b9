/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(tasks_belong_to_an_mm)
{
	parse_good("[tasks t]\nmm=b\ncount=7\nkind=vfork\ncpus=1-2\nrun=exp(1ms)\nloops=3\n"
		   "[mm a]\ncount=2\n[mm b]\nstart=5ms\nrun=1us\n");
	ck_assert_uint_eq(scenario->groups[0].mm, 1);
	ck_assert_uint_eq(scenario->groups[0].line, 1);
	ck_assert_uint_eq(scenario->groups[0].count, 7);
	ck_assert_int_eq(scenario->groups[0].kind, FORK_VFORK);
	ck_assert(scenario->groups[0].has_cpus);
	ck_assert_uint_eq(scenario->groups[0].cpus.count, 2);
	ck_assert_uint_eq(scenario->groups[0].start_ns, 5000000);
	ck_assert_int_eq(scenario->groups[0].behaviour.run.kind, SAMPLE_EXPONENTIAL);
	ck_assert_uint_eq(scenario->groups[0].behaviour.sleep.a, 1000000);
	ck_assert_uint_eq(scenario->groups[0].behaviour.loops, 3);
	ck_assert_uint_eq(scenario->mms[1].first, 2);
	ck_assert_uint_eq(scenario->mms[1].main.run.a, 1000);
	ck_assert_uint_eq(scenario->mms[1].main.sleep.a, 1000000);
	ck_assert_uint_eq(scenario->mms[1].main.loops, SCENARIO_FOREVER);
}

TEST(ramps_and_pools_are_read)
{
	parse_good("[mm a]\n[mm b]\n[ramp r]\nmm=a\nto=10\nstep=3\n[pool "
		   "p]\nmm=b\npools=2\nthreads=3\n"
		   "cycles=forever\n");
	ck_assert_uint_eq(scenario->ramps[0].from, 1);
	ck_assert_uint_eq(scenario->ramps[0].to, 10);
	ck_assert_uint_eq(scenario->ramps[0].step, 3);
	ck_assert_uint_eq(scenario->ramps[0].dwell_ns, 1000000);
	ck_assert_uint_eq(scenario->ramps[0].cycles, 1);
	ck_assert(!scenario->ramps[0].has_cpus);
	ck_assert_uint_eq(scenario->ramps[0].behaviour.loops, SCENARIO_FOREVER);
	ck_assert_uint_eq(scenario->pools[0].mm, 1);
	ck_assert_uint_eq(scenario->pools[0].threads, 3);
	ck_assert_uint_eq(scenario->pools[0].cycles, SCENARIO_FOREVER);
	ck_assert_uint_eq(scenario->pools[0].behaviour.loops, 1);
	ck_assert_uint_eq(scenario->pools[0].behaviour.sleep.a, 0);
}

TEST(a_file_without_mms_is_refused)
{
	parse_bad("", "F:1: the file is empty, at least [mm NAME] is needed");
	parse_bad("# only this\n\n", "F:2: the file has no [mm NAME], such as [mm app]: there is nothing to run");
}

TEST(the_mm_of_a_group_must_be_known)
{
	parse_bad("[mm app]\n[tasks t]\nmm=ap\n", "F:3: mm: unknown mm 'ap', did you mean 'app'?");
	parse_bad("[mm app]\n[tasks t]\nmm=t\n", "F:3: mm: 't' is a [tasks], not a known mm");
	parse_bad("[mm a]\n[mm b]\n[tasks t]\n",
		"F:3: the key 'mm' is missing, it can be left out only if there is one [mm]");
	parse_bad("[mm a]\ncount=0\n[tasks t]\n", "F:3: [mm a] has count = 0, so no task starts "
						  "these tasks, give them count = 0 too");
	parse_good("[mm a]\ncount=0\n[tasks t]\ncount=0\n");
}

TEST(an_mm_has_one_driver)
{
	parse_bad("[mm a]\n[ramp r]\nto=2\n[ramp s]\nto=2\n",
		"F:4: 'a' has a ramp or pool already, in line 2: one is all that its first task "
		"can "
		"do");
	parse_bad("[mm a]\n[ramp r]\nto=2\n[pool s]\npools=1\nthreads=1\n",
		"F:4: 'a' has a ramp or pool already, in line 2: one is all that its first task "
		"can "
		"do");
	parse_bad("[mm a]\nloops=3\n[ramp r]\nto=2\n", "F:3: [mm a] in line 1 has run, sleep, "
						       "loops or phases: its first task cannot do them and a "
						       "ramp");
	parse_bad("[mm a]\ncount=0\n[ramp r]\nto=2\n",
		"F:3: [mm a] has count = 0, so no task starts it");
}

TEST(ramps_and_pools_need_their_sizes)
{
	parse_bad("[mm a]\n[ramp r]\n", "F:2: the key 'to' is missing");
	parse_bad("[mm a]\n[pool r]\npools=1\n", "F:2: the key 'threads' is missing");
	parse_bad("[mm a]\n[pool r]\nthreads=1\n", "F:2: the key 'pools' is missing");
	parse_bad("[mm a]\n[ramp r]\nto=5\nfrom=5\n",
		"F:2: the ramp does not go up: to = 5 must be above from = 5");
	parse_bad("[mm a]\n[ramp r]\nto=5\nstep=0\n",
		"F:4: step: '0' is out of range, it must be 1 to 4194304");
	parse_bad("[mm a]\n[ramp r]\nto=5\nloops=1\n",
		"F:4: unknown key 'loops' in group 'ramp r', the keys are run, sleep, mm, start, "
		"cpus, to, from, step, dwell, cycles");
}

TEST(starts_are_in_the_run_and_after_the_mm)
{
	parse_bad("[mm a]\nstart=2s\n",
		"F:2: start: 2s is after the end of the run, [scenario] has time = 1s");
	parse_bad("[mm a]\nstart=2ms\n[tasks t]\nstart=1ms\n",
		"F:4: start: its mm starts only at 2ms");
	parse_bad("[mm a]\n[ramp r]\nto=2\nstart=2s\n",
		"F:4: start: 2s is after the end of the run, [scenario] has time = 1s");
}

TEST(a_bad_time_does_not_make_others_bad)
{
	parse_bad("[scenario]\ntime=10\n[mm a]\nstart=2s\n",
		"F:2: time: '10' has no unit, write ns, us, ms or s right after the number");
}
