/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What a driver must not ask of a walk: assertions end the program. */

#include <signal.h>

#include "model/walk.h"
#include "tests/lib/suite.h"
#include "tests/lib/world.h"

/* Towards per CPU there is a task that the walk passes over. */
TEST_SIGNAL(a_walk_over_tasks_has_an_initiator, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	world_mm(&w)->mode = MODE_PER_CPU | MODE_TRANSIT;
	world_mm(&w)->initiator = TASK_NONE;
	walk_begin(w.model, 0);
}

TEST_SIGNAL(a_walk_does_not_begin_twice, SIGABRT)
{
	struct world w = world_in_window_of_fork_4();

	walk_begin(w.model, 0);
}

TEST_SIGNAL(a_walk_that_has_not_begun_goes_to_no_cpu, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	walk_next_cpu(w.model, 0);
}

TEST_SIGNAL(a_walk_that_is_over_visits_nobody, SIGABRT)
{
	struct world w = world_before_fork_4_completes();

	walk_comes_to(w.model, 0, 1);
}
