/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_IDS_H
#define CIDSIM_SIM_EXPLORE_STATE_IDS_H

/*
 * The set of states seen so far, which threads share. A state is the numbers of its parts
 * (parts.h). The set is a hash table with open addressing: 8 bytes hold a state and its depth.
 *
 *     63 ..... 55   54 ..................................... 0
 *     depth + 1     the state_id without PARTS_JUDGED, each part only as wide as it has to be
 *
 * A slot is free while it is 0. A thread takes one by compare and swap; none is ever given back.
 * Slots lie in the order of their hashes, so one pass over the set makes it larger by a half. From
 * 5/9 to 5/6 of the slots are in use. The set grows, and parts get wider, only while no other
 * thread uses it: see ids_grow().
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
	uint8_t bits[3];   /* width of the mm, floats, CPUs; of a half: half of the sum */
	_Atomic uint64_t count;
};

/* Returns false if there is no memory. */
bool ids_init(struct ids *ids);
void ids_clear(struct ids *ids);

/* Add @id with @depth. The caller counts the new ones, and passes the count to ids_count(). */
enum ids_answer ids_add(struct ids *ids, state_id id, unsigned depth);

/* Count @added new ones. Returns true if the set should grow before many more come. */
bool ids_count(struct ids *ids, uint64_t added);

/* Make room for more states, and for all numbers that the parts in @parts have now. No other thread
 * uses @ids. Returns false, and changes nothing, if there is no memory, or if the parts have too
 * many numbers. */
bool ids_grow(struct ids *ids, const struct parts *parts);

/* The state in slot @at, below ids_slots(), and its depth; 0: none. */
state_id ids_at(const struct ids *ids, uint64_t at, unsigned *depth);
uint64_t ids_slots(const struct ids *ids);

static inline uint64_t ids_hash(state_id id)
{
	return hash_mix(id & ~PARTS_JUDGED);
}

/* Read ahead into the cache what ids_add() looks at first. */
static inline void ids_prefetch(const struct ids *ids, state_id id)
{
	__extension__ typedef unsigned __int128 wide;

	__builtin_prefetch(
		(const void *)&ids->slots[(uint64_t)((wide)ids_hash(id) * ids->capacity >> 64)], 1);
}

#endif
