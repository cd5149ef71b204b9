/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/sieve.h"

#include <assert.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/explore/state/pages.h"
#include "sim/explore/state/sort.h"

enum {
	SLOTS_MIN = 64,
	BITS_PER_SLOT = 8, /* so at least 16 for each state */
};

/* No state, and not free. */
#define TAKEN_OUT PARTS_JUDGED

/* Slots, bits, and twice the states, which fill at most half of the slots: in this order. */
static size_t bytes_for(uint64_t slots)
{
	return (size_t)(slots * 2 * sizeof(state_id) + slots * BITS_PER_SLOT / 8);
}

void sieve_clear(struct sieve *sieve)
{
	if (sieve->slots)
		pages_free(sieve->slots, bytes_for(sieve->room));
	memset(sieve, 0, sizeof(*sieve));
}

static void make_room(struct sieve *sieve, uint64_t slots)
{
	sieve_clear(sieve);
	sieve->slots = pages_new(bytes_for(slots));
	if (!sieve->slots)
		g_error("no memory");
	sieve->room = slots;
	sieve->sorted = sieve->slots + slots;
	sieve->bits = sieve->sorted + slots;
}

void sieve_begin(struct sieve *sieve, uint64_t count)
{
	uint64_t slots = SLOTS_MIN;

	while (slots < 2 * count)
		slots *= 2;
	if (slots > sieve->room)
		make_room(sieve, slots);
	sieve->slots_count = slots;
	memset(sieve->slots, 0, (size_t)slots * sizeof(*sieve->slots));
	memset(sieve->bits, 0, (size_t)slots * BITS_PER_SLOT / 8);
}

static inline uint64_t hash_of(state_id id)
{
	return hash_word(0, id & ~PARTS_JUDGED);
}

void sieve_put(struct sieve *sieve, const state_id *ids, uint64_t count)
{
	uint64_t mask = sieve->slots_count - 1;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t hash = hash_of(ids[i]), at = hash & mask;
		uint64_t bit = hash >> 16 & (mask * BITS_PER_SLOT | 7);

		while (sieve->slots[at] && ((sieve->slots[at] ^ ids[i]) & ~PARTS_JUDGED) != 0)
			at = (at + 1) & mask;
		sieve->slots[at] |= ids[i];
		sieve->bits[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

static void take_out(struct sieve *sieve, state_id id, uint64_t hash)
{
	uint64_t mask = sieve->slots_count - 1, at = hash & mask;

	for (; sieve->slots[at]; at = (at + 1) & mask) {
		if (((sieve->slots[at] ^ id) & ~PARTS_JUDGED) == 0) {
			sieve->slots[at] = TAKEN_OUT;
			return;
		}
	}
}

void sieve_take_out(struct sieve *sieve, const state_id *ids, unsigned count)
{
	const uint64_t mask = (sieve->slots_count - 1) * BITS_PER_SLOT | 7;

	for (unsigned i = 0; i < count; i++) {
		uint64_t hash = hash_of(ids[i]), bit = hash >> 16 & mask;

		if (sieve->bits[bit / 64] >> bit % 64 & 1)
			take_out(sieve, ids[i], hash);
	}
}

const state_id *sieve_rest(struct sieve *sieve, uint64_t *count)
{
	state_id *rest = sieve->sorted;
	uint64_t many = 0;

	for (uint64_t i = 0; i < sieve->slots_count; i++) {
		rest[many] = sieve->slots[i];
		many += sieve->slots[i] > TAKEN_OUT;
	}
	assert(many <= sieve->slots_count / 2);
	*count = many;
	return sort_states(rest, rest + sieve->slots_count / 2, many);
}
