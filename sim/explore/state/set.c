/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/set.h"

#include <assert.h>
#include <string.h>

#include "sim/explore/state/pack.h"
#include "sim/explore/state/pages.h"

enum {
	CAPACITY_MIN = 4096,
	/* Behind the slots that a hash can point at, for what the last of them overflow to: more
	 * than any run of full slots that chance makes at 5/6. */
	TAIL = 4096,
};

#define DEPTH_MASK (~SET_STATE_MASK)

static size_t bytes_for(const struct state_set *set, uint64_t capacity)
{
	return (size_t)(capacity + TAIL) * set->words * sizeof(uint32_t);
}

bool set_init(struct state_set *set, unsigned words, size_t bytes_max)
{
	assert(words >= 1 && words <= PACK_WORDS_MAX);
	memset(set, 0, sizeof(*set));
	set->words = words;
	set->bytes_max = bytes_max;
	set->capacity = CAPACITY_MIN;
	set->bytes = bytes_for(set, set->capacity);
	set->slots = pages_new(set->bytes);
	return set->slots != NULL;
}

void set_free(struct state_set *set)
{
	if (set->slots)
		pages_free(set->slots, set->bytes);
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

static bool grow_to(struct state_set *set, uint64_t capacity)
{
	struct state_set larger = *set;
	uint32_t *end = set->slots + (set->capacity + TAIL) * set->words;
	char *start = (char *)set->slots, *released = start;
	bool found;

	assert(capacity > set->capacity);
	larger.capacity = capacity;
	larger.bytes = bytes_for(&larger, capacity);
	larger.slots = pages_new(larger.bytes);
	if (!larger.slots)
		return false;
	for (uint32_t *slot = set->slots; slot < end; slot += set->words) {
		uint32_t *to;

		if (is_used(slot, set->words)) {
			to = probe(&larger, slot, set_hash(slot, set->words), set->words, &found);
			assert(to && !found);
			pack_copy(to, slot, set->words);
		}
		if (((slot - set->slots) & 0xfffff) == 0)
			released = pages_release(released, (const char *)slot);
	}
	pages_free(released, set->bytes - (size_t)(released - start));
	*set = larger;
	return true;
}

static bool grow_within(struct state_set *set)
{
	uint64_t more = set->capacity < (1 << 20) ? set->capacity : set->capacity / 4;
	uint64_t capacity = set->capacity + more;

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
