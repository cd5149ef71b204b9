/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Breadth first: any number of threads gives the same, and each limit ends it. */

#include "sim/explore/search/search.h"

#include <glib.h>

#include "tests/lib/searches.h"
#include "tests/lib/sizes.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 250);

static void compare_threads(const struct machine_config *config, unsigned check)
{
	struct search_result *one = sizes_search(config, check, 1);

	for (unsigned jobs = 2; jobs <= 3; jobs++) {
		struct search_result *more = sizes_search(config, check, jobs);

		searches_same(one, more);
		search_result_free(more);
	}
	search_result_free(one);
}

TEST_ROWS(the_number_of_threads_changes_nothing, known_defects)
{
	const struct known_defect *defect = &known_defects[_i];
	struct machine_config config = sizes_config(defect->revision, &defect->size);

	compare_threads(&config, defect->check);
	sizes_rename(&config);
	compare_threads(&config, defect->check);
	if (defect->absent)
		config.protocol = revision_find(defect->absent)->protocol;
	compare_threads(&config, defect->check);
}

/* Limits */

static struct search_options options_of(const struct machine_config *config)
{
	return (struct search_options){
		.config = *config,
		.check = ALL & ~EXPLORE_RETURN,
		.jobs = 2,
		.memory = (size_t)1 << 30,
	};
}

static void expect_undecided(const struct search_options *options, const char *ended)
{
	struct search_result *result = search_run(options);

	ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
	ck_assert_str_eq(search_ended_to_string(result->ended), ended);
	ck_assert_uint_eq(result->steps->len, 0);
	ck_assert_uint_eq(result->broken, 0);
	search_result_free(result);
}

static const struct machine_size large = { 3, 3, 2, { [FORKS] = 2, [EXITS] = 2 }, false };

TEST(too_little_memory_leaves_it_undecided)
{
	struct machine_config config = sizes_config("7.1", &large);
	struct search_options options = options_of(&config);

	options.memory = 100000;
	expect_undecided(&options, "memory");
	options.memory = 500000;
	options.jobs = 1;
	expect_undecided(&options, "memory");
}

TEST(a_search_keeps_within_its_memory)
{
	struct machine_config config = searches_sound();
	struct search_options options = options_of(&config);
	struct search_result *result;

	options.memory = 1000000;
	options.jobs = 1;
	result = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(result->ended), "memory");
	ck_assert_uint_le(result->bytes, options.memory);
	ck_assert_uint_gt(result->bytes, options.memory / 2);
	search_result_free(result);
}

TEST_RANGE(where_memory_ends_does_not_depend_on_the_threads, 1, 6)
{
	struct machine_config config = sizes_config("7.1", &large);
	struct search_options options = options_of(&config);
	struct search_result *one, *more;

	options.memory = (size_t)_i * 100000;
	options.jobs = 1;
	one = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(one->ended), "memory");
	ck_assert_uint_gt(one->states, 500);
	for (options.jobs = 1; options.jobs <= 16; options.jobs += 5) {
		more = search_run(&options);
		searches_same(one, more);
		ck_assert_uint_eq(one->widest, more->widest);
		search_result_free(more);
	}
	search_result_free(one);
}

/* A level that memory cuts short adds nothing to what is known, but is looked at to its end. */
TEST(a_level_that_does_not_fit_counts_as_not_begun)
{
	struct machine_config config = sizes_config("7.1", &large);
	struct search_options options = options_of(&config);
	struct search_result *cut, *limited;

	options.memory = 300000;
	cut = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(cut->ended), "memory");
	options.memory = (size_t)1 << 30;
	options.max_depth = cut->depth - 1;
	limited = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(limited->ended), "max-depth");
	ck_assert_uint_eq(cut->states, limited->states);
	ck_assert_uint_eq(cut->transitions, limited->transitions);
	ck_assert_uint_eq(cut->widest, limited->widest);
	search_result_free(cut);
	search_result_free(limited);
}

