/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/coverage.h"

#include <inttypes.h>

#include "sim/base/wide.h"

static void add_walks(GString *text, const struct explore_outcome *outcome)
{
	const struct search_result *search = outcome->search;

	g_assert(search->states == 0);
	g_string_append_printf(text,
		"  Random walks: %" PRIu64 " of at most %u steps, seed %" PRIu64 "; %" PRIu64
		" steps\n  times a get spun: %" PRIu64 "\n",
		search->walks, outcome->limits.max_depth, outcome->limits.seed, search->transitions,
		search->spin_states);
}

static void add_states(GString *text, const struct explore_outcome *outcome)
{
	const struct search_result *search = outcome->search;

	g_string_append_printf(text,
		"  %" PRIu64 " states of %u bytes, %" PRIu64 " steps, %sdepth %u", search->states,
		search->state_bytes, search->transitions,
		outcome->limits.mode == SEARCH_BFS ? "" : "depth first, ", search->depth);
	if (outcome->limits.mode == SEARCH_BFS)
		g_string_append_printf(text, ", widest level %" PRIu64, search->widest);
	g_string_append_printf(text, "\n  states that spin: %" PRIu64 "%s\n", search->spin_states,
		search->verdict == SEARCH_HOLDS ? "; exhausted" : "");
}

static void add_bits(GString *text, const struct search_result *search)
{
	unsigned millionths;
	uint64_t rest;

	g_assert(search->bits > 0 && search->bits_set <= search->bits);
	millionths = (unsigned)wide_quotient(
		wide_product(search->bits_set, 1000000), search->bits, &rest)
			     .low;
	g_string_append_printf(text,
		"  Bit state: %" PRIu64 " of %" PRIu64 " bits set, %u.%04u %%.\n  Missed: ",
		search->bits_set, search->bits, millionths / 10000, millionths % 10000);
	if (search->missed == 0)
		g_string_append(text, "probably none.\n");
	else
		g_string_append_printf(text,
			"about %" PRIu64 " states whose bits others had set, and what only those "
			"lead to.\n",
			search->missed);
}

void coverage_report(GString *text, const struct explore_outcome *outcome)
{
	const struct search_result *search = outcome->search;

	g_assert((search->walks > 0) <= (outcome->limits.mode == SEARCH_WALK));
	if (outcome->limits.mode == SEARCH_WALK)
		add_walks(text, outcome);
	else
		add_states(text, outcome);
	if (outcome->limits.mode == SEARCH_BITSTATE)
		add_bits(text, search);
	if (outcome->states_renamed)
		g_string_append_printf(text,
			"  A first search with interchangeable names saw %" PRIu64
			" states; it was repeated with names.\n",
			outcome->states_renamed);
}

const char *coverage_undecided(const struct explore_outcome *outcome)
{
	switch (outcome->search->ended) {
	case SEARCH_BITSTATE_OVER:
		return "nothing was found, but bit states are not exhaustive";
	case SEARCH_WALKS_OVER:
		return "nothing was found, but random walks are not exhaustive";
	case SEARCH_MAX_STATES:
	case SEARCH_MAX_DEPTH:
	case SEARCH_MEMORY:
	case SEARCH_INTERRUPTED:
		return outcome->limits.mode == SEARCH_WALK ? "the walks were not finished"
		                                           : "not all states were seen";
	case SEARCH_GOES_ON:
	case SEARCH_EXHAUSTED:
	case SEARCH_VIOLATION:
		break;
	}
	g_assert_not_reached();
}
