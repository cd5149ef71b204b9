/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MADV_HUGEPAGE */
#include "sim/explore/state/set.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/explore/state/pack.h"

enum {
	CAPACITY_MIN = 4096,
	/* Behind the slots that a hash can point at, for what the last of them overflow to: more
	 * than any run of full slots that chance makes at 5/6. */
	TAIL = 4096,
	RELEASE_BYTES = 4 << 20,
};

#define DEPTH_MASK (~SET_STATE_MASK)

static size_t bytes_for(const struct state_set *set, uint64_t capacity)
{
	return (size_t)(capacity + TAIL) * set->words * sizeof(uint32_t);
}

static uint32_t *map(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	madvise(memory, bytes, MADV_HUGEPAGE); /* only a wish */
	return memory;
}

bool set_init(struct state_set *set, unsigned words, size_t bytes_max)
{
	assert(words >= 1 && words <= PACK_WORDS_MAX);
	memset(set, 0, sizeof(*set));
	set->words = words;
	set->bytes_max = bytes_max;
	set->capacity = CAPACITY_MIN;
	set->bytes = bytes_for(set, set->capacity);
	set->slots = map(set->bytes);
	return set->slots != NULL;
}

void set_free(struct state_set *set)
{
	if (set->slots)
		munmap(set->slots, set->bytes);
	set->slots = NULL;
}

void set_clear(struct state_set *set)
{
	assert(set->slots);
	memset(set->slots, 0, set->bytes);
	set->count = 0;
}

static inline bool is_used(const uint32_t *slot, unsigned words)
{
	return slot[words - 1] & DEPTH_MASK;
}

static inline bool is_same(const uint32_t *a, const uint32_t *b, unsigned words)
{
	uint32_t differ = (a[words - 1] ^ b[words - 1]) & ~DEPTH_MASK;

	for (unsigned i = 0; i + 1 < words; i++)
		differ |= a[i] ^ b[i];
	return differ == 0;
}

/* The slot of @key, or the free one where it belongs; NULL behind the tail. */
static inline uint32_t *probe(const struct state_set *set, const uint32_t *key, uint64_t hash,
	unsigned words, bool *found)
{
	uint32_t *slot = set->slots + set_home(set, hash) * words;
	const uint32_t *end = set->slots + (set->capacity + TAIL) * words;

	for (; slot < end; slot += words) {
		if (!is_used(slot, words))
			return *found = false, slot;
		if (is_same(slot, key, words))
			return *found = true, slot;
	}
	return *found = false, NULL;
}

/* Let go of the old table up to @at, in large pieces. */
static uint32_t *release(uint32_t *from, const uint32_t *at)
{
	size_t bytes;

	assert(at >= from);
	bytes = (size_t)((const char *)at - (const char *)from) / RELEASE_BYTES * RELEASE_BYTES;
	if (bytes > 0)
		munmap(from, bytes);
	return (uint32_t *)((char *)from + bytes);
}

static bool grow_to(struct state_set *set, uint64_t capacity)
{
	struct state_set larger = *set;
	uint32_t *released = set->slots, *end = set->slots + (set->capacity + TAIL) * set->words;
	bool found;

	assert(capacity > set->capacity);
	larger.capacity = capacity;
	larger.bytes = bytes_for(&larger, capacity);
	larger.slots = map(larger.bytes);
	if (!larger.slots)
		return false;
	for (uint32_t *slot = set->slots; slot < end; slot += set->words) {
		uint32_t *to;

		if (is_used(slot, set->words)) {
			to = probe(&larger, slot, set_hash(slot, set->words), set->words, &found);
			assert(to && !found);
			pack_copy(to, slot, set->words);
		}
		if (((slot - released) & 0xfffff) == 0)
			released = release(released, slot);
	}
	munmap(released, set->bytes - (size_t)((char *)released - (char *)set->slots));
	*set = larger;
	return true;
}

static uint64_t quarter_more(const struct state_set *set)
{
	return set->capacity + set->capacity / 4;
}

bool set_grow(struct state_set *set)
{
	return grow_to(set, quarter_more(set));
}

static bool grow_within(struct state_set *set)
{
	uint64_t capacity = set->capacity < (1 << 20) ? set->capacity * 2 : quarter_more(set);

	return bytes_for(set, capacity) <= set->bytes_max && grow_to(set, capacity);
}

/* The same code for each usual size, so that the compiler knows it. */
static inline uint32_t *probe_sized(
	const struct state_set *set, const uint32_t *key, uint64_t hash, bool *found)
{
	switch (set->words) {
	case 2:
		return probe(set, key, hash, 2, found);
	case 3:
		return probe(set, key, hash, 3, found);
	case 4:
		return probe(set, key, hash, 4, found);
	case 5:
		return probe(set, key, hash, 5, found);
	default:
		return probe(set, key, hash, set->words, found);
	}
}

enum set_answer set_add(struct state_set *set, const uint32_t *key, uint64_t hash)
{
	uint32_t *slot;
	bool found;

	assert(key[set->words - 1] & DEPTH_MASK);
	slot = probe_sized(set, key, hash, &found);
	if (found)
		return SET_KNOWN;
	if (!slot || set->count >= set->capacity / 6 * 5) {
		if (!grow_within(set)) {
			if (!slot || set->count >= set->capacity / 16 * 15)
				return SET_FULL;
		} else {
			slot = probe_sized(set, key, hash, &found);
		}
	}
	pack_copy(slot, key, set->words);
	set->count++;
	return SET_NEW;
}

bool set_has(const struct state_set *set, const uint32_t *key, uint64_t hash)
{
	bool found;

	probe_sized(set, key, hash, &found);
	return found;
}

uint64_t set_slots(const struct state_set *set)
{
	return set->capacity + TAIL;
}

const uint32_t *set_slot(const struct state_set *set, uint64_t index)
{
	const uint32_t *slot = set->slots + index * set->words;

	return is_used(slot, set->words) ? slot : NULL;
}
