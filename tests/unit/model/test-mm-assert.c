/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "model/mm.h"
#include "sim/base/prng.h"
#include "tests/lib/suite.h"
#include "tests/lib/world.h"

/* What holds of an mm between two steps holds in random runs of narrow and wide machines of all
 * revisions; and each thing that could be wrong is found. */

enum { STEPS = 400, TASKS = 40 };

static const uint32_t widths[] = { 3, 64, 65, 130 };

/* A task that is not active becomes a user, or one that is leaves; or any is switched in. */
static void take_random_step(struct world *w, struct prng *prng, uint32_t cpus)
{
	uint32_t task = 1 + (uint32_t)prng_below(prng, TASKS - 1);
	uint32_t cpu = 1 + (uint32_t)prng_below(prng, cpus - 1);
	struct model_task *t = model_task(w->model, task);

	if (!t->has_mm)
		must_fork(w, 0, 0, task);
	else if (t->active && model_is_running(w->model, task) && prng_below(prng, 3) == 0)
		must_exit(w, task);
	else if (!model_is_running(w->model, task) && t->active)
		run(w, cpu, task);
	else
		run(w, cpu, TASK_NONE);
	if (t->has_mm && !t->active && !model_is_running(w->model, task))
		task_destroy(w->model, task);
}

TEST_RANGE(it_holds_after_each_step, 0, 4 * 16)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 3) };
	uint32_t cpus = widths[_i % 4];
	size_t count;
	const struct revision *revision = &revision_table(&count)[(unsigned)_i / 4 % 16];
	struct world w = world_at(revision->name, cpus);

	ck_assert_uint_eq(count, 16);
	for (unsigned i = 0; i < STEPS; i++) {
		take_random_step(&w, &prng, cpus);
		mm_assert(w.model, 0);
	}
	world_free(&w);
}

/* In each: 7.1, 70 tasks, only task 0 runs, on @cpus CPUs. */

static void ended(struct world *w)
{
	world_mm(w)->live = 0;
}

static void unknown_mode(struct world *w)
{
	world_mm(w)->mode = 4;
}

static void per_cpu_without_extent(struct world *w)
{
	world_mm(w)->extent = EXTENT_NONE;
	world_mm(w)->mode = MODE_PER_CPU;
}

static void extent_of_nobody(struct world *w)
{
	world_mm(w)->extent = w->model->extents_used;
}

static void one_cpu_too_many_allowed(struct world *w)
{
	world_mm(w)->allowed_count++;
}

static void more_cids_than_cpus(struct world *w)
{
	world_mm(w)->max_cids = w->model->cpus_count + 1;
}

static void initiator_of_nothing(struct world *w)
{
	world_mm(w)->initiator = 0;
}

static void child_of_nobody(struct world *w)
{
	world_mm(w)->child = 1;
}

static void one_taken_too_many(struct world *w)
{
	world_mm(w)->taken++;
}

static void one_user_too_many(struct world *w)
{
	world_mm(w)->users++;
}

static void one_user_too_few(struct world *w)
{
	world_mm(w)->users--;
}

static void user_of_another_mm(struct world *w)
{
	model_task(w->model, 1)->mm = 1;
}

static void list_that_leads_back_elsewhere(struct world *w)
{
	model_task(w->model, 1)->newer = 0;
}

static void (*const spoilers[])(struct world *) = { ended, unknown_mode, per_cpu_without_extent,
	extent_of_nobody, one_cpu_too_many_allowed, more_cids_than_cpus, initiator_of_nothing,
	child_of_nobody, one_taken_too_many, one_user_too_many, one_user_too_few,
	user_of_another_mm, list_that_leads_back_elsewhere };

static struct world of_60_users(uint32_t cpus)
{
	struct world w = world_at("7.1", cpus);

	for (uint32_t task = 1; task < 60; task++)
		must_fork(&w, 0, 0, task);
	return w;
}

TEST_SIGNAL_ROWS(what_is_wrong_with_a_narrow_one_is_found, spoilers, SIGABRT)
{
	struct world w = of_60_users(4);

	spoilers[_i](&w);
	mm_assert(w.model, 0);
}

TEST_SIGNAL_ROWS(what_is_wrong_with_a_wide_one_is_found, spoilers, SIGABRT)
{
	struct world w = of_60_users(130);

	spoilers[_i](&w);
	mm_assert(w.model, 0);
}

TEST_RANGE(what_is_as_it_was_made_is_not, 0, 4)
{
	struct world w = of_60_users(widths[_i]);

	mm_assert(w.model, 0);
	ck_assert_uint_eq(world_mm(&w)->users, 60);
	world_free(&w);
}

/* The pool of a wide machine: bits and summaries, behind the CPU words. */
static uint64_t *wide_bits(struct world *w)
{
	return (uint64_t *)(model_words(w->model, world_mm(w)) + (130 * 2 + 7) / 8 * 4);
}

TEST_SIGNAL(a_summary_that_disagrees_is_found, SIGABRT)
{
	struct world w = of_60_users(130);

	wide_bits(&w)[3] ^= 1; /* the first word is full, or not */
	mm_assert(w.model, 0);
}

TEST_SIGNAL(a_number_beyond_the_cpus_is_found, SIGABRT)
{
	struct world w = of_60_users(4);

	world_mm(&w)->pool |= 1 << 4;
	world_mm(&w)->taken++;
	mm_assert(w.model, 0);
}
