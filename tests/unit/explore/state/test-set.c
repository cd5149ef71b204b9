/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The set of states against GLib's hash table, in which a key is its bytes without the depth. */

#include "sim/explore/state/set.h"

#include <glib.h>

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

enum { WORDS_MOST = 6, KEYS = 60000 };

/* States, side by side, and where each is found by its bytes. */
struct states {
	unsigned words;
	GArray *keys;
	GHashTable *known; /* GBytes of the state -> depth + 1 */
	uint64_t count;
};

static void states_init(struct states *states, unsigned words)
{
	states->words = words;
	states->count = 0;
	states->keys = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	states->known = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
}

static void states_free(struct states *states)
{
	g_array_free(states->keys, TRUE);
	g_hash_table_unref(states->known);
}

static uint32_t depth_field(const uint32_t *key, unsigned words)
{
	return key[words - 1] >> (32 - PACK_DEPTH_BITS);
}

static GBytes *bytes_of(const uint32_t *key, unsigned words)
{
	uint32_t state[PACK_WORDS_MAX];

	memcpy(state, key, words * sizeof(*key));
	state[words - 1] &= SET_STATE_MASK;
	return g_bytes_new(state, words * sizeof(*state));
}

/* The depth + 1 with which the state is known; 0 if it is not. */
static unsigned known_depth(const struct states *states, const uint32_t *key)
{
	GBytes *bytes = bytes_of(key, states->words);
	unsigned depth = GPOINTER_TO_UINT(g_hash_table_lookup(states->known, bytes));

	g_bytes_unref(bytes);
	return depth;
}

static void remember(struct states *states, const uint32_t *key)
{
	g_hash_table_insert(states->known, bytes_of(key, states->words),
		GUINT_TO_POINTER(depth_field(key, states->words)));
	g_array_append_vals(states->keys, key, states->words);
	states->count++;
}

/* A state with a depth, its words below @bound: a small one makes many that are known. */
static void draw(struct prng *prng, uint32_t *key, unsigned words, uint32_t bound)
{
	for (unsigned i = 0; i < words; i++)
		key[i] = machines_below(prng, bound) * (i % 2 ? 0x9e3779b9u : 1);
	key[words - 1] &= SET_STATE_MASK;
	key[words - 1] |= (1 + machines_below(prng, PACK_DEPTH_MAX)) << (32 - PACK_DEPTH_BITS);
}

/* Bounds of the words of states by their number, so that about a third of the draws is known. */
static uint32_t bound_for(unsigned words)
{
	static const uint32_t bounds[] = { 0, 50000, 250, 40, 15, 9, 7 };

	return bounds[words];
}

static bool has(const struct state_set *set, const uint32_t *key)
{
	return set_has(set, key, set_hash(key, set->words));
}

static void check_all_are_there(const struct state_set *set, const struct states *states)
{
	const uint32_t *keys = (const void *)states->keys->data;

	if (set->count != states->count)
		ck_assert_uint_eq(set->count, states->count);
	for (uint64_t i = 0; i < states->count; i++) {
		if (!has(set, keys + i * states->words))
			ck_abort_msg(
				"state %lu of %u words is lost", (unsigned long)i, states->words);
	}
}

/* Add random states of @words words; the set must answer what the table says. Returns false once
 * it was full. */
static bool add_random(
	struct state_set *set, struct states *states, struct prng *prng, uint32_t draws)
{
	uint32_t key[PACK_WORDS_MAX];

	for (uint32_t i = 0; i < draws; i++) {
		enum set_answer answer, expected;

		draw(prng, key, states->words, bound_for(states->words));
		expected = known_depth(states, key) ? SET_KNOWN : SET_NEW;
		if (has(set, key) != (expected == SET_KNOWN))
			ck_abort_msg("draw %u of %u words: it says it %s", i, states->words,
				expected == SET_KNOWN ? "is new" : "is known");
		answer = set_add(set, key, set_hash(key, states->words));
		if (answer == SET_FULL && expected == SET_NEW)
			return false;
		if (answer != expected)
			ck_abort_msg("draw %u of %u words: answer %d, not %d", i, states->words,
				answer, expected);
		if (answer == SET_NEW)
			remember(states, key);
	}
	return true;
}

SUITE(.timeout = 120);

TEST_RANGE(random_states_are_new_once_and_known_from_then_on, 1, WORDS_MOST + 1)
{
	unsigned words = (unsigned)_i;
	struct prng prng = { prng_key(1, words), 0 };
	struct state_set set;
	struct states states;

	states_init(&states, words);
	ck_assert(set_init(&set, words, SIZE_MAX / 2));
	ck_assert(add_random(&set, &states, &prng, KEYS));
	ck_assert_uint_gt(states.count, KEYS / 3); /* it has grown, more than once */
	ck_assert_uint_lt(states.count, KEYS - KEYS / 8);
	check_all_are_there(&set, &states);
	set_free(&set);
	states_free(&states);
}

