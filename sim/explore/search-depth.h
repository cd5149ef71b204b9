/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_DEPTH_H
#define CIDSIM_SIM_EXPLORE_SEARCH_DEPTH_H

/*
 * Depth first, whatever it is that knows the states seen so far. All that comes next after a state
 * is put on the stack at once, as far as it is new, and what was put there last is looked at first:
 * so each state is expanded once, and the misses in the cache of its successors overlap.
 */

#include "sim/explore/search.h"
#include "sim/explore/set.h"

/* The states seen. */
struct depth_seen {
	void *context;
	void (*prefetch)(const void *context, uint64_t hash);
	/* Of SET_FULL the search ends. */
	enum set_answer (*add)(void *context, const uint32_t *key, uint64_t hash);
	/* Told how many bytes the stack takes. Returns how many it may take. */
	size_t (*share)(void *context, size_t stack_bytes);
	size_t (*bytes)(const void *context);
};

/* Search, with states of @layout. result.ended is "exhausted" where nothing was found and nothing
 * left out: what that means is for the caller to say. */
struct search_result *depth_search(const struct search_options *options,
	const struct pack_layout *layout, const struct depth_seen *seen);

#endif
