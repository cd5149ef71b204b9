/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/result.h"

struct search_result *search_result_new(const struct pack_layout *layout)
{
	struct search_result *result = g_new0(struct search_result, 1);

	g_assert(layout->words >= 1 && layout->words <= PACK_WORDS_MAX);
	result->state_bytes = layout->words * (unsigned)sizeof(uint32_t);
	result->steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step));
	return result;
}

void search_result_free(struct search_result *result)
{
	if (!result)
		return;
	g_array_free(result->steps, TRUE);
	g_clear_error(&result->fault);
	g_free(result);
}

void search_result_take_steps(struct search_result *result, GArray *steps)
{
	g_assert(steps);
	g_array_free(result->steps, TRUE);
	result->steps = steps;
}

void search_end(struct search_result *result, enum search_ended ended)
{
	g_assert(ended != SEARCH_GOES_ON && result->ended == SEARCH_GOES_ON);
	g_assert((ended == SEARCH_VIOLATION) == (result->broken != 0));
	result->ended = ended;
	if (ended == SEARCH_VIOLATION)
		result->verdict = SEARCH_VIOLATED;
	else
		result->verdict = ended == SEARCH_EXHAUSTED ? SEARCH_HOLDS : SEARCH_UNDECIDED;
}

const char *search_ended_to_string(enum search_ended ended)
{
	static const char *const words[] = {
		[SEARCH_GOES_ON] = "goes-on",
		[SEARCH_EXHAUSTED] = "exhausted",
		[SEARCH_VIOLATION] = "violation",
		[SEARCH_MAX_STATES] = "max-states",
		[SEARCH_MAX_DEPTH] = "max-depth",
		[SEARCH_MEMORY] = "memory",
		[SEARCH_INTERRUPTED] = "interrupted",
		[SEARCH_BITSTATE_OVER] = "bitstate",
		[SEARCH_WALKS_OVER] = "walk",
	};

	g_assert((size_t)ended < G_N_ELEMENTS(words));
	return words[ended];
}

const char *search_verdict_to_string(enum search_verdict verdict)
{
	static const char *const words[] = {
		[SEARCH_HOLDS] = "holds",
		[SEARCH_VIOLATED] = "violated",
		[SEARCH_UNDECIDED] = "undecided",
	};

	g_assert((size_t)verdict < G_N_ELEMENTS(words));
	return words[verdict];
}
