/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Random walks. */

#include <stdlib.h>
#include <string.h>

#include "sim/explore/explore.h"
#include "tests/lib/defects.h"
#include "tests/lib/machines.h"
#include "tests/lib/searches.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 120);

/* @options with 1, 2 and 3 threads. */
static void check_jobs(struct search_options options)
{
	struct search_result *one = search_run(&options);

	for (options.jobs = 2; options.jobs <= 3; options.jobs++) {
		struct search_result *more = search_run(&options);

		searches_same(more, one);
		search_result_free(more);
	}
	search_result_free(one);
}

TEST(walks_do_not_depend_on_the_number_of_threads)
{
	struct machine_config config = searches_sound();
	struct search_options options = searches_options(&config, SEARCH_WALK);

	options.steps = 345678;
	check_jobs(options);
	options.max_depth = 7;
	check_jobs(options);
	for (unsigned defect = 0; defect < DEFECTS; defect++) {
		options = searches_defect(defect, SEARCH_WALK, true);
		options.max_depth = 50;
		check_jobs(options);
	}
}

TEST(another_seed_is_another_walk)
{
	struct search_options options = searches_defect(8, SEARCH_WALK, true); /* B9 takes long */
	struct search_result *first = search_run(&options), *again, *other;

	again = search_run(&options);
	searches_same(first, again);
	options.seed++;
	other = search_run(&options);
	searches_violated(other, &options, "another seed");
	ck_assert_uint_ne(first->walks, other->walks);
	ck_assert_uint_ne(first->transitions, other->transitions);
	search_result_free(first);
	search_result_free(again);
	search_result_free(other);
}

TEST(walks_take_as_many_steps_as_they_may)
{
	static const struct {
		uint64_t steps;
		unsigned length;
	} cases[] = { { 1, 200 }, { 199, 200 }, { 200, 200 }, { 1001, 10 }, { 77777, 1 },
		{ 100000, 1000000 } };
	struct machine_config config = searches_sound();

	config.may[MACHINE_EXITS] = 0; /* there is always something to be done */
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct search_options options = searches_options(&config, SEARCH_WALK);
		uint64_t steps = cases[i].steps, length = cases[i].length, taken = 0;
		struct search_result *result;

		options.steps = steps;
		options.max_depth = cases[i].length;
		result = search_run(&options);
		ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
		ck_assert_str_eq(search_ended_to_string(result->ended), "walk");
		ck_assert_uint_eq(result->transitions, steps);
		ck_assert_uint_eq(result->walks, (steps + length - 1) / length);
		ck_assert_uint_eq(result->depth, MIN(steps, length));
		ck_assert_uint_eq(result->states, 0);
		for (unsigned verb = 0; verb < VERB_COUNT; verb++)
			taken += result->taken[verb];
		ck_assert_uint_eq(taken, steps);
		search_result_free(result);
	}
}

TEST(a_walk_ends_where_nothing_can_be_done)
{
	struct machine_config config = searches_sound();
	struct search_options options;
	struct search_result *result;

	config.cpus_count = config.tasks_start = config.tasks_max = 1;
	config.allowed = 1;
	config.may[MACHINE_FORKS] = 0;
	options = searches_options(&config, SEARCH_WALK);
	options.steps = 100000;
	result = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(result->ended), "walk");
	ck_assert_uint_eq(result->transitions, 100000);
	ck_assert_uint_gt(result->walks, 2 * 100000 / SEARCHES_WALK);
	search_result_free(result);
}

/* I3, of a machine far beyond what can be exhausted. */
TEST(walks_find_a_live_lock_among_many_tasks)
{
	struct machine_config config = machines_busy_config("v3", 6, 5, 8);
	struct search_options options;
	struct search_result *result;

	memset(config.may, 0, sizeof(config.may));
	config.may[MACHINE_FORKS] = 3;
	config.reduced = true;
	options = searches_options(&config, SEARCH_WALK);
	options.check = CHECK_I3;
	result = search_run(&options);
	searches_violated(result, &options, "v3");
	ck_assert_uint_eq(result->broken, CHECK_I3);
	search_result_free(result);
}
