/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/candidate.h"

#include <signal.h>

#include "tests/lib/suite.h"
#include "tests/lib/world.h"

/* What the model must not ask of the candidates, and a driver not of a get that gives up; what they
 * do is in tests/rules/test-candidate.c. In each: 4 CPUs, task 0 runs on CPU 0. */

static void threshold_of_an_mm_without_users(struct world *w)
{
	world_mm(w)->users = 0;
	candidate_threshold(w->model, world_mm(w), 1);
}

static void walk_to_a_cpu_that_owns_nothing(struct world *w)
{
	candidate_walk_unset(w->model, 0, 0, NULL);
}

static void takes_without_the_lock(struct world *w)
{
	candidate_exec_takes(w->model, 0);
}

static void waits_for_a_child_of_no_fork(struct world *w)
{
	candidate_exec_waits(w->model, 0, 0);
}

static void last_exit_with_a_user_left(struct world *w)
{
	candidate_last_exit(w->model, 0, NULL);
}

static void switch_that_does_not_spin_gives_up(struct world *w)
{
	w->model->protocol.bounded_get = true;
	switch_give_up(w->model, 0);
}

static void switch_gives_up_where_no_get_does(struct world *w)
{
	model_cpu(w->model, 0)->phase = CPU_SPINS;
	switch_give_up(w->model, 0);
}

static void fork_that_does_not_get_gives_up(struct world *w)
{
	w->model->protocol.bounded_get = true;
	fork_give_up(w->model, 0);
}

static void fork_gives_up_where_no_get_does(struct world *w)
{
	world_mm(w)->phase = PHASE_GET_LOCKED;
	fork_give_up(w->model, 0);
}

static void (*const misuses[])(struct world *) = { threshold_of_an_mm_without_users,
	walk_to_a_cpu_that_owns_nothing, takes_without_the_lock, waits_for_a_child_of_no_fork,
	last_exit_with_a_user_left, switch_that_does_not_spin_gives_up,
	switch_gives_up_where_no_get_does, fork_that_does_not_get_gives_up,
	fork_gives_up_where_no_get_does };

TEST_SIGNAL_ROWS(what_must_not_be_asked_ends_the_program, misuses, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	misuses[_i](&w);
}
