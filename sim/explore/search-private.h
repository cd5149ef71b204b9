/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_PRIVATE_H
#define CIDSIM_SIM_EXPLORE_SEARCH_PRIVATE_H

/* What the search and the way back from what it finds share. */

#include "sim/explore/expand.h"
#include "sim/explore/search.h"
#include "sim/explore/set.h"

struct search;

/* States in a queue, first in first out, in blocks. */
struct key_queue {
	GQueue blocks; /* of uint32_t arrays */
	unsigned words;
	size_t read, written; /* in the first and the last block, in states */
	uint64_t count;
};

/* States on their way to the thread that owns them. */
struct parcel {
	uint32_t count;
	bool last; /* of this level, from this thread */
	uint64_t hash[];
	/* the states follow */
};

struct worker {
	struct search *search;
	unsigned index;
	struct expander expander;
	struct state_set set;
	struct key_queue now, next;
	struct parcel **out; /* by owner */
	uint32_t *passed;    /* states passed on lately, by hash; their depth is 0 */
	GAsyncQueue *inbox;
	unsigned lasts; /* parcels of this level that were somebody's last */
	bool full;
	uint64_t transitions, spin_states;
	uint64_t taken[VERB_COUNT];
	/* the lowest state of this level that breaks something */
	unsigned broken;
	uint32_t found[PACK_WORDS_MAX];
	/* the way back: a state looked for, and the lowest one that leads there */
	uint32_t before[PACK_WORDS_MAX];
	bool has_before;
};

struct search {
	const struct search_options *options;
	struct pack_layout layout;
	struct worker *workers;
	unsigned jobs;
	unsigned depth;
	int stopped;          /* atomic: finish the level without looking at more */
	const uint32_t *goal; /* the way back */
	struct search_result *result;
};

/* Which thread a state of @hash belongs to. */
static inline unsigned search_owner(const struct search *search, uint64_t hash)
{
	/* the set uses the high bits */
	return (unsigned)((hash & UINT32_MAX) * search->jobs >> 32);
}

/* Run @work in all workers, and wait for them. */
void search_in_all(struct search *search, void (*work)(struct worker *worker));

/* Order of packed states, their depth left out. */
int search_compare(const struct search *search, const uint32_t *a, const uint32_t *b);

/* The steps from the start to @found, which is search.depth steps away. */
GArray *search_way(struct search *search, const uint32_t *found);

#endif
