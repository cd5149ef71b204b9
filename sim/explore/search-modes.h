/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_MODES_H
#define CIDSIM_SIM_EXPLORE_SEARCH_MODES_H

/* The searches behind search_run(), and what they share. */

#include "sim/explore/expand.h"
#include "sim/explore/search.h"

enum { SEARCH_ASK_AT_ONCE = 8192 /* states between questions whether to stop */ };

/* Each as search_run() with its mode. */
struct search_result *search_breadth_first(const struct search_options *options);
struct search_result *search_depth_first(const struct search_options *options);
struct search_result *search_bit_state(const struct search_options *options);
struct search_result *search_walks(const struct search_options *options);

/* A result without a verdict yet, of states of @layout. */
struct search_result *search_result_new(const struct pack_layout *layout);

void search_end(struct search_result *result, enum search_verdict verdict, const char *ended);

/* Run @work for each index below @count, each in a thread of its own, and wait for all. */
void search_in_threads(unsigned count, void (*work)(void *context, unsigned index), void *context);

/* The steps through the states of @way, which are @length steps, from the machine as it begins. The
 * caller frees the array of explore_step. */
GArray *search_forward(struct expander *expander, const uint32_t *way, unsigned length);

/*
 * End @result with a violation: @steps lead from the start to a state that breaks result.broken.
 * Steps are left out of them as long as what is told first of these is broken all the same and the
 * work is not too much. Takes @steps.
 */
void search_end_shortened(struct search_result *result, const struct search_options *options,
	struct expander *expander, GArray *steps);

#endif
