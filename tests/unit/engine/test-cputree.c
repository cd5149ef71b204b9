/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>
#include <stdlib.h>

#include "sim/base/prng.h"
#include "sim/engine/cputree.h"
#include "tests/lib/suite.h"

static const uint32_t counts[] = { 1, 2, 3, 4, 5, 63, 64, 65, 1000, 8191, 8192 };

enum { COUNTS = sizeof(counts) / sizeof(counts[0]) };

/* The rule itself: the first of the smallest times. */
static void check_minimum(const struct cputree *tree, const uint64_t *times, uint32_t count)
{
	uint32_t first = 0;

	for (uint32_t cpu = 1; cpu < count; cpu++)
		if (times[cpu] < times[first])
			first = cpu;
	/* Passed assertions write to a file: in long loops only one that fails is made. */
	if (cputree_min_time(tree) != times[first])
		ck_assert_uint_eq(cputree_min_time(tree), times[first]);
	if (times[first] != CPUTREE_NEVER && cputree_min_cpu(tree) != first)
		ck_assert_uint_eq(cputree_min_cpu(tree), first);
}

SUITE(.timeout = 60);

TEST(a_new_tree_has_no_event)
{
	for (uint32_t i = 0; i < COUNTS; i++) {
		struct cputree *tree = cputree_new(counts[i]);

		ck_assert_uint_eq(cputree_min_time(tree), CPUTREE_NEVER);
		for (uint32_t cpu = 0; cpu < counts[i]; cpu++)
			ck_assert_uint_eq(cputree_time(tree, cpu), CPUTREE_NEVER);
		cputree_free(tree);
	}
	cputree_free(NULL);
}

TEST(a_single_event_is_the_minimum_wherever_it_is)
{
	for (uint32_t i = 0; i < COUNTS; i++) {
		struct cputree *tree = cputree_new(counts[i]);

		for (uint32_t cpu = 0; cpu < counts[i]; cpu++) {
			cputree_set(tree, cpu, 1000 + cpu);
			ck_assert_uint_eq(cputree_min_cpu(tree), cpu);
			ck_assert_uint_eq(cputree_min_time(tree), 1000 + cpu);
			ck_assert_uint_eq(cputree_time(tree, cpu), 1000 + cpu);
			cputree_set(tree, cpu, CPUTREE_NEVER);
			ck_assert_uint_eq(cputree_min_time(tree), CPUTREE_NEVER);
		}
		cputree_free(tree);
	}
}

TEST(of_equal_times_the_lowest_cpu_is_first)
{
	for (uint32_t i = 0; i < COUNTS; i++) {
		struct cputree *tree = cputree_new(counts[i]);

		for (uint32_t cpu = counts[i]; cpu-- > 0;)
			cputree_set(tree, cpu, 77);
		for (uint32_t cpu = 0; cpu < counts[i]; cpu++) {
			ck_assert_uint_eq(cputree_min_cpu(tree), cpu);
			cputree_set(tree, cpu, CPUTREE_NEVER);
		}
		ck_assert_uint_eq(cputree_min_time(tree), CPUTREE_NEVER);
		cputree_free(tree);
	}
}

TEST(the_first_and_the_last_time_are_not_never)
{
	struct cputree *tree = cputree_new(CPUTREE_CPUS_MAX);
	uint64_t last = (UINT64_C(1) << CPUTREE_TIME_BITS) - 1;

	cputree_set(tree, CPUTREE_CPUS_MAX - 1, last);
	ck_assert_uint_eq(cputree_min_time(tree), last);
	ck_assert_uint_eq(cputree_min_cpu(tree), CPUTREE_CPUS_MAX - 1);
	cputree_set(tree, 0, 0);
	ck_assert_uint_eq(cputree_min_time(tree), 0);
	ck_assert_uint_eq(cputree_min_cpu(tree), 0);
	cputree_free(tree);
}

TEST(moving_an_event_back_and_forth_moves_the_minimum)
{
	struct cputree *tree = cputree_new(6);

	cputree_set(tree, 2, 20);
	cputree_set(tree, 5, 50);
	cputree_set(tree, 5, 10);
	ck_assert_uint_eq(cputree_min_cpu(tree), 5);
	cputree_set(tree, 5, 20);
	ck_assert_uint_eq(cputree_min_cpu(tree), 2);
	cputree_set(tree, 2, 21);
	ck_assert_uint_eq(cputree_min_cpu(tree), 5);
	cputree_set(tree, 5, 20);
	ck_assert_uint_eq(cputree_min_cpu(tree), 5);
	ck_assert_uint_eq(cputree_min_time(tree), 20);
	cputree_free(tree);
}

/* Few different times, so that many are equal; a fifth of the steps takes an event away. */
TEST(random_steps_agree_with_looking_at_every_cpu)
{
	for (uint64_t seed = 0; seed < 300; seed++) {
		struct prng prng = { prng_key(seed, 0), 0 };
		uint32_t count = 1 + (uint32_t)prng_below(&prng, 100);
		uint64_t bound = UINT64_C(1) << prng_below(&prng, CPUTREE_TIME_BITS + 1);
		struct cputree *tree = cputree_new(count);
		uint64_t times[100];

		for (uint32_t cpu = 0; cpu < count; cpu++)
			times[cpu] = CPUTREE_NEVER;
		for (uint32_t step = 0; step < 1000; step++) {
			uint32_t cpu = (uint32_t)prng_below(&prng, count);

			times[cpu] = prng_below(&prng, bound);
			if (prng_below(&prng, 5) == 0)
				times[cpu] = CPUTREE_NEVER;
			cputree_set(tree, cpu, times[cpu]);
			if (cputree_time(tree, cpu) != times[cpu])
				ck_assert_uint_eq(cputree_time(tree, cpu), times[cpu]);
			check_minimum(tree, times, count);
		}
		cputree_free(tree);
	}
}

TEST(events_of_8192_cpus_come_out_in_order)
{
	struct prng prng = { prng_key(1, 0), 0 };
	struct cputree *tree = cputree_new(CPUTREE_CPUS_MAX);
	uint64_t last = 0;

	for (uint32_t cpu = 0; cpu < CPUTREE_CPUS_MAX; cpu++)
		cputree_set(tree, cpu, prng_below(&prng, 10000));
	for (uint32_t i = 0; i < CPUTREE_CPUS_MAX; i++) {
		uint32_t cpu = cputree_min_cpu(tree);
		uint64_t key = cputree_min_time(tree) << CPUTREE_CPU_BITS | cpu;

		ck_assert(i == 0 || key > last);
		last = key;
		cputree_set(tree, cpu, CPUTREE_NEVER);
	}
	ck_assert_uint_eq(cputree_min_time(tree), CPUTREE_NEVER);
	cputree_free(tree);
}

TEST_SIGNAL(a_cpu_beyond_the_last_is_our_bug, SIGABRT)
{
	cputree_set(cputree_new(3), 3, 1);
}

TEST_SIGNAL(a_time_beyond_42_bits_is_our_bug, SIGABRT)
{
	cputree_set(cputree_new(3), 0, UINT64_C(1) << CPUTREE_TIME_BITS);
}
