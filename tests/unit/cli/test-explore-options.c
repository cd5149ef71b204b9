/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/cli/explore-one.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

/* The options of `cidsim explore` that say how to search: defaults, both ends of each range, words
 * that are none, and which options do not go together. */

static struct scenario *scenario;
static struct explore_arguments arguments;
static struct explore_options options;

static void start(void)
{
	scenario = sim_parse("[scenario]\nseed = 33\n[machine]\ncpus = 2\n[explore]\ntasks = 2\n");
}

static void stop(void)
{
	scenario_free(scenario);
}

SUITE(.before = start, .after = stop);

static bool reads(void)
{
	return explore_read_options(&arguments, scenario, &options);
}

TEST(without_options_it_is_breadth_first_with_all_reductions)
{
	ck_assert(reads());
	ck_assert(options.reduce && options.symmetry);
	ck_assert_int_eq(options.limits.mode, SEARCH_BFS);
	ck_assert_uint_ge(options.limits.jobs, 1);
	ck_assert_uint_eq(options.limits.seed, 33);
	ck_assert_uint_eq(options.limits.max_states, 0);
	ck_assert_uint_eq(options.limits.max_depth, 0);
	ck_assert_uint_ge(options.limits.memory, 16 << 20);
}

TEST(a_walk_has_a_length_and_bit_state_a_size_of_their_own)
{
	size_t memory;

	reads();
	memory = options.limits.memory;
	arguments.search = (char *)"walk";
	ck_assert(reads());
	ck_assert_uint_gt(options.limits.max_depth, 0);
	ck_assert_uint_gt(options.limits.steps, 0);
	arguments.search = (char *)"bitstate";
	ck_assert(reads());
	ck_assert_uint_ne(options.limits.memory, memory);
}

static const struct {
	size_t option; /* in struct explore_arguments */
	const char *text;
	bool good;
} texts[] = {
	{ offsetof(struct explore_arguments, jobs), "1", true },
	{ offsetof(struct explore_arguments, jobs), "64", true },
	{ offsetof(struct explore_arguments, jobs), "0", false },
	{ offsetof(struct explore_arguments, jobs), "65", false },
	{ offsetof(struct explore_arguments, jobs), "two", false },
	{ offsetof(struct explore_arguments, memory), "16M", true },
	{ offsetof(struct explore_arguments, memory), "16384K", true },
	{ offsetof(struct explore_arguments, memory), "16777216", true },
	{ offsetof(struct explore_arguments, memory), "16T", true },
	{ offsetof(struct explore_arguments, memory), "15M", false },
	{ offsetof(struct explore_arguments, memory), "17T", false },
	{ offsetof(struct explore_arguments, memory), "G", false },
	{ offsetof(struct explore_arguments, memory), "", false },
	{ offsetof(struct explore_arguments, memory), "1m", false },
	{ offsetof(struct explore_arguments, max_states), "1", true },
	{ offsetof(struct explore_arguments, max_states), "18446744073709551615", true },
	{ offsetof(struct explore_arguments, max_states), "18446744073709551616", false },
	{ offsetof(struct explore_arguments, max_depth), "510", true },
	{ offsetof(struct explore_arguments, max_depth), "511", false },
	{ offsetof(struct explore_arguments, max_depth), "0", false },
	{ offsetof(struct explore_arguments, symmetry), "off", true },
	{ offsetof(struct explore_arguments, symmetry), "no", false },
	{ offsetof(struct explore_arguments, reduce), "on", true },
	{ offsetof(struct explore_arguments, reduce), "On", false },
	{ offsetof(struct explore_arguments, seed), "0", true },
	{ offsetof(struct explore_arguments, seed), "-1", false },
	{ offsetof(struct explore_arguments, steps), "0", false },
	{ offsetof(struct explore_arguments, search), "dfs", true },
	{ offsetof(struct explore_arguments, search), "idfs", false },
};

TEST_ROWS(each_value_is_read_or_refused, texts)
{
	*(char **)((char *)&arguments + texts[_i].option) = (char *)texts[_i].text;
	ck_assert_int_eq(reads(), texts[_i].good);
}

TEST(values_are_what_was_written)
{
	arguments = (struct explore_arguments){ .memory = (char *)"3G",
		.jobs = (char *)"5",
		.max_states = (char *)"77",
		.max_depth = (char *)"9",
		.symmetry = (char *)"off",
		.reduce = (char *)"off",
		.seed = (char *)"18446744073709551615" };
	ck_assert(reads());
	ck_assert_uint_eq(options.limits.memory, (size_t)3 << 30);
	ck_assert_uint_eq(options.limits.jobs, 5);
	ck_assert_uint_eq(options.limits.max_states, 77);
	ck_assert_uint_eq(options.limits.max_depth, 9);
	ck_assert(!options.symmetry && !options.reduce);
	ck_assert_uint_eq(options.limits.seed, UINT64_MAX);
}

/* A path on the stack of a search depth first may be longer than one that is packed with each
 * state. */
TEST(only_breadth_first_has_a_short_limit_of_depth)
{
	arguments.max_depth = (char *)"511";
	arguments.search = (char *)"dfs";
	ck_assert(reads());
	ck_assert_uint_eq(options.limits.max_depth, 511);
}

static const struct {
	struct explore_arguments arguments;
	bool good;
} together[] = {
	{ { 0 }, true },
	{ { .steps = (char *)"5" }, false },
	{ { .seed = (char *)"5" }, false },
	{ { .search = (char *)"walk", .steps = (char *)"5", .seed = (char *)"5" }, true },
	{ { .search = (char *)"walk", .memory = (char *)"1G" }, false },
	{ { .search = (char *)"walk", .max_states = (char *)"5" }, false },
	{ { .search = (char *)"walk", .symmetry = (char *)"on" }, false },
	{ { .search = (char *)"walk", .symmetry = (char *)"off" }, true },
	{ { .search = (char *)"dfs", .jobs = (char *)"2" }, false },
	{ { .search = (char *)"dfs", .jobs = (char *)"1" }, true },
	{ { .search = (char *)"bitstate", .jobs = (char *)"2" }, false },
	{ { .search = (char *)"bfs", .jobs = (char *)"2" }, true },
	{ { .matrix = TRUE }, true },
	{ { .matrix = TRUE, .search = (char *)"dfs" }, false },
	{ { .search = (char *)"none" }, false },
};

TEST_ROWS(options_that_mean_nothing_together_are_refused, together)
{
	ck_assert_int_eq(explore_check_search(&together[_i].arguments), together[_i].good);
}
