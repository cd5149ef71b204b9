/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_DEPTH_H
#define CIDSIM_SIM_EXPLORE_SEARCH_DEPTH_H

/*
 * Depth first, with any set of the states seen so far. All new successors of a state are put on the
 * stack at once, and the last one is looked at first. So each state is expanded once, and the cache
 * misses of its successors overlap.
 *
 *             put on the stack          on top: looked at           on top again
 *     (new) ------------------> WAITS ---------------------> EXPANDED ----------> (taken off)
 *                                 |
 *                                 +--- too far away: taken off unseen, the search is cut
 *
 * The EXPANDED states are the path to the one on top. The search has one thread.
 */

#include "sim/explore/search/search.h"
#include "sim/explore/state/set.h"

/* The states seen. */
struct depth_seen {
	void *context;
	enum search_ended over; /* why the search ends where nothing was found and nothing left out */
	void (*prefetch)(const void *context, uint64_t hash);
	/* Of SET_FULL the search ends. */
	enum set_answer (*add)(void *context, const uint32_t *key, uint64_t hash);
	/* The stack takes @stack_bytes bytes. Returns how many it may take. */
	size_t (*share)(void *context, size_t stack_bytes);
	size_t (*bytes)(const void *context);
};

/* Search, with states of @layout. */
struct search_result *depth_search(const struct search_options *options,
	const struct pack_layout *layout, const struct depth_seen *seen);

#endif
