/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(unknown_groups_and_keys_name_the_nearest)
{
	parse_bad("[shed]\nslice=1\n[mm a]",
		"F:1: unknown kind of group 'shed', did you mean 'sched'?");
	parse_bad("[mm a]\n[foo]\n", "F:2: unknown kind of group 'foo', the kinds are scenario, "
				     "machine, protocol, cost, "
				     "sched, mm, tasks, ramp, pool, at, expect, sweep, "
				     "explore, steps");
	parse_bad("[mm a]\ncuont=1\n",
		"F:2: unknown key 'cuont' in group 'mm a', did you mean 'count'?");
	parse_bad("[mm a]\n[machine]\nbogomips=1\n",
		"F:3: unknown key 'bogomips' in group 'machine', the keys are cpus, online");
	parse_bad("[mm a]\n[at 1ms]\nfrok=a\n",
		"F:3: unknown key 'frok' in group 'at 1ms', did you mean 'fork'?");
	parse_bad("[mm a]\n[expect a]\nuser=1\n",
		"F:3: unknown key 'user' in group 'expect a', did you mean 'users'?");
	parse_bad("[mm a]\n[protocol]\nthrs-caps=none\n",
		"F:3: unknown key 'thrs-caps' in group 'protocol', did you mean 'thrs-cap'?");
}

TEST(groups_have_the_words_they_need)
{
	parse_bad("[mm]\n[mm a]", "F:1: the group is not written like [mm NAME]");
	parse_bad("[mm a b]\n[mm c]", "F:1: the group is not written like [mm NAME]");
	parse_bad("[machine x]\n[mm a]", "F:1: the group is not written like [machine]");
	parse_bad(
		"[mm a]\n[expect a at]", "F:2: the group is not written like [expect MM at TIME]");
	parse_bad("[mm a]\n[expect a in 1s]",
		"F:2: the group is not written like [expect MM at TIME]");
}
