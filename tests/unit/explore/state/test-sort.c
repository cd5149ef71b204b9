/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#include "sim/explore/state/sort.h"

#include "sim/base/prng.h"
#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

enum { MANY = 5000 };

SUITE(.timeout = 60);

static int compare(const void *a, const void *b)
{
	state_id x = *(const state_id *)a, y = *(const state_id *)b;

	return x < y ? -1 : x > y;
}

/* Few and many states that differ in few and many bits, with equal ones among them. */
TEST_RANGE(states_are_sorted, 0, 400)
{
	struct prng prng = { .key = prng_key(21, (uint64_t)_i) };
	uint64_t mask = prng_next(&prng) & (_i % 2 ? prng_next(&prng) : UINT64_MAX);
	unsigned count = machines_below(&prng, _i % 4 ? 200 : MANY);
	state_id ids[MANY], scratch[MANY], expected[MANY];

	for (unsigned i = 0; i < count; i++)
		ids[i] = expected[i] = prng_next(&prng) & mask;
	qsort(expected, count, sizeof(*expected), compare);
	ck_assert_mem_eq(sort_states(ids, scratch, count), expected, count * sizeof(*expected));
}
