/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Depth first, compared with breadth first. */

#include <stdlib.h>
#include <string.h>

#include "sim/explore/explore.h"
#include "tests/lib/defects.h"
#include "tests/lib/machines.h"
#include "tests/lib/searches.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 120);

static void check_all_seen(const struct machine_config *config)
{
	struct search_options options = searches_options(config, SEARCH_BFS);
	struct search_result *breadth = search_run(&options), *depth;

	options.mode = SEARCH_DFS;
	depth = search_run(&options);
	ck_assert_int_eq(depth->verdict, SEARCH_HOLDS);
	ck_assert_str_eq(search_ended_to_string(depth->ended), "exhausted");
	ck_assert_uint_eq(depth->states, breadth->states);
	ck_assert_uint_eq(depth->transitions, breadth->transitions);
	ck_assert_uint_eq(depth->spin_states, breadth->spin_states);
	ck_assert_mem_eq(depth->taken, breadth->taken, sizeof(depth->taken));
	ck_assert_uint_ge(depth->depth, breadth->depth);
	ck_assert_uint_eq(depth->state_bytes, breadth->state_bytes);
	search_result_free(breadth);
	search_result_free(depth);
}

TEST(depth_first_sees_what_breadth_first_sees)
{
	struct machine_config config = searches_sound();

	check_all_seen(&config);
	config.any_cpu_order = config.any_task_order = true;
	config.allowed = 3;
	check_all_seen(&config);
	config.protocol.split_get = true;
	check_all_seen(&config);
	config = searches_sound();
	config.reduced = false;
	config.tasks_start = 2;
	config.tasks_max = 3;
	check_all_seen(&config);
}

TEST(depth_first_ends_at_its_limits)
{
	struct machine_config config = searches_sound();
	struct search_options options = searches_options(&config, SEARCH_DFS);
	struct search_result *result;

	options.max_states = 1000;
	result = search_run(&options);
	ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
	ck_assert_str_eq(search_ended_to_string(result->ended), "max-states");
	ck_assert_uint_ge(result->states, 1000);
	ck_assert_uint_lt(result->states, 1100);
	search_result_free(result);
	options.max_states = 0;
	options.max_depth = 5;
	result = search_run(&options);
	ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
	ck_assert_str_eq(search_ended_to_string(result->ended), "max-depth");
	ck_assert_uint_eq(result->depth, 5);
	search_result_free(result);
	options.max_depth = 1 << 20;
	result = search_run(&options);
	ck_assert_int_eq(result->verdict, SEARCH_HOLDS);
	search_result_free(result);
}

TEST(a_state_at_max_depth_is_looked_at)
{
	struct search_options options = searches_defect(0, SEARCH_DFS, true);
	struct search_result *result;

	options.max_depth = 3;
	result = search_run(&options);
	searches_violated(result, &options, "3");
	ck_assert_uint_le(result->found_depth, 3);
	search_result_free(result);
	options.max_depth = 2;
	result = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(result->ended), "max-depth");
	search_result_free(result);
}

TEST(depth_first_keeps_within_its_memory)
{
	struct machine_config config = searches_sound();
	struct search_options options = searches_options(&config, SEARCH_DFS);
	struct search_result *result;

	options.memory = 1 << 20;
	result = search_run(&options);
	ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
	ck_assert_str_eq(search_ended_to_string(result->ended), "memory");
	ck_assert_uint_le(result->bytes, options.memory);
	ck_assert_uint_gt(result->bytes, options.memory / 2);
	ck_assert_uint_gt(result->states, 10000);
	search_result_free(result);
}
