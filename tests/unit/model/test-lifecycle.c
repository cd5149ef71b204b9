/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What a driver must not ask of forks, exits and the end of a window: assertions end the program.
 */

#include <signal.h>

#include "model/lifecycle.h"
#include "tests/lib/suite.h"
#include "tests/lib/world.h"

/* A child has no number before its fork: only exit-change=hands-over leaves one to it (B3). */
TEST_SIGNAL(a_child_with_a_number_cannot_be_forked, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	task_create(w.model, 1, 0, 0, 0);
	task_show(w.model, 1);
	set_task(&w, 1, "2");
	fork_begin(w.model, 0, 0, 1, NULL);
}

TEST_SIGNAL(a_user_cannot_be_counted_twice, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	must_fork(&w, 0, 0, 1);
	set_task(&w, 1, "-");
	fork_begin(w.model, 0, 0, 1, NULL);
}

TEST_SIGNAL(who_has_left_cannot_exit_again, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	must_fork(&w, 0, 0, 1);
	must_run(&w, 1, 1);
	must_exit(&w, 1);
	exit_begin(w.model, 1, 1, NULL);
}

TEST_SIGNAL(an_exit_is_decided_only_after_its_task_has_left, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	must_fork(&w, 0, 0, 1);
	exit_decide(w.model, 0, 0, NULL);
}

TEST_SIGNAL(nothing_is_completed_outside_of_a_window, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	window_complete(w.model, 0, NULL);
}

TEST_SIGNAL(a_window_is_not_completed_before_its_walk_is_over, SIGABRT)
{
	struct world w = world_in_window_of_fork_4();

	ck_assert_int_ne(world_mm(&w)->phase, PHASE_COMPLETE);
	window_complete(w.model, 0, NULL);
}

TEST_SIGNAL(a_fork_does_not_spin_before_it_gets, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	fork_spin(w.model, 0, NULL);
}

TEST_SIGNAL(an_exit_changes_no_word_without_a_flip, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	exit_change(w.model, 0, NULL);
}
