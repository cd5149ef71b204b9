/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_IDS_H
#define CIDSIM_SIM_EXPLORE_STATE_IDS_H

/*
 * The set of states seen so far, as the numbers of their parts (parts.h), that threads share: open
 * addressing, 8 bytes for each state, and its depth with it.
 *
 *     63 ..... 55   54 ..................................... 0
 *     depth + 1     the state_id without PARTS_JUDGED, narrowed: each part as wide as it has to be
 *
 * A slot is free while it is 0. A thread takes one by compare and swap; none is ever given back.
 * Slots lie in the order of their hashes, so the set grows by a half in one pass over it, and
 * from 5/9 to 5/6 of them are in use. It grows, and parts get wider, only while one thread has it:
 * see ids_grow().
 */

#include "sim/base/hash.h"
#include "sim/explore/state/parts.h"

enum ids_answer {
	IDS_NEW,
	IDS_KNOWN,
	IDS_NO_ROOM /* not added: the set must grow first */
};

struct ids {
	_Atomic uint64_t *slots;
	uint64_t capacity; /* slots that a hash can point at */
	size_t bytes;      /* mapped */
	uint8_t bits[3]; /* of the mm, floats, CPUs in a slot; halves: each has half of them all */
	_Atomic uint64_t count;
};

/* Returns false if there is no memory. */
bool ids_init(struct ids *ids);
void ids_clear(struct ids *ids);

/* Add @id with @depth. The caller counts what it adds, and tells ids_count(). */
enum ids_answer ids_add(struct ids *ids, state_id id, unsigned depth);

/* Count @added new ones. Returns true if the set should grow before many more come. */
bool ids_count(struct ids *ids, uint64_t added);

/* Make room for more states, and for parts with as many numbers as @parts has. No other thread uses
 * @ids. Returns false, and it is as before, if the machine has no memory, or the parts too many
 * numbers. */
bool ids_grow(struct ids *ids, const struct parts *parts);

/* The state in slot @at, below ids_slots(), and its depth; 0: none. */
state_id ids_at(const struct ids *ids, uint64_t at, unsigned *depth);
uint64_t ids_slots(const struct ids *ids);

static inline uint64_t ids_hash(state_id id)
{
	return hash_mix(id & ~PARTS_JUDGED);
}

/* Bring what ids_add() will look at first into the cache. */
static inline void ids_prefetch(const struct ids *ids, state_id id)
{
	__extension__ typedef unsigned __int128 wide;

	__builtin_prefetch(
		(const void *)&ids->slots[(uint64_t)((wide)ids_hash(id) * ids->capacity >> 64)], 1);
}

#endif
