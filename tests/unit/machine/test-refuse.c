/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Why a step cannot be taken: the refusals that the other tests have not met. */

#include "sim/machine/machine.h"

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 120);

static const struct {
	const char *step, *why;
} refusals[] = {
	{ "out 1", "that CPU idles" },
	{ "in 0 T1", "that CPU does not idle" },
	{ "enter 0 T1", "that CPU has not left its task" },
	{ "enter 1 idle", "that CPU has not left its task" },
	{ "in 1 T2", "there is no such task that could run" },
	{ "retry 1", "no get spins there, or it finds nothing" },
	{ "give-up 1", "no get spins there, or it has found a number, or this revision's does not "
	               "give up" },
	{ "migrate T1 0", "that task runs, is there, may not run there, or a rq lock is held" },
	{ "migrate T0 1", "that task runs, is there, may not run there, or a rq lock is held" },
	{ "migrate T2 1", "that task runs, is there, may not run there, or a rq lock is held" },
	{ "fork T1 T2", "that task does not run in user space" },
	{ "exec T1", "that task does not run in user space" },
	{ "show T0", "that task has no child to show, or does not run" },
	{ "walk", "no walk is under way, or its initiator does not run, or waits for a rq lock" },
	{ "complete", "the walk is not over, or its initiator does not run" },
	{ "fork-retry", "no get of a fork is due, or it finds nothing" },
	{ "exec-end T0", "that task is in no exec, does not run, or the mutex is held" },
	{ "work", "no work is queued, or the mutex is held" },
};

TEST_ROWS(what_cannot_be_taken_says_why, refusals)
{
	struct machine_config config = machines_config("7.1", 2, 2, 3);
	struct machine *m = machines_new(&config);

	expect_refused(m, &config, refusals[_i].step, refusals[_i].why);
	ck_assert(!machines_lists(m, &config, refusals[_i].step));
	free(m);
}
