/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#include "sim/explore/search/candidates.h"

#include "sim/base/prng.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 60);

static int compare(const void *a, const void *b)
{
	state_id x = *(const state_id *)a, y = *(const state_id *)b;

	return x < y ? -1 : x > y;
}

/* Each bucket gives all of its states, and no other; buckets follow one another. */
static void check(const struct candidates *candidates, state_id *ids, unsigned count)
{
	struct sieve sieve = { .room = 0 };
	unsigned done = 0;

	qsort(ids, count, sizeof(*ids), compare);
	for (unsigned bucket = 0; bucket < candidates->buckets_count; bucket++) {
		uint64_t many = candidates_count(candidates, bucket), rest;
		const state_id *found;

		ck_assert_uint_le(done + many, count);
		sieve_begin(&sieve, many);
		candidates_sift(candidates, bucket, &sieve);
		found = sieve_rest(&sieve, &rest);
		ck_assert_uint_eq(rest, many);
		ck_assert_mem_eq(found, ids + done, many * sizeof(*ids));
		done += (unsigned)many;
	}
	ck_assert_uint_eq(done, count);
	sieve_clear(&sieve);
}

/* From none to more than a slab has, with all numbers of buckets, again and again. */
TEST(states_come_out_of_their_buckets)
{
	static const unsigned counts[] = { 0, 1, 510, 511, 512, 513, 5000, 300000, 100 };
	struct candidates candidates;
	struct prng prng = { .key = 8 };

	candidates_init(&candidates);
	for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++) {
		state_id *ids = g_new(state_id, counts[i] + 1);

		candidates_begin(&candidates, 1 + i % CANDIDATES_BITS_MAX);
		for (unsigned k = 0; k < counts[i]; k++) {
			ids[k] = prng_next(&prng) & ~PARTS_JUDGED;
			candidates_add(&candidates, ids[k]);
		}
		check(&candidates, ids, counts[i]);
		g_free(ids);
	}
	candidates_clear(&candidates);
}

/* All in one bucket, which is the last one. */
TEST(a_bucket_has_room_for_all)
{
	struct candidates candidates;
	state_id *ids = g_new(state_id, 100000);

	candidates_init(&candidates);
	candidates_begin(&candidates, CANDIDATES_BITS_MAX);
	for (unsigned k = 0; k < 100000; k++) {
		ids[k] = PARTS_HALVES | UINT64_C(0x7ff) << 52 | (k + 1) << 1;
		candidates_add(&candidates, ids[k]);
	}
	check(&candidates, ids, 100000);
	ck_assert_uint_ge(candidates_bytes(&candidates), 100000 * sizeof(*ids));
	candidates_begin(&candidates, 1);
	ck_assert_uint_ge(candidates_bytes(&candidates), 100000 * sizeof(*ids));
	candidates_clear(&candidates);
	g_free(ids);
}

/* Of two threads, with doubles: each bucket is read, given up by both, and filled again by one. */
TEST(a_bucket_is_filled_again_in_what_it_has_given_up)
{
	enum { COUNT = 200000, KINDS = 50000 };
	struct candidates both[2];
	struct sieve sieve = { .room = 0 };
	struct prng prng = { .key = 9 };
	state_id *kinds = g_new(state_id, KINDS);
	uint64_t rest, left = 0;
	size_t bytes;

	for (unsigned k = 0; k < KINDS; k++)
		kinds[k] = prng_next(&prng) & ~PARTS_JUDGED;
	for (unsigned i = 0; i < 2; i++) {
		candidates_init(&both[i]);
		candidates_begin(&both[i], 5);
		for (unsigned k = 0; k < COUNT; k++)
			candidates_add(&both[i], kinds[(k * 7 + i) % KINDS]);
	}
	bytes = candidates_bytes(&both[0]) + candidates_bytes(&both[1]);
	for (unsigned bucket = 0; bucket < both[0].buckets_count; bucket++) {
		struct candidates *to = &both[bucket % 2];
		const state_id *found;

		sieve_begin(&sieve,
			candidates_count(&both[0], bucket) + candidates_count(&both[1], bucket));
		for (unsigned i = 0; i < 2; i++)
			candidates_sift(&both[i], bucket, &sieve);
		found = sieve_rest(&sieve, &rest);
		for (unsigned i = 0; i < 2; i++) {
			candidates_give_up(&both[i], bucket, to);
			ck_assert_uint_eq(candidates_count(&both[i], bucket), 0);
		}
		for (uint64_t k = 0; k < rest; k++)
			candidates_add(to, found[k]);
		ck_assert_uint_eq(candidates_count(to, bucket), rest);
		left += rest;
	}
	ck_assert_uint_eq(left, KINDS);
	ck_assert_uint_eq(candidates_bytes(&both[0]) + candidates_bytes(&both[1]), bytes);
	/* What was given up is forgotten. */
	candidates_begin(&both[0], 5);
	for (unsigned k = 0; k < KINDS; k++)
		candidates_add(&both[0], kinds[k]);
	for (unsigned bucket = 0; bucket < 16; bucket++)
		candidates_give_up(&both[1], bucket, &both[1]);
	check(&both[0], kinds, KINDS);
	for (unsigned i = 0; i < 2; i++)
		candidates_clear(&both[i]);
	sieve_clear(&sieve);
	g_free(kinds);
}
