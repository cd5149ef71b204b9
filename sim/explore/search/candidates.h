/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_CANDIDATES_H
#define CIDSIM_SIM_EXPLORE_SEARCH_CANDIDATES_H

/*
 * States that one thread has reached, known or not: put aside until they are sorted and compared
 * with all known ones. They lie in buckets by the highest bits of their numbers, so that a bucket
 * can be sorted in the cache of a CPU, and each by another thread.
 *
 * A bucket is chunks. The first word of a chunk is the address of the chunk before it. To leave out
 * the states that were put aside more than once, a bucket is read into a sieve, given up, and
 * filled again from the sieve: candidates_give_up().
 */

#include <glib.h>

#include "sim/explore/search/sieve.h"

enum {
	CANDIDATES_CHUNK = 4096, /* bytes, a page */
	CANDIDATES_BITS_MAX = 13 /* of a bucket's number */
};

struct candidates {
	unsigned shift; /* the bucket of a state: its number without so many bits */
	unsigned buckets_count;
	state_id **buckets; /* where the next state goes; where a chunk begins: nowhere yet */
	uint64_t chunks, chunks_most; /* in use, and at the most so far */
	GPtrArray *slabs;             /* memory for chunks */
	state_id *free; /* a chunk that was given up, and so on as in a bucket; NULL: none */
};

void candidates_init(struct candidates *candidates);
void candidates_clear(struct candidates *candidates);

/* Forget all states, and take 2^@bits buckets, from 1 to CANDIDATES_BITS_MAX. */
void candidates_begin(struct candidates *candidates, unsigned bits);

/* Where a bucket of which a chunk is full, or which has none, goes on. */
state_id *candidates_next_chunk(struct candidates *candidates, state_id *end);

static inline void candidates_add(struct candidates *candidates, state_id id)
{
	state_id **bucket = &candidates->buckets[id >> candidates->shift];

	if (((uintptr_t)*bucket & (CANDIDATES_CHUNK - 1)) == 0)
		*bucket = candidates_next_chunk(candidates, *bucket);
	*(*bucket)++ = id;
}

/* How many states are in bucket @bucket. */
uint64_t candidates_count(const struct candidates *candidates, unsigned bucket);

/* Put the states of bucket @bucket into @sieve. */
void candidates_sift(const struct candidates *candidates, unsigned bucket, struct sieve *sieve);

/* Bucket @bucket becomes empty. @to, which may be @candidates, uses its chunks again, until
 * candidates_begin(). Another thread may use other buckets meanwhile. */
void candidates_give_up(struct candidates *candidates, unsigned bucket, struct candidates *to);

/* Bytes of chunks that were in use at once, at the most. */
static inline size_t candidates_bytes(const struct candidates *candidates)
{
	return (size_t)MAX(candidates->chunks, candidates->chunks_most) * CANDIDATES_CHUNK;
}

#endif
