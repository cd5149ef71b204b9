/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(axes_are_kept_as_text)
{
	parse_good("[mm app]\n[sweep]\ncpus=4, 8\nmm app.cpus=0-1;0-3\nprotocol.thrs-cap=none\n");
	ck_assert_uint_eq(scenario->axes_count, 3);
	ck_assert_str_eq(scenario->axes[1].key, "mm app.cpus");
	ck_assert_str_eq(scenario->axes[1].values, "0-1;0-3");
	ck_assert_uint_eq(scenario->axes[2].line, 5);
}

TEST(axes_are_known_keys)
{
	parse_good("[mm app]\n[sweep]\nallowed=1-4\nthreads=1\nrevisions=all\nseeds=3\n");
	parse_bad("[mm a]\n[sweep]\nseed=4\n",
		"F:3: sweep: seed: unknown axis, did you mean 'seeds'?");
	parse_bad("[mm a]\n[sweep]\ncores=4\n", "F:3: sweep: cores: unknown axis, write cpus, "
						"allowed, threads, revisions, seeds or "
						"group.key");
	parse_bad("[mm a]\n[sweep]\nmm a.cuont=4\n",
		"F:3: sweep: mm a.cuont: unknown key 'cuont' in "
		"group 'mm a', did you mean 'count'?");
	parse_bad("[mm app]\n[sweep]\nmm ap.count=4\n",
		"F:3: sweep: mm ap.count: the file has no group 'mm ap', did you mean 'mm app'?");
	parse_bad("[mm a]\n[sweep]\ntasks a.count=4\n",
		"F:3: sweep: tasks a.count: the file has no group 'tasks a'");
	parse_bad("[mm a]\n[sweep]\nmachin.cpus=4\n",
		"F:3: sweep: machin.cpus: unknown kind of group 'machin', did you mean 'machine'?");
	parse_bad("[mm a]\n[sweep]\nat 1ms.exit=a\n",
		"F:3: sweep: at 1ms.exit: no axis can set the keys of [at]");
	parse_bad("[mm a]\n[sweep]\ncp\tus=4\n",
		"F:3: sweep: cp?us: unknown axis, did you mean 'cpus'?");
	parse_bad_set("sweep.cpsu=4", "--set sweep.cpsu: unknown axis, did you mean 'cpus'?");
}

TEST(the_form_of_axes_is_checked)
{
	parse_bad("[mm a]\n[sweep]\ncpus=4,,8\n", "F:3: sweep: cpus: an item of the list is empty");
	parse_bad(
		"[mm a]\n[sweep]\ncpus=64-1\n", "F:3: sweep: cpus: '64-1' is reversed, write 1-64");
	parse_bad("[mm a]\n[sweep]\nallowed=1-4+0\n",
		"F:3: sweep: allowed: '1-4+0' has a step of 0, at least 1 is needed");
	parse_bad("[mm a]\n[sweep]\nsched.slice=1ms-9us\n",
		"F:3: sweep: sched.slice: '1ms-9us' has different units, write the same one after "
		"each number");
	parse_bad_set("sweep.cpus=1-8*1",
		"--set sweep.cpus: '1-8*1' has a factor below 2, at least 2 is needed");
	/* A set of CPUs that runs backwards is a value, which only a sweep tries. */
	parse_good("[mm a]\n[sweep]\nmm a.cpus=3-0;0\n");
}

TEST(more_than_16_axes_are_refused)
{
	GString *text = g_string_new("[mm a]\n[sweep]\n");

	g_string_append(text, "cpus=4\nallowed=1\nthreads=1\nrevisions=all\nseeds=1\n"
			      "cost.fork=0ns\ncost.exit=0ns\ncost.exec=0ns\ncost.switch=0ns\n"
			      "cost.wakeup=0ns\ncost.complete=0ns\ncost.affinity=0ns\n"
			      "cost.decision=0ns\nsched.slice=1ms\nsched.idle-pull=on\n"
			      "sched.placement=idle\n");
	parse_good(text->str);
	ck_assert_uint_eq(scenario->axes_count, 16);
	g_string_append(text, "scenario.time=1s\nx=1\n");
	parse_bad(text->str, "F:19: sweep: more than 16 axes");
	g_string_free(text, TRUE);
}
