/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What all searches have in common. */

#include <stdlib.h>
#include <string.h>

#include "sim/explore/explore.h"
#include "tests/lib/defects.h"
#include "tests/lib/machines.h"
#include "tests/lib/searches.h"
#include "tests/lib/suite.h"

enum { MODES = 4 };

static const enum search_mode modes[MODES] = { SEARCH_BFS, SEARCH_DFS, SEARCH_BITSTATE,
	SEARCH_WALK };

SUITE(.timeout = 120);

/* It is the order of reads that matters in B2: depth first sees millions of states before. */
static bool is_far(unsigned defect, enum search_mode mode)
{
	return strcmp(shipped_defects[defect].name, "b2") == 0 &&
	       (mode == SEARCH_DFS || mode == SEARCH_BITSTATE);
}

/* In each search the counterexample is not much longer than a shortest one. */
TEST_RANGE(each_search_finds_each_defect_and_a_short_way_to_it, 0, DEFECTS)
{
	unsigned shortest = 0;

	for (int i = 0; i < MODES; i++) {
		struct search_options options = searches_defect((unsigned)_i, modes[i], true);
		struct search_result *result;

		if (is_far((unsigned)_i, modes[i]))
			continue;
		result = search_run(&options);
		searches_violated(result, &options, shipped_defects[_i].name);
		if (modes[i] == SEARCH_BFS)
			shortest = result->depth;
		ck_assert(result->shortest == (modes[i] == SEARCH_BFS));
		ck_assert_uint_ge(result->depth, shortest);
		ck_assert_uint_le(result->depth, 2 * shortest);
		search_result_free(result);
	}
}

TEST_RANGE(walks_find_each_defect_where_nothing_is_reduced, 0, DEFECTS)
{
	struct search_options options = searches_defect((unsigned)_i, SEARCH_WALK, false);
	struct search_result *result;

	options.max_depth = 50;
	options.seed = 8; /* that of few that takes least */
	result = search_run(&options);
	searches_violated(result, &options, shipped_defects[_i].name);
	search_result_free(result);
}

TEST(only_what_is_asked_for_is_found)
{
	for (int i = 0; i < MODES; i++) {
		struct search_options options = searches_defect(0, modes[i], true); /* B1: I3 */
		struct search_result *result;

		options.check = CHECK_I6;
		options.steps = 10000;
		result = search_run(&options);
		ck_assert_int_ne(result->verdict, SEARCH_VIOLATED);
		ck_assert_uint_eq(result->broken, 0);
		ck_assert_uint_eq(result->steps->len, 0);
		ck_assert_uint_gt(result->spin_states, 0);
		search_result_free(result);
	}
}

/* A stop that comes with the first question. */
static bool stop(void *context)
{
	++*(unsigned *)context;
	return true;
}

static void count_progress(void *context, const struct search_progress *progress)
{
	ck_assert_uint_gt(progress->transitions + progress->states + progress->walks, 0);
	++*(unsigned *)context;
}

TEST(each_search_can_be_interrupted)
{
	struct machine_config config = searches_sound();

	for (int i = 0; i < MODES; i++) {
		struct search_options options = searches_options(&config, modes[i]);
		struct search_result *result;
		unsigned asked = 0;

		options.stop = stop;
		options.context = &asked;
		result = search_run(&options);
		ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
		ck_assert_str_eq(search_ended_to_string(result->ended), "interrupted");
		ck_assert_uint_ge(asked, 1);
		search_result_free(result);
	}
}

TEST(each_search_reports_how_far_it_is)
{
	struct machine_config config = searches_sound();

	for (int i = 0; i < MODES; i++) {
		struct search_options options = searches_options(&config, modes[i]);
		unsigned reports = 0;

		options.steps = SEARCHES_STEPS / 10;
		options.progress = count_progress;
		options.context = &reports;
		search_result_free(search_run(&options));
		ck_assert_uint_ge(reports, 2);
	}
}

/* Renamed: what is found is searched for again in the kernel's order, and can be played. */
TEST(what_is_found_without_names_can_be_played)
{
	for (int i = 0; i < MODES; i++) {
		struct search_options limits = searches_defect(0, modes[i], true);
		const struct explore_options options = {
			.machine = limits.config,
			.reduce = true,
			.symmetry = true,
			.limits = limits,
			.check = limits.check,
		};
		struct explore_outcome *outcome = explore_run(&options);

		ck_assert_int_eq(outcome->search->verdict, SEARCH_VIOLATED);
		ck_assert_ptr_nonnull(outcome->steps);
		ck_assert(!outcome->config.any_cpu_order && !outcome->config.any_task_order);
		ck_assert_int_eq(outcome->limits.mode, modes[i]);
		ck_assert(modes[i] == SEARCH_WALK || outcome->states_renamed > 0);
		explore_outcome_free(outcome);
	}
}
