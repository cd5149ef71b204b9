/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Why a search ends says its verdict; it ends once. */

#include "sim/explore/search/result.h"

#include <signal.h>

#include "tests/lib/suite.h"

static const struct {
	enum search_ended ended;
	enum search_verdict verdict;
	const char *word;
} endings[] = {
	{ SEARCH_EXHAUSTED, SEARCH_HOLDS, "exhausted" },
	{ SEARCH_VIOLATION, SEARCH_VIOLATED, "violation" },
	{ SEARCH_MAX_STATES, SEARCH_UNDECIDED, "max-states" },
	{ SEARCH_MAX_DEPTH, SEARCH_UNDECIDED, "max-depth" },
	{ SEARCH_MEMORY, SEARCH_UNDECIDED, "memory" },
	{ SEARCH_INTERRUPTED, SEARCH_UNDECIDED, "interrupted" },
	{ SEARCH_BITSTATE_OVER, SEARCH_UNDECIDED, "bitstate" },
	{ SEARCH_WALKS_OVER, SEARCH_UNDECIDED, "walk" },
};

static struct search_result *begin(void)
{
	const struct pack_layout layout = { .words = 4 };

	return search_result_new(&layout);
}

SUITE(.timeout = 60);

TEST_ROWS(each_reason_has_a_verdict_and_a_word, endings)
{
	struct search_result *result = begin();

	ck_assert_uint_eq(result->state_bytes, 16);
	ck_assert_uint_eq(result->steps->len, 0);
	result->broken = endings[_i].ended == SEARCH_VIOLATION;
	search_end(result, endings[_i].ended);
	ck_assert_int_eq(result->verdict, endings[_i].verdict);
	ck_assert_str_eq(search_ended_to_string(result->ended), endings[_i].word);
	search_result_free(result);
}

TEST(verdicts_have_words)
{
	ck_assert_str_eq(search_verdict_to_string(SEARCH_HOLDS), "holds");
	ck_assert_str_eq(search_verdict_to_string(SEARCH_VIOLATED), "violated");
	ck_assert_str_eq(search_verdict_to_string(SEARCH_UNDECIDED), "undecided");
}

TEST_SIGNAL(a_search_that_ends_twice_is_our_bug, SIGABRT)
{
	struct search_result *result = begin();

	search_end(result, SEARCH_MEMORY);
	search_end(result, SEARCH_MEMORY);
}

TEST_SIGNAL(a_violation_of_nothing_is_our_bug, SIGABRT)
{
	search_end(begin(), SEARCH_VIOLATION);
}

TEST_SIGNAL(something_broken_that_is_no_violation_is_our_bug, SIGABRT)
{
	struct search_result *result = begin();

	result->broken = 1;
	search_end(result, SEARCH_EXHAUSTED);
}
