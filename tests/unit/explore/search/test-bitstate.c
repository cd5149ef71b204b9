/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Bit state, compared with breadth first. */

#include <stdlib.h>
#include <string.h>

#include "sim/explore/explore.h"
#include "tests/lib/defects.h"
#include "tests/lib/machines.h"
#include "tests/lib/searches.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 120);

TEST(bit_state_with_room_sees_nearly_all)
{
	struct machine_config config = searches_sound();
	struct search_options options = searches_options(&config, SEARCH_BFS);
	struct search_result *all = search_run(&options), *bits;

	options.mode = SEARCH_BITSTATE;
	bits = search_run(&options);
	ck_assert_int_eq(bits->verdict, SEARCH_UNDECIDED);
	ck_assert_str_eq(search_ended_to_string(bits->ended), "bitstate");
	ck_assert_uint_le(bits->states, all->states);
	ck_assert_uint_ge(bits->states, all->states - 2);
	ck_assert_uint_eq(bits->missed, 0);
	ck_assert_uint_eq(bits->bits, (uint64_t)SEARCHES_MEMORY / 8 * 7 * 8);
	ck_assert_uint_le(bits->bits_set, 3 * bits->states);
	ck_assert_uint_gt(bits->bits_set, 3 * bits->states - bits->states / 50);
	search_result_free(all);
	search_result_free(bits);
}

TEST(bit_state_without_room_knows_about_how_many_it_misses)
{
	struct machine_config config = searches_sound();
	struct search_options options = searches_options(&config, SEARCH_BFS);
	struct search_result *all = search_run(&options), *bits;
	uint64_t missed;

	options.mode = SEARCH_BITSTATE;
	options.memory = all->states * 2; /* 14 bits for each */
	bits = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(bits->ended), "bitstate");
	missed = all->states - bits->states;
	ck_assert_uint_gt(missed, all->states / 1000);
	ck_assert_uint_lt(missed, all->states / 4);
	ck_assert_uint_gt(bits->missed, missed / 2);
	ck_assert_uint_lt(bits->missed, missed + missed / 5);
	ck_assert_uint_lt(bits->bits_set, bits->bits);
	search_result_free(all);
	search_result_free(bits);
}

TEST(bit_state_ends_at_its_limits)
{
	struct machine_config config = searches_sound();
	struct search_options options = searches_options(&config, SEARCH_BITSTATE);
	struct search_result *result;

	options.max_states = 1000;
	result = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(result->ended), "max-states");
	search_result_free(result);
	options.max_states = 0;
	options.max_depth = 5;
	result = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(result->ended), "max-depth");
	search_result_free(result);
	options.max_depth = 0;
	options.memory = 16 << 10; /* the stack gets less than its first block */
	result = search_run(&options);
	ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
	ck_assert_str_eq(search_ended_to_string(result->ended), "memory");
	search_result_free(result);
}
