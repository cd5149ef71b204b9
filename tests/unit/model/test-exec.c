/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/exec.h"

#include <signal.h>

#include "tests/lib/suite.h"
#include "tests/lib/world.h"

/* What a driver must not ask of an exec; what it does is in tests/rules/test-exec.c. In each: 4
 * CPUs, task 0 runs on CPU 0, task 1 waits. */

static void leaves_without_running(struct world *w)
{
	exec_leave(w->model, 0, 1, NULL);
}

static void joins_as_a_user(struct world *w)
{
	mm_create(w->model, 1, NULL);
	exec_join(w->model, 0, 1);
}

static void joins_an_mm_that_is_not_there(struct world *w)
{
	exec_leave(w->model, 0, 0, NULL);
	exec_join(w->model, 0, 1);
}

static void joins_beyond_the_mms(struct world *w)
{
	exec_leave(w->model, 0, 0, NULL);
	exec_join(w->model, 0, WORLD_MMS);
}

static void returns_without_having_left(struct world *w)
{
	exec_return(w->model, 0, 0, NULL);
}

static void (*const misuses[])(struct world *) = { leaves_without_running, joins_as_a_user,
	joins_an_mm_that_is_not_there, joins_beyond_the_mms, returns_without_having_left };

TEST_SIGNAL_ROWS(what_a_driver_must_not_ask_ends_the_program, misuses, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	must_fork(&w, 0, 0, 1);
	misuses[_i](&w);
}
