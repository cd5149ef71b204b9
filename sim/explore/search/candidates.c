/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/candidates.h"

#include <string.h>

#include "sim/explore/state/pages.h"

enum {
	SLAB_CHUNKS = 512 /* 2 MiB: a huge page */
};

_Static_assert(sizeof(state_id) >= sizeof(void *), "a chunk's first word is an address");

static void free_slab(gpointer slab)
{
	pages_free(slab, (size_t)SLAB_CHUNKS * CANDIDATES_CHUNK);
}

void candidates_init(struct candidates *candidates)
{
	memset(candidates, 0, sizeof(*candidates));
	candidates->slabs = g_ptr_array_new_with_free_func(free_slab);
	candidates_begin(candidates, 1);
}

void candidates_clear(struct candidates *candidates)
{
	g_ptr_array_free(candidates->slabs, TRUE);
	g_free(candidates->buckets);
}

void candidates_begin(struct candidates *candidates, unsigned bits)
{
	g_assert(bits >= 1 && bits <= CANDIDATES_BITS_MAX);
	if (candidates->buckets_count != 1u << bits) {
		candidates->buckets_count = 1u << bits;
		candidates->buckets =
			g_renew(state_id *, candidates->buckets, candidates->buckets_count);
	}
	candidates->shift = 64 - bits;
	candidates->chunks_most = MAX(candidates->chunks_most, candidates->chunks);
	candidates->chunks = 0;
	candidates->free = NULL;
	for (unsigned i = 0; i < candidates->buckets_count; i++)
		candidates->buckets[i] = NULL;
}

static state_id *new_chunk(struct candidates *candidates)
{
	uint64_t number = candidates->chunks++;
	state_id *chunk;

	if (number / SLAB_CHUNKS == candidates->slabs->len) {
		void *slab = pages_new((size_t)SLAB_CHUNKS * CANDIDATES_CHUNK);

		if (!slab)
			g_error("no memory");
		g_ptr_array_add(candidates->slabs, slab);
	}
	chunk = g_ptr_array_index(candidates->slabs, number / SLAB_CHUNKS);
	return chunk + number % SLAB_CHUNKS * (CANDIDATES_CHUNK / sizeof(*chunk));
}

state_id *candidates_next_chunk(struct candidates *candidates, state_id *end)
{
	state_id *chunk = candidates->free;

	if (chunk)
		candidates->free = (state_id *)(uintptr_t)chunk[0];
	else
		chunk = new_chunk(candidates);
	chunk[0] = (uintptr_t)end;
	return chunk + 1;
}

/* Where the states of the last chunk, which end at @end, begin. */
static state_id *begin_of(state_id *end)
{
	return (state_id *)((uintptr_t)(end - 1) & ~(uintptr_t)(CANDIDATES_CHUNK - 1)) + 1;
}

uint64_t candidates_count(const struct candidates *candidates, unsigned bucket)
{
	state_id *end = candidates->buckets[bucket];
	uint64_t count = 0;

	while (end) {
		state_id *begin = begin_of(end);

		count += (uint64_t)(end - begin);
		end = (state_id *)(uintptr_t)begin[-1];
	}
	return count;
}

void candidates_sift(const struct candidates *candidates, unsigned bucket, struct sieve *sieve)
{
	state_id *end = candidates->buckets[bucket];

	while (end) {
		state_id *begin = begin_of(end);

		sieve_put(sieve, begin, (uint64_t)(end - begin));
		end = (state_id *)(uintptr_t)begin[-1];
	}
}

void candidates_give_up(struct candidates *candidates, unsigned bucket, struct candidates *to)
{
	state_id *end = candidates->buckets[bucket];

	candidates->buckets[bucket] = NULL;
	while (end) {
		state_id *chunk = begin_of(end) - 1;

		end = (state_id *)(uintptr_t)chunk[0];
		chunk[0] = (uintptr_t)to->free;
		to->free = chunk;
	}
}
