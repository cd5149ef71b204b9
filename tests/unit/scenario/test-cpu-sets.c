/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(cpus_must_be_possible)
{
	parse_bad("[mm a]\ncpus=0-4\n", "F:2: cpus: CPU 4 is not one of the possible CPUs '0-3'");
	parse_bad("[mm a]\n[tasks t]\ncpus=\n", "F:3: key 'cpus' has no value");
	parse_bad("[mm a]\n[at 1ms]\naffinity=a : 9\n",
		"F:3: affinity: CPU 9 is not one of the possible CPUs '0-3'");
	parse_bad("[mm a]\n[at 1ms]\naffinity=a :\n",
		"F:3: affinity: the set of CPUs is empty, name at least one, like 0-3");
	/* With unknown possible CPUs only the form can be checked. */
	parse_bad("[machine]\ncpus=x\n[mm a]\ncpus=0-99\n",
		"F:2: cpus: 'x' is not a whole number, write one like 4");
}

TEST(the_first_cpus_are_the_possible_ones_with_the_lowest_ids)
{
	parse_good("[machine]\ncpus=1-2,8-11\nonline=first 5\n[mm app]\ncpus=first 3\n"
		   "[mm all]\ncpus=first\t 6\n[tasks t]\nmm=app\ncpus=first 1\n"
		   "[ramp r]\nmm=all\nto=2\ncpus=first 2\n"
		   "[at 1ms]\naffinity=app:first 4\ncpu-off=first 1;8\ncpu-on=first 3\n");
	ck_assert_uint_eq(scenario->online.count, 5);
	ck_assert(!cpu_set_has(&scenario->online, 5));
	ck_assert_uint_eq(scenario->mms[0].cpus.count, 3);
	/* CPU 8 is the third that is possible. */
	ck_assert(cpu_set_has(&scenario->mms[0].cpus, 2));
	ck_assert(!cpu_set_has(&scenario->mms[0].cpus, 3));
	ck_assert_ptr_null(scenario->mms[1].cpus.words);
	ck_assert_uint_eq(scenario->groups[0].cpus.count, 1);
	ck_assert_uint_eq(scenario->ramps[0].cpus.count, 2);
	ck_assert_uint_eq(scenario->actions_count, 4);
	ck_assert_uint_eq(scenario->actions[0].cpus.count, 4);
	ck_assert_uint_eq(scenario->actions[3].cpus.count, 3);
}

TEST(bad_numbers_of_first_cpus_are_refused)
{
	parse_bad("[mm a]\ncpus=first 5\n",
		"F:2: cpus: 'first 5' is too many, at most 4 CPUs are possible");
	parse_bad("[mm a]\ncpus=first 0\n",
		"F:2: cpus: 'first 0' names no CPU, at least first 1 is needed");
	parse_bad("[mm a]\ncpus=first\n", "F:2: cpus: 'first' is not written like first 4");
	parse_bad("[mm a]\ncpus=first 1,3\n", "F:2: cpus: 'first 1,3' is not written like first 4");
	parse_bad("[mm a]\ncpus=first -1\n", "F:2: cpus: 'first -1' is not written like first 4");
	parse_bad("[mm a]\ncpus=first 18446744073709551617\n",
		"F:2: cpus: 'first 18446744073709551617' is not written like first 4");
	parse_bad("[mm a]\ncpus=first4\n",
		"F:2: cpus: 'first4' is not a list of CPUs, write one like 0-3,8");
	/* It is of the possible CPUs, so it cannot say which these are. */
	parse_bad("[machine]\ncpus=first 4\n[mm a]\n",
		"F:2: cpus: 'first 4' is not a whole number, write one like 4");
	parse_bad("[machine]\ncpus=x\n[mm a]\ncpus=first 8192\n",
		"F:2: cpus: 'x' is not a whole number, write one like 4");
}
