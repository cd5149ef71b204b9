/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_SET_H
#define CIDSIM_SIM_EXPLORE_STATE_SET_H

/*
 * The set of states seen so far: open addressing, a state of a few 32-bit words in each slot and
 * nothing else. A slot is free while the depth field of its last word is 0 (pack.h); the
 * depth is not part of what is compared. Slots lie in the order of their hashes, so the table grows
 * in one pass over it, and gives back the old one behind that pass: growing needs no memory of its
 * own. It grows to twice its size while it is small, then by a quarter: from a million slots on
 * between 5/8 and 5/6 of them are in use, and up to 15/16 where memory ends.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/hash.h"
#include "sim/explore/state/pack.h"

struct state_set {
	uint32_t *slots;
	unsigned words;    /* of a state */
	uint64_t capacity; /* slots that a hash can point at */
	uint64_t count;
	size_t bytes;     /* mapped */
	size_t bytes_max; /* what it may grow to */
};

enum set_answer { SET_NEW, SET_KNOWN, SET_FULL };

/* @words of each state; at most @bytes_max bytes. Returns false if there is no memory. */
bool set_init(struct state_set *set, unsigned words, size_t bytes_max);
void set_free(struct state_set *set);

/* Forget all states. */
void set_clear(struct state_set *set);

/* What of the last word of a state is not its depth. */
#define SET_STATE_MASK (UINT32_MAX >> PACK_DEPTH_BITS)

/* The hash of the state of @words words at @key, whatever its depth. */
static inline uint64_t set_hash(const uint32_t *key, unsigned words)
{
	uint64_t hash = words, pair;
	unsigned i = 0;

	for (; i + 2 < words; i += 2) {
		pair = key[i] | (uint64_t)key[i + 1] << 32;
		hash = hash_pair(hash ^ pair, pair);
	}
	pair = i + 1 == words ? key[i] & SET_STATE_MASK
	                      : key[i] | (uint64_t)(key[i + 1] & SET_STATE_MASK) << 32;
	return hash_pair(hash ^ pair, pair * UINT64_C(0xff51afd7ed558ccd));
}

/* Add the state at @key, with its depth, of hash @hash. SET_FULL: it is not known, and there is no
 * room for it within bytes_max. */
enum set_answer set_add(struct state_set *set, const uint32_t *key, uint64_t hash);

/* Whether the state at @key is known. Only tests ask: a search adds. */
bool set_has(const struct state_set *set, const uint32_t *key, uint64_t hash);

/* The slot at which the search for a state of @hash begins. */
static inline uint64_t set_home(const struct state_set *set, uint64_t hash)
{
	return wide_product_high(hash, set->capacity);
}

/* Bring what set_add() will look at first into the cache. */
static inline void set_prefetch(const struct state_set *set, uint64_t hash)
{
	__builtin_prefetch(set->slots + set_home(set, hash) * set->words, 1);
}

#endif
