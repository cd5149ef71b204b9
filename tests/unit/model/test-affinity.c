/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/affinity.h"

#include <signal.h>

#include "tests/lib/suite.h"
#include "tests/lib/world.h"

/* What a driver must not ask of affinity changes; what they do is in tests/rules/test-affinity.c.
 */

TEST_SIGNAL(a_task_beyond_the_last_has_no_affinity, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	affinity_change(w.model, WORLD_TASKS, NULL, NULL);
}

TEST_SIGNAL(the_work_of_an_mm_that_has_ended_does_not_run, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	must_exit(&w, 0);
	mm_destroy(w.model, 0);
	affinity_deferred(w.model, 0, 0, NULL);
}
