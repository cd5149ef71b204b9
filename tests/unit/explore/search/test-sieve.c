/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#include "sim/explore/search/sieve.h"

#include <glib.h>

#include "sim/base/prng.h"
#include "tests/lib/suite.h"

enum { MANY = 4000 };

SUITE(.timeout = 60);

static int compare(const void *a, const void *b)
{
	state_id x = *(const state_id *)a, y = *(const state_id *)b;

	return x < y ? -1 : x > y;
}

/* One of the first @range states. */
static state_id draw(struct prng *prng, uint64_t range)
{
	return (1 + prng_below(prng, range)) << 40 | prng_below(prng, 2);
}

/* What stays of the states @put, without @known; sorted. Each once, judged if one of its copies is.
 */
static unsigned expected_rest(state_id *put, unsigned count, const state_id *known, unsigned many)
{
	unsigned kept = 0;

	qsort(put, count, sizeof(*put), compare);
	for (unsigned i = 0; i < count; i++) {
		bool is_known = false;

		if (i + 1 < count && (put[i] | PARTS_JUDGED) == (put[i + 1] | PARTS_JUDGED))
			continue;
		for (unsigned j = 0; j < many; j++)
			is_known |= (put[i] | PARTS_JUDGED) == (known[j] | PARTS_JUDGED);
		if (!is_known)
			put[kept++] = put[i];
	}
	return kept;
}

/* The same sieve again and again, for few and for many states. */
TEST(what_is_new_stays)
{
	struct sieve sieve = { .room = 0 };
	struct prng prng = { .key = 5 };
	state_id put[MANY], known[300];

	for (unsigned i = 0; i < 200; i++) {
		unsigned count = (unsigned)prng_below(&prng, i % 10 ? 300 : MANY);
		unsigned many = (unsigned)prng_below(&prng, 300);
		uint64_t range = 1 + prng_below(&prng, 2000), left;
		const state_id *rest;

		for (unsigned k = 0; k < count; k++)
			put[k] = draw(&prng, range);
		for (unsigned k = 0; k < many; k++)
			known[k] = draw(&prng, range);
		sieve_begin(&sieve, count);
		sieve_put(&sieve, put, count / 2);
		sieve_put(&sieve, put + count / 2, count - count / 2);
		sieve_take_out(&sieve, known, many / 3);
		sieve_take_out(&sieve, known + many / 3, many - many / 3);
		rest = sieve_rest(&sieve, &left);
		ck_assert_uint_eq(left, expected_rest(put, count, known, many));
		ck_assert_mem_eq(rest, put, left * sizeof(*put));
	}
	sieve_clear(&sieve);
}

/* States that differ in high bits only, as in one bucket, and in low bits only. */
TEST_RANGE(states_that_are_alike_are_told_apart, 0, 50)
{
	struct sieve sieve = { .room = 0 };
	state_id put[MANY];
	uint64_t left;

	for (unsigned k = 0; k < MANY; k++)
		put[k] = (k + UINT64_C(1)) << (1 + _i);
	sieve_begin(&sieve, MANY);
	sieve_put(&sieve, put, MANY);
	sieve_take_out(&sieve, put, MANY / 2);
	ck_assert_mem_eq(
		sieve_rest(&sieve, &left), put + MANY / 2, (MANY - MANY / 2) * sizeof(*put));
	ck_assert_uint_eq(left, MANY - MANY / 2);
	sieve_clear(&sieve);
}
