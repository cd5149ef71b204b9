/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SET_H
#define CIDSIM_SIM_EXPLORE_SET_H

/*
 * The set of states seen so far: open addressing, a state of a few 32-bit words in each slot and
 * nothing else. A slot is free while the depth field of its last word is 0 (explore/pack.h); the
 * depth is not part of what is compared. Slots lie in the order of their hashes, so the table grows
 * by a quarter in one pass over it, and gives back the old one behind that pass: between 5/8 and
 * 5/6 of it are in use whatever the number of states, and growing needs no memory of its own.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* The hash of the state at @key, whatever its depth. */
uint64_t set_hash(const uint32_t *key, unsigned words);

/* Add the state at @key, with its depth, of hash @hash. SET_FULL: it is not known, and there is no
 * room for it within bytes_max. */
enum set_answer set_add(struct state_set *set, const uint32_t *key, uint64_t hash);

bool set_has(const struct state_set *set, const uint32_t *key, uint64_t hash);

/* Bring what set_add() will look at first into the cache. */
static inline uint64_t set_home(const struct state_set *set, uint64_t hash)
{
	__extension__ typedef unsigned __int128 wide;

	return (uint64_t)((wide)hash * set->capacity >> 64);
}

static inline void set_prefetch(const struct state_set *set, uint64_t hash)
{
	__builtin_prefetch(set->slots + set_home(set, hash) * set->words, 1);
}

/* The @index-th slot, below set_slots(): a state, or NULL. */
const uint32_t *set_slot(const struct state_set *set, uint64_t index);
uint64_t set_slots(const struct state_set *set);

#endif