/* So much memory that the search for nothing ends with it at @depth. */
static size_t memory_up_to(const struct search_options *asked, unsigned depth)
{
	struct search_options options = *asked;
	bool memory = true;
	unsigned reached;

	options.check = 0;
	for (options.memory = 0; memory; options.memory += 32) {
		struct search_result *result = search_run(&options);

		memory = result->ended == SEARCH_MEMORY;
		reached = result->depth;
		search_result_free(result);
		if (memory && reached == depth)
			return options.memory;
	}
	ck_abort_msg("no memory is used up at depth %u", depth);
}

TEST(a_violation_is_found_in_a_level_that_does_not_fit)
{
	struct machine_config config = sizes_config("v3", &known_defects[0].size);
	struct search_options options = options_of(&config);
	struct search_result *enough, *little;

	options.check = known_defects[0].check;
	enough = search_run(&options);
	ck_assert_int_eq(enough->verdict, SEARCH_VIOLATED);
	options.memory = memory_up_to(&options, enough->depth);
	for (options.jobs = 1; options.jobs <= 3; options.jobs++) {
		little = search_run(&options);
		searches_same(enough, little);
		search_result_free(little);
	}
	search_result_free(enough);
}

TEST(no_level_is_begun_with_as_many_states_as_may_be)
{
	struct machine_config config = sizes_config("7.1", &large);
	struct search_options options = options_of(&config);
	struct search_result *whole, *some;

	options.max_states = 2000;
	expect_undecided(&options, "max-states");
	some = search_run(&options);
	options.max_depth = some->depth;
	options.max_states = 0;
	whole = search_run(&options);
	ck_assert_uint_ge(some->states, 2000);
	ck_assert_uint_eq(some->states, whole->states);
	search_result_free(some);
	options.max_depth--;
	some = search_run(&options);
	ck_assert_uint_lt(some->states, 2000);
	search_result_free(some);
	search_result_free(whole);
}

TEST(no_state_further_away_is_looked_at)
{
	struct machine_config config = sizes_config("v3", &known_defects[0].size);
	struct search_options options = options_of(&config);
	struct search_result *result;

	options.check = CHECK_I3;
	options.max_depth = 2;
	expect_undecided(&options, "max-depth");
	options.max_depth = 3;
	result = search_run(&options);
	ck_assert_int_eq(result->verdict, SEARCH_VIOLATED);
	ck_assert_uint_eq(result->depth, 3);
	search_result_free(result);
}

/* A limit that is just reached does not matter. */
TEST(what_is_seen_within_the_limits_is_decided)
{
	struct machine_config config = sizes_config("7.1", &small_sizes[0]);
	struct search_options options = options_of(&config);
	struct search_result *result = search_run(&options), *again;

	ck_assert_int_eq(result->verdict, SEARCH_HOLDS);
	ck_assert_str_eq(search_ended_to_string(result->ended), "exhausted");
	options.max_depth = result->depth;
	options.max_states = result->states + 1;
	again = search_run(&options);
	searches_same(result, again);
	search_result_free(result);
	search_result_free(again);
}

static bool stop_after(void *context)
{
	int *left = context;

	return (*left)-- <= 0;
}

TEST_RANGE(who_asks_to_stop_leaves_it_undecided, 0, 4)
{
	struct machine_config config = sizes_config("7.1", &large);
	struct search_options options = options_of(&config);
	int left = _i;

	options.stop = stop_after;
	options.context = &left;
	expect_undecided(&options, "interrupted");
}

static void on_progress(void *context, const struct search_progress *progress)
{
	struct search_progress *last = context;

	ck_assert_uint_ge(progress->depth, last->depth);
	ck_assert_uint_gt(progress->bytes, 0);
	*last = *progress;
}

TEST_RANGE(progress_of_all_threads_is_reported_and_ends_with_the_result, 1, 4)
{
	struct machine_config config = sizes_config("7.1", &large);
	struct search_options options = options_of(&config);
	struct search_progress last = { 0 };
	struct search_result *result;

	options.jobs = (unsigned)_i;
	options.progress = on_progress;
	options.context = &last;
	result = search_run(&options);
	ck_assert_uint_eq(last.depth, result->depth);
	ck_assert_uint_eq(last.states, result->states);
	ck_assert_uint_eq(last.transitions, result->transitions);
	ck_assert_uint_eq(last.waiting, 0);
	search_result_free(result);
}