/* Many sizes of memory: wherever the limit is, nothing that was added is lost. */
TEST_RANGE(a_set_that_is_full_has_all_that_it_had, 1, WORDS_MOST + 1)
{
	unsigned words = (unsigned)_i;

	for (uint64_t seed = 0; seed < 20; seed++) {
		struct prng prng = { prng_key(seed, words), 0 };
		size_t bytes =
			((size_t)6000 + machines_below(&prng, 24000)) * words * sizeof(uint32_t);
		struct state_set set;
		struct states states;

		states_init(&states, words);
		ck_assert(set_init(&set, words, bytes));
		if (add_random(&set, &states, &prng, 4 * KEYS))
			ck_abort_msg("never full: %u words, seed %lu", words, (unsigned long)seed);
		/* known is known, and a little more may find room */
		add_random(&set, &states, &prng, 1000);
		check_all_are_there(&set, &states);
		if (set.count < set.capacity / 6 * 5 || set.count > set.capacity / 16 * 15)
			ck_abort_msg("%lu states in %lu slots when full: seed %lu",
				(unsigned long)set.count, (unsigned long)set.capacity,
				(unsigned long)seed);
		if (set.capacity > 4096 && set.bytes > bytes)
			ck_abort_msg("%zu bytes of %zu: seed %lu", set.bytes, bytes,
				(unsigned long)seed);
		set_free(&set);
		states_free(&states);
	}
}

/* No table beside it: the states are the numbers from 0. */
TEST(a_large_set_costs_at_most_8_5_of_its_states)
{
	enum { MANY = 3000000, WORDS = 3 };
	struct state_set set;
	uint64_t grown = 0, capacity = 0;

	ck_assert(set_init(&set, WORDS, SIZE_MAX / 2));
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t key[WORDS] = { i, i / 1000, 1u << (32 - PACK_DEPTH_BITS) };

		if (set_add(&set, key, set_hash(key, WORDS)) != SET_NEW)
			ck_abort_msg("state %u is not new", i);
		if (set.capacity == capacity)
			continue;
		grown += capacity >= 1 << 20;
		capacity = set.capacity;
		/* just grown: it is at its emptiest */
		if (capacity > 1 << 20 &&
			(set.count < capacity / 8 * 5 ||
				set.bytes > (set.count * 8 / 5 + 4096) * WORDS * sizeof(uint32_t)))
			ck_abort_msg("%lu states in %lu slots, %zu bytes", (unsigned long)set.count,
				(unsigned long)capacity, set.bytes);
	}
	ck_assert_uint_gt(grown, 3);
	ck_assert_uint_eq(set.count, MANY);
	ck_assert_uint_le(set.count, set.capacity / 6 * 5 + 1);
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t key[WORDS] = { i, i / 1000, 0 };

		if (!has(&set, key))
			ck_abort_msg("state %u is lost", i);
	}
	set_free(&set);
}

TEST(a_cleared_set_is_empty_and_can_be_filled_again)
{
	struct prng prng = { prng_key(2, 0), 0 };
	struct state_set set;
	struct states first, second;

	states_init(&first, 2);
	states_init(&second, 2);
	ck_assert(set_init(&set, 2, SIZE_MAX / 2));
	ck_assert(add_random(&set, &first, &prng, 20000));
	set_clear(&set);
	ck_assert_uint_eq(set.count, 0);
	for (uint64_t i = 0; i < first.count; i++) {
		if (has(&set, &g_array_index(first.keys, uint32_t, i * first.words)))
			ck_abort_msg("state %lu is still there", (unsigned long)i);
	}
	ck_assert(add_random(&set, &second, &prng, 20000));
	check_all_are_there(&set, &second);
	set_free(&set);
	states_free(&first);
	states_free(&second);
}

/* Each bit of a state counts, none of its depth does. */
TEST_RANGE(states_that_differ_in_one_bit_are_two, 1, WORDS_MOST + 1)
{
	unsigned words = (unsigned)_i;
	struct prng prng = { prng_key(3, words), 0 };
	uint32_t key[PACK_WORDS_MAX];
	struct state_set set;

	ck_assert(set_init(&set, words, SIZE_MAX / 2));
	draw(&prng, key, words, 1u << 31);
	ck_assert_int_eq(set_add(&set, key, set_hash(key, words)), SET_NEW);
	for (unsigned bit = 0; bit < 32 * words; bit++) {
		bool depth = bit >= 32 * words - PACK_DEPTH_BITS;
		uint32_t other[PACK_WORDS_MAX];

		memcpy(other, key, sizeof(other));
		other[bit / 32] ^= 1u << bit % 32;
		if ((set_hash(other, words) == set_hash(key, words)) != depth)
			ck_abort_msg("hash, bit %u of %u words", bit, words);
		if (has(&set, other) != depth)
			ck_abort_msg("bit %u of %u words", bit, words);
	}
	set_free(&set);
}

TEST_SIGNAL(a_state_without_a_depth_is_our_bug, 6)
{
	uint32_t key[2] = { 1, 1 };
	struct state_set set;

	ck_assert(set_init(&set, 2, SIZE_MAX / 2));
	set_add(&set, key, set_hash(key, 2));
}
