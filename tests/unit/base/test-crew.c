/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/crew.h"

#include <signal.h>

#include "tests/lib/suite.h"

/* Results come in order, each once, whatever the threads do. */

struct work {
	uint64_t first, taken;
	uint64_t stop_at; /* take() stops there */
	int made;         /* atomic */
	bool tick_stops;
};

SUITE(.timeout = 60);

/* Some items take long, so that later ones are done before them. */
static void *square(void *context, struct crew *crew, uint64_t item)
{
	struct work *work = context;
	uint64_t *result;

	for (int i = 0; item % 7 == 3 && i < 3; i++) {
		g_usleep(100);
		if (!crew_goes_on(crew))
			return NULL;
	}
	result = g_new(uint64_t, 1);
	*result = item * item;
	g_atomic_int_inc(&work->made);
	return result;
}

static void drop(void *result)
{
	g_free(result);
}

static bool take(void *context, uint64_t item, void *result)
{
	struct work *work = context;

	ck_assert_uint_eq(item, work->first + work->taken);
	ck_assert_uint_eq(*(uint64_t *)result, item * item);
	g_free(result);
	return ++work->taken != work->stop_at;
}

static bool tick(void *context)
{
	return !((struct work *)context)->tick_stops;
}

static struct crew_plan plan_of(struct work *work, uint64_t items, unsigned jobs)
{
	return (struct crew_plan){ .items = items,
		.jobs = jobs,
		.work = square,
		.take = take,
		.tick = tick,
		.drop = drop,
		.context = work };
}

static const unsigned jobs[] = { 1, 2, 3, 16, CREW_JOBS_MAX };

TEST_ROWS(each_result_comes_once_and_in_order, jobs)
{
	struct work work = { 0 };
	struct crew_plan plan = plan_of(&work, 500, jobs[_i]);
	unsigned missing;

	ck_assert(crew_run(&plan, &missing));
	ck_assert_uint_eq(work.taken, 500);
	ck_assert_int_eq(work.made, 500);
}

TEST(more_items_than_are_kept_ahead)
{
	struct work work = { 0 };
	struct crew_plan plan = plan_of(&work, 3 * CREW_AHEAD + 1, 4);
	unsigned missing;

	ck_assert(crew_run(&plan, &missing));
	ck_assert_uint_eq(work.taken, 3 * CREW_AHEAD + 1);
}

TEST(what_is_done_already_is_left_out)
{
	struct work work = { .first = 90 };
	struct crew_plan plan = plan_of(&work, 100, 2);
	unsigned missing;

	plan.done = 90;
	ck_assert(crew_run(&plan, &missing));
	ck_assert_uint_eq(work.taken, 10);
}

TEST(nothing_to_do_is_done)
{
	struct work work = { 0 };
	struct crew_plan plan = plan_of(&work, 0, 2);
	unsigned missing;

	ck_assert(crew_run(&plan, &missing));
	ck_assert_uint_eq(work.taken, 0);
}

TEST_ROWS(after_the_one_that_stops_none_is_taken, jobs)
{
	struct work work = { .stop_at = 42 };
	struct crew_plan plan = plan_of(&work, 10000, jobs[_i]);
	unsigned missing;

	ck_assert(!crew_run(&plan, &missing));
	ck_assert_uint_eq(work.taken, 42);
	ck_assert_int_lt(work.made, 10000);
}

/* It takes until the first tick. */
TEST(a_tick_stops_the_work)
{
	struct work work = { .tick_stops = true };
	struct crew_plan plan = plan_of(&work, 100000000, 2);
	unsigned missing;

	ck_assert(!crew_run(&plan, &missing));
	ck_assert_uint_lt(work.taken, 100000000);
}

TEST_SIGNAL(there_is_at_least_one_thread, SIGABRT)
{
	struct work work = { 0 };
	struct crew_plan plan = plan_of(&work, 1, 0);
	unsigned missing;

	crew_run(&plan, &missing);
}
