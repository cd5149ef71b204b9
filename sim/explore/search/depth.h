/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_DEPTH_H
#define CIDSIM_SIM_EXPLORE_SEARCH_DEPTH_H

/*
 * Depth first, whatever it is that knows the states seen so far. All that comes next after a state
 * is put on the stack at once, as far as it is new, and what was put there last is looked at first:
 * so each state is expanded once, and the misses in the cache of its successors overlap.
 *
 *             put on the stack          on top: looked at           on top again
 *     (new) ------------------> WAITS ---------------------> EXPANDED ----------> (taken off)
 *                                 |
 *                                 +--- too far away: taken off unseen, the search is cut
 *
 * The states that are EXPANDED are the path to the one on top. All of it is one thread's.
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
