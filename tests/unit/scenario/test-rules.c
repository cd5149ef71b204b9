/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(values_out_of_range_are_refused)
{
	parse_bad("[mm a]\n[sched]\nslice=999ns\n",
		"F:3: slice: '999ns' is out of range, it must be 1us to 4398.046511103s");
	parse_bad("[mm a]\n[scenario]\ntime=0ns\n",
		"F:3: time: '0ns' is out of range, it must be 1ns to 4398.046511103s");
	parse_bad("[mm a]\n[scenario]\ntime=4398046511104ns\n",
		"F:3: time: '4398046511104ns' is out of range, it must be 1ns to 4398.046511103s");
	parse_bad("[mm a]\n[cost]\nfork=1.1s\n",
		"F:3: fork: '1.1s' is out of range, it must be 0ns to 1s");
	parse_bad("[mm a]\n[scenario]\nseed=18446744073709551616\n",
		"F:3: seed: '18446744073709551616' is out of range, it must be "
		"0 to 18446744073709551615");
	parse_bad("[mm a]\nrun=0ns\n", "F:2: run: '0ns' is too short, at least 1ns");
	parse_bad("[mm a]\nloops=0\n",
		"F:2: loops: '0' is out of range, it must be at least 1, or forever");
	parse_bad("[mm a]\nloops=often\n",
		"F:2: loops: 'often' is not a number of times, write one like 3, or forever");
	parse_bad("[mm a]\n[sched]\nplacement=idel\n",
		"F:3: placement: 'idel' is not known, write idle or previous");
	parse_bad("[mm a]\n[sched]\nidle-pull=yes\n",
		"F:3: idle-pull: 'yes' is not known, write off or on");
	parse_bad("[mm a]\nrun=exp(5000s)\n",
		"F:2: run: '5000s' is too long, at most 4398.046511103s");
}

TEST(a_comment_after_a_value_is_explained)
{
	parse_bad("[mm a]\ncount=4 # four\n",
		"F:2: count: '4 # four' is not a whole number, write one "
		"like 4; a comment needs a line of its own");
}

TEST(so_is_one_after_a_semicolon)
{
	parse_bad("[mm a]\nrun=1ms ; long\n",
		"F:2: run: '1ms ; long' does not end in a unit of time, write ns, us, ms or s "
		"right after the number; a comment needs a line of its own");
}

TEST(keys_that_begin_alike_are_named_for_an_unknown_one)
{
	parse_bad("[mm a]\n[protocol]\nthreshold=2/3\n",
		"F:3: unknown key 'threshold' in group 'protocol', did you mean one of "
		"thrs-floor, thrs-cap, thrs-policy, thrs-gap?");
	parse_bad("[mm a]\n[machine]\nthreshold=2/3\n",
		"F:3: unknown key 'threshold' in group 'machine', the keys are cpus, online");
}

TEST(more_than_the_limits_is_refused)
{
	parse_bad("[machine]\ncpus=8193\n[mm app]", "F:2: cpus: '8193' is out of range, it must be 1 to 8192");
	parse_bad("[machine]\ncpus=0\n[mm app]",
		"F:2: cpus: '0' is out of range, it must be 1 to 8192");
	parse_bad("[machine]\ncpus=0-8192\n[mm app]",
		"F:2: cpus: '0-8192' names a CPU that is too large, CPU ids are 0 to 8191");
	parse_bad("[mm app]\ncount=65537",
		"F:2: count: '65537' is out of range, it must be 0 to 65536");
	parse_bad("[mm a]\ncount=65536\n[mm b]\n",
		"F:3: more than 65536 mms with those of this line");
	parse_bad("[mm app]\n[tasks t]\ncount=4194304\n",
		"F:2: more than 4194304 tasks with those of this line");
	parse_bad("[mm app]\n[tasks t]\ncount=0\n[at 1ms]\nfork=t*4194303;t\n",
		"F:5: more than 4194304 tasks with those of this line");
	parse_bad("[mm app]\ncount=2\n[pool p]\npools=1000\nthreads=3000\n",
		"F:3: more than 4194304 tasks with those of this line");
	parse_bad("[mm app]\ncount=65536\n[at 1ms]\nfork-process=app by app/1\n",
		"F:4: fork-process: more than 65536 mms with those of this line");
}
