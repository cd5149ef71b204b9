/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/mm.h"

#include <signal.h>

#include "tests/lib/suite.h"
#include "tests/lib/world.h"

/* What a driver must not ask of an mm. In each: 4 CPUs, mm 0 with task 0 as its only user. */

static void is_made_twice(struct world *w)
{
	mm_create(w->model, 0, NULL);
}

static void is_beyond_the_last(struct world *w)
{
	mm_create(w->model, WORLD_MMS, NULL);
}

static void allows_no_cpu(struct world *w)
{
	uint64_t mask = 0;

	mm_create(w->model, 1, &mask);
}

static void allows_too_many_cpus(struct world *w)
{
	uint64_t mask = 0x1f;

	mm_create(w->model, 1, &mask);
}

static void inherits_with_users(struct world *w)
{
	mm_inherit(w->model, 0, MODE_TRANSIT);
}

static void ends_with_users(struct world *w)
{
	mm_destroy(w->model, 0);
}

static void ends_twice(struct world *w)
{
	must_exit(w, 0);
	mm_destroy(w->model, 0);
	mm_destroy(w->model, 0);
}

static void is_asked_for_a_cpu_beyond_the_last(struct world *w)
{
	mm_allows(w->model, 0, 4);
}

static void has_more_cpus_than_there_are(struct world *w)
{
	mm_constraints(w->model, 1, 5);
}

static void may_run_nowhere(struct world *w)
{
	mm_enter_users(w->model, 0);
}

static void mutex_is_taken_twice(struct world *w)
{
	world_mm(w)->phase = PHASE_COMPLETE;
	mm_take_mutex(world_mm(w), 0, 0, TASK_NONE);
}

static void decides_in_a_walk(struct world *w)
{
	world_mm(w)->phase = PHASE_WALK_CPUS;
	mm_update_constraints(w->model, 0, TRIGGER_FORK, 0, 0, NULL);
}

static void flips_without_extent(struct world *w)
{
	world_mm(w)->extent = EXTENT_NONE;
	world_mm(w)->users = 9;
	mm_update_constraints(w->model, 0, TRIGGER_FORK, 0, 0, NULL);
}

static void (*const misuses[])(struct world *) = { is_made_twice, is_beyond_the_last, allows_no_cpu,
	allows_too_many_cpus, inherits_with_users, ends_with_users, ends_twice,
	is_asked_for_a_cpu_beyond_the_last, has_more_cpus_than_there_are, may_run_nowhere,
	mutex_is_taken_twice, decides_in_a_walk, flips_without_extent };

TEST_SIGNAL_ROWS(what_a_driver_must_not_ask_ends_the_program, misuses, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	misuses[_i](&w);
}
