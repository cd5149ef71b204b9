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
