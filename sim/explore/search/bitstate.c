/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE */
#include <sys/mman.h>

#include "sim/explore/search/depth.h"
#include "sim/explore/search/modes.h"
#include "sim/explore/search/result.h"

/*
 * Depth first with three bits for each state, which three parts of its hash choose. They lie in one
 * block of the size of a cache line, so that a state costs one miss and not three. If other states
 * have set all bits of a new state, it looks like an old one: it is missed, and so are the states
 * that only it leads to.
 */

enum {
	BLOCK_WORDS = 8,
	BLOCK_BITS = BLOCK_WORDS * 64,
	BLOCK_SHIFT = 9,
	HASHES = 3,
	STACK_SHARE = 8,    /* one part in 8 of the memory is for the stack */
	FRACTION_BITS = 24, /* of what is counted in parts of a state */
};

struct bit_array {
	uint64_t *words;
	uint64_t blocks;
	uint64_t set;
	uint64_t missed; /* in 2^-FRACTION_BITS */
	size_t stack_bytes_max;
};

static uint64_t *block_of(const struct bit_array *bits, uint64_t hash)
{
	return bits->words + wide_product_high(hash, bits->blocks) * BLOCK_WORDS;
}

static void prefetch(const void *context, uint64_t hash)
{
	__builtin_prefetch(block_of(context, hash), 1);
}

/*
 * A new state falls into @block. How many new states are missed there for each one that is seen to
 * be new? With k of n bits set, one state in (n/k)^3 finds its three bits set by others.
 */
static uint64_t missed_beside(const uint64_t *block)
{
	uint64_t all = (uint64_t)BLOCK_BITS * BLOCK_BITS * BLOCK_BITS, set = 0;

	for (unsigned i = 0; i < BLOCK_WORDS; i++)
		set += (uint64_t)__builtin_popcountll(block[i]);
	g_assert(set < BLOCK_BITS); /* one of its own was clear */
	set = set * set * set;
	return (set << FRACTION_BITS) / (all - set);
}

static enum set_answer add(void *context, const uint32_t *key, uint64_t hash)
{
	struct bit_array *bits = context;
	uint64_t *block = block_of(bits, hash), missed = 0;
	unsigned fresh = 0;

	(void)key;
	for (unsigned i = 0; i < HASHES; i++) {
		/* the block is chosen by the high bits */
		unsigned bit = hash >> (i * BLOCK_SHIFT) & (BLOCK_BITS - 1);
		uint64_t mask = UINT64_C(1) << (bit & 63);

		if (block[bit / 64] & mask)
			continue;
		if (fresh++ == 0)
			missed = missed_beside(block);
		block[bit / 64] |= mask;
	}
	bits->set += fresh;
	bits->missed += missed;
	return fresh > 0 ? SET_NEW : SET_KNOWN;
}

static size_t share(void *context, size_t stack_bytes)
{
	(void)stack_bytes;
	return ((const struct bit_array *)context)->stack_bytes_max;
}

static size_t bytes(const void *context)
{
	return ((const struct bit_array *)context)->blocks * BLOCK_WORDS * sizeof(uint64_t);
}

/* Pages that nothing was written to cost nothing: a small search takes little of a large array. */
static bool bits_init(struct bit_array *bits, size_t memory)
{
	void *words;

	bits->stack_bytes_max = memory / STACK_SHARE;
	bits->blocks = (memory - bits->stack_bytes_max) / (BLOCK_WORDS * sizeof(uint64_t));
	g_assert(bits->blocks > 0);
	words = mmap(NULL, bytes(bits), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	bits->words = words == MAP_FAILED ? NULL : words;
	return bits->words != NULL;
}

struct search_result *search_bit_state(
	const struct search_options *options, const struct pack_layout *layout)
{
	struct bit_array bits = { 0 };
	const struct depth_seen seen = { &bits, SEARCH_BITSTATE_OVER, prefetch, add, share, bytes };
	struct search_result *result;

	if (bits_init(&bits, options->memory)) {
		result = depth_search(options, layout, &seen);
		munmap(bits.words, bytes(&bits));
	} else {
		result = search_result_new(layout);
		search_end(result, SEARCH_MEMORY);
	}
	result->set_bytes = bytes(&bits);
	result->bits = bits.blocks * BLOCK_BITS;
	result->bits_set = bits.set;
	g_assert(result->bits_set <= result->bits);
	result->missed = bits.missed >> FRACTION_BITS;
	return result;
}
