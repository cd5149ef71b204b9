/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/ids.h"

#include <assert.h>
#include <string.h>

#include "sim/explore/state/pack-private.h"
#include "sim/explore/state/pages.h"

enum {
	CAPACITY_MIN = 4096,
	/* Behind the slots that a hash can point at, for what the last of them overflow to: more
	 * than any run of full slots that chance makes at 5/6. */
	TAIL = 4096,
	DEPTH_SHIFT = 64 - PACK_DEPTH_BITS,
	KIND_SHIFT = DEPTH_SHIFT - 1, /* in halves */
	ID_BITS = KIND_SHIFT,
	HALF_BITS = ID_BITS / 2,
};

enum { MM, FLOATS, CPUS };

static size_t bytes_for(uint64_t capacity)
{
	return (size_t)(capacity + TAIL) * sizeof(uint64_t);
}

bool ids_init(struct ids *ids)
{
	memset(ids, 0, sizeof(*ids));
	ids->capacity = CAPACITY_MIN;
	ids->bytes = bytes_for(ids->capacity);
	ids->bits[MM] = 15;
	ids->bits[FLOATS] = 16;
	ids->bits[CPUS] = ID_BITS - 15 - 16;
	ids->slots = pages_new(ids->bytes);
	return ids->slots != NULL;
}

void ids_clear(struct ids *ids)
{
	if (ids->slots)
		pages_free((void *)ids->slots, ids->bytes);
	ids->slots = NULL;
}

/* Cut @field of @bits bits off *@id. */
static inline uint64_t cut(state_id *id, unsigned bits)
{
	uint64_t field = *id & pack_mask(bits);

	*id >>= bits;
	return field;
}

/* @id as it is in a slot, without depth. 0: one of its numbers is too wide. */
static inline uint64_t narrow(const struct ids *ids, state_id id)
{
	uint64_t first, second, third = 0;
	unsigned a = ids->bits[MM], b = ids->bits[FLOATS], c = ids->bits[CPUS];

	id &= ~PARTS_JUDGED;
	if (id & PARTS_HALVES) {
		id &= ~PARTS_HALVES;
		first = cut(&id, PARTS_HALF_BITS);
		second = id;
		if (first >> HALF_BITS || second >> HALF_BITS)
			return 0;
		return first | second << HALF_BITS | UINT64_C(1) << KIND_SHIFT;
	}
	first = cut(&id, PARTS_MM_BITS);
	second = cut(&id, PARTS_FLOATS_BITS);
	third = id;
	if (first >> a || second >> b || third >> c)
		return 0;
	return first | second << a | third << (a + b);
}

static inline state_id widen(const struct ids *ids, uint64_t slot)
{
	bool halves = slot >> KIND_SHIFT & 1;
	state_id id = slot & pack_mask(KIND_SHIFT);
	uint64_t first, second;

	if (halves) {
		first = cut(&id, HALF_BITS);
		return PARTS_HALVES | first | id << PARTS_HALF_BITS;
	}
	first = cut(&id, ids->bits[MM]);
	second = cut(&id, ids->bits[FLOATS]);
	return parts_join((uint32_t)first, (uint32_t)id, (uint32_t)second);
}

static inline uint64_t home(const struct ids *ids, state_id id)
{
	__extension__ typedef unsigned __int128 wide;

	return (uint64_t)((wide)ids_hash(id) * ids->capacity >> 64);
}

enum ids_answer ids_add(struct ids *ids, state_id id, unsigned depth)
{
	uint64_t slot = narrow(ids, id), at = home(ids, id), end = ids->capacity + TAIL;

	assert(depth <= PACK_DEPTH_MAX);
	if (slot == 0)
		return IDS_NO_ROOM;
	for (; at < end; at++) {
		uint64_t there = atomic_load_explicit(&ids->slots[at], memory_order_relaxed);

		if (there == 0 && atomic_compare_exchange_strong_explicit(&ids->slots[at], &there,
					  slot | (uint64_t)(depth + 1) << DEPTH_SHIFT,
					  memory_order_relaxed, memory_order_relaxed))
			return IDS_NEW;
		if (((there ^ slot) & pack_mask(DEPTH_SHIFT)) == 0)
			return IDS_KNOWN;
	}
	return IDS_NO_ROOM;
}

bool ids_count(struct ids *ids, uint64_t added)
{
	uint64_t count =
		added + atomic_fetch_add_explicit(&ids->count, added, memory_order_relaxed);

	return count >= ids->capacity / 6 * 5;
}

/* Widths for as many numbers as @parts has, and some more. */
static bool set_widths(struct ids *ids, const struct parts *parts)
{
	const uint32_t counts[] = { dictionary_count(&parts->of[PART_MMS]),
		dictionary_count(&parts->of[PART_FLOATS]),
		dictionary_count(&parts->of[PART_CPUS]) };
	const unsigned limits[] = { PARTS_MM_BITS, PARTS_FLOATS_BITS, PARTS_CPUS_BITS };
	unsigned all = 0;

	if (dictionary_count(&parts->of[PART_LEFT]) >> HALF_BITS ||
		dictionary_count(&parts->of[PART_RIGHT]) >> HALF_BITS)
		return false;
	for (unsigned i = 0; i < 3; i++) {
		unsigned bits = 32u - (unsigned)__builtin_clz(counts[i] | 1);

		ids->bits[i] = (uint8_t)bits;
		all += bits;
	}
	if (all > ID_BITS)
		return false;
	for (unsigned i = 0; all < ID_BITS; i = (i + 1) % 3) {
		if (ids->bits[i] < limits[i]) {
			ids->bits[i]++;
			all++;
		}
	}
	return true;
}

static void put(struct ids *ids, state_id id, uint64_t depth)
{
	uint64_t at = home(ids, id), slot = narrow(ids, id);

	assert(slot != 0);
	while (ids->slots[at])
		at++;
	assert(at < ids->capacity + TAIL);
	ids->slots[at] = slot | depth << DEPTH_SHIFT;
}

bool ids_grow(struct ids *ids, const struct parts *parts)
{
	struct ids larger = *ids;
	char *start = (char *)ids->slots, *released = start;
	uint64_t end = ids->capacity + TAIL;

	if (ids->count >= ids->capacity / 6 * 5)
		larger.capacity += ids->capacity / 2;
	if (!set_widths(&larger, parts))
		return false;
	larger.bytes = bytes_for(larger.capacity);
	larger.slots = pages_new(larger.bytes);
	if (!larger.slots)
		return false;
	for (uint64_t at = 0; at < end; at++) {
		uint64_t slot = atomic_load_explicit(&ids->slots[at], memory_order_relaxed);

		if (slot)
			put(&larger, widen(ids, slot), slot >> DEPTH_SHIFT);
		if ((at & 0xfffff) == 0)
			released = pages_release(released, (const char *)&ids->slots[at]);
	}
	pages_free(released, ids->bytes - (size_t)(released - start));
	*ids = larger;
	return true;
}

uint64_t ids_slots(const struct ids *ids)
{
	return ids->capacity + TAIL;
}

state_id ids_at(const struct ids *ids, uint64_t at, unsigned *depth)
{
	uint64_t slot = atomic_load_explicit(&ids->slots[at], memory_order_relaxed);

	*depth = (unsigned)(slot >> DEPTH_SHIFT) - 1;
	return slot ? widen(ids, slot) : 0;
}
