/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>

#include "sim/explore/coverage.h"

#include "tests/lib/suite.h"

static struct search_result result;
static struct explore_outcome outcome;

static void set_up(void)
{
	result = (struct search_result){ .verdict = SEARCH_UNDECIDED, .ended = SEARCH_MEMORY };
	outcome = (struct explore_outcome){ .search = &result };
}

static void check_report(const char *expected)
{
	g_autoptr(GString) text = g_string_new(NULL);

	coverage_report(text, &outcome);
	ck_assert_str_eq(text->str, expected);
}

SUITE(.before = set_up, .after = NULL);

TEST(states_are_reported)
{
	result.states = 148;
	result.state_bytes = 12;
	result.transitions = 431;
	result.depth = 11;
	result.widest = 28;
	result.spin_states = 2;
	check_report("  148 states of 12 bytes, 431 steps, depth 11, widest level 28\n"
		     "  states that spin: 2\n");
	result.verdict = SEARCH_HOLDS;
	outcome.limits.mode = SEARCH_DFS;
	check_report("  148 states of 12 bytes, 431 steps, depth first, depth 11\n"
		     "  states that spin: 2; exhausted\n");
	outcome.states_renamed = 77;
	outcome.limits.mode = SEARCH_BFS;
	check_report("  148 states of 12 bytes, 431 steps, depth 11, widest level 28\n"
		     "  states that spin: 2; exhausted\n"
		     "  A first search with interchangeable names saw 77 states; it was repeated "
		     "with names.\n");
}

static void check_bits(uint64_t set, uint64_t bits, uint64_t missed, const char *expected)
{
	g_autofree char *whole =
		g_strconcat("  0 states of 0 bytes, 0 steps, depth first, depth 0\n"
			    "  states that spin: 0\n  Bit state: ",
			expected, "\n", NULL);

	outcome.limits.mode = SEARCH_BITSTATE;
	result.bits_set = set;
	result.bits = bits;
	result.missed = missed;
	check_report(whole);
}

TEST(bits_are_reported_and_what_may_be_missed)
{
	check_bits(442, 30064771072, 0,
		"442 of 30064771072 bits set, 0.0000 %.\n  Missed: probably none.");
	check_bits(1, 8, 1,
		"1 of 8 bits set, 12.5000 %.\n  Missed: about 1 states whose bits others had set, "
		"and what only those lead to.");
	check_bits(99999, 100000, 123456789,
		"99999 of 100000 bits set, 99.9990 %.\n  Missed: about 123456789 states whose bits "
		"others had set, and what only those lead to.");
	/* the product of these does not fit into 64 bits */
	check_bits(UINT64_C(3) << 44, UINT64_C(1) << 47, 0,
		"52776558133248 of 140737488355328 bits set, 37.5000 %.\n  Missed: probably none.");
}

TEST(walks_are_reported)
{
	outcome.limits.mode = SEARCH_WALK;
	outcome.limits.max_depth = 200;
	outcome.limits.seed = UINT64_MAX;
	result.walks = 51;
	result.transitions = 10001;
	result.spin_states = 3;
	check_report("  Random walks: 51 of at most 200 steps, seed 18446744073709551615; 10001 "
		     "steps\n  times a get spun: 3\n");
}

TEST(the_report_says_why_nothing_is_decided)
{
	ck_assert_str_eq(coverage_undecided(&outcome), "not all states were seen");
	outcome.limits.mode = SEARCH_BITSTATE;
	ck_assert_str_eq(coverage_undecided(&outcome), "not all states were seen");
	result.ended = SEARCH_BITSTATE_OVER;
	ck_assert_str_eq(coverage_undecided(&outcome),
		"nothing was found, but bit states are not exhaustive");
	outcome.limits.mode = SEARCH_WALK;
	result.ended = SEARCH_WALKS_OVER;
	ck_assert_str_eq(coverage_undecided(&outcome),
		"nothing was found, but random walks are not exhaustive");
	result.ended = SEARCH_INTERRUPTED;
	ck_assert_str_eq(coverage_undecided(&outcome), "the walks were not finished");
}
