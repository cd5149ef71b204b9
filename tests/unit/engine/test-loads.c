/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/prng.h"
#include "sim/engine/loads.h"
#include "tests/lib/suite.h"

enum { CPUS_MAX = 5000 };

/* What the loads must equal, found by looking at every CPU. */
struct twin {
	struct loads *loads;
	uint32_t cpus;
	uint32_t load[CPUS_MAX]; /* LOADS_NONE = offline */
	uint64_t when[CPUS_MAX]; /* it came to its load */
	uint64_t now;
};

static bool in_set(const struct cpu_set *set, uint32_t cpu)
{
	return !set || !set->words || (set->words[cpu / 64] >> cpu % 64 & 1);
}

static uint32_t idle_of(const struct twin *twin, const struct cpu_set *set)
{
	for (uint32_t cpu = 0; cpu < twin->cpus; cpu++) {
		if (twin->load[cpu] == 0 && in_set(set, cpu))
			return cpu;
	}
	return LOADS_NONE;
}

/* The least load in @set; LOADS_NONE = none is online. */
static uint32_t least_of(const struct twin *twin, const struct cpu_set *set)
{
	uint32_t least = LOADS_NONE;

	for (uint32_t cpu = 0; cpu < twin->cpus; cpu++) {
		if (in_set(set, cpu) && twin->load[cpu] < least)
			least = twin->load[cpu];
	}
	return least;
}

/* Does @a stand before @b, the most loaded first, of equals the last that came? */
static bool stands_before(const struct twin *twin, uint32_t a, uint32_t b)
{
	if (twin->load[a] != twin->load[b])
		return twin->load[a] > twin->load[b];
	return twin->when[a] > twin->when[b];
}

static void check_least(const struct twin *twin, const struct cpu_set *set)
{
	uint32_t cpu = loads_least(twin->loads, set), least = least_of(twin, set);

	if ((cpu == LOADS_NONE) != (least == LOADS_NONE))
		ck_abort_msg("CPU %u, though the least load is %u", cpu, least);
	if (cpu != LOADS_NONE && (!in_set(set, cpu) || twin->load[cpu] != least))
		ck_abort_msg("CPU %u has load %u, the least is %u", cpu, twin->load[cpu], least);
}

/* All online CPUs come, each once, in the order that the header promises. */
static void check_falling(const struct twin *twin)
{
	uint32_t cpu = loads_most(twin->loads), before = LOADS_NONE, count = 0, online = 0;

	for (uint32_t i = 0; i < twin->cpus; i++)
		online += twin->load[i] != LOADS_NONE;
	for (; cpu != LOADS_NONE; cpu = loads_after(twin->loads, cpu), count++) {
		if (before != LOADS_NONE && !stands_before(twin, before, cpu))
			ck_abort_msg("CPU %u (load %u) after CPU %u (load %u)", cpu,
				twin->load[cpu], before, twin->load[before]);
		before = cpu;
	}
	if (count != online)
		ck_assert_uint_eq(count, online);
}

static void random_set(struct twin *twin, struct prng *prng, struct cpu_set *set, uint64_t *words)
{
	uint32_t bits = 1 + (uint32_t)prng_below(prng, prng_below(prng, 2) ? 10 : twin->cpus);

	memset(words, 0, (CPUS_MAX + 63) / 64 * sizeof(*words));
	*set = (struct cpu_set){ .words = words };
	while (bits-- > 0) {
		uint32_t cpu = (uint32_t)prng_below(prng, twin->cpus);

		set->count += !in_set(set, cpu);
		words[cpu / 64] |= UINT64_C(1) << cpu % 64;
	}
}

static void change(struct twin *twin, struct prng *prng)
{
	uint32_t cpu = (uint32_t)prng_below(prng, twin->cpus);
	uint32_t dice = (uint32_t)prng_below(prng, 20);

	twin->when[cpu] = ++twin->now;
	if (twin->load[cpu] == LOADS_NONE) {
		twin->load[cpu] = (uint32_t)prng_below(prng, dice == 0 ? 1000 : 3);
		loads_add(twin->loads, cpu, twin->load[cpu]);
	} else if (dice == 0) {
		loads_remove(twin->loads, cpu);
		twin->load[cpu] = LOADS_NONE;
	} else if (twin->load[cpu] > 0 && dice < 11) {
		loads_down(twin->loads, cpu);
		twin->load[cpu]--;
	} else {
		loads_up(twin->loads, cpu);
		twin->load[cpu]++;
	}
}

static void compare(struct twin *twin, struct prng *prng)
{
	uint64_t words[(CPUS_MAX + 63) / 64];
	struct cpu_set set;

	loads_assert(twin->loads);
	random_set(twin, prng, &set, words);
	if (loads_idle(twin->loads, NULL) != idle_of(twin, NULL))
		ck_assert_uint_eq(loads_idle(twin->loads, NULL), idle_of(twin, NULL));
	if (loads_idle(twin->loads, &set) != idle_of(twin, &set))
		ck_assert_uint_eq(loads_idle(twin->loads, &set), idle_of(twin, &set));
	check_least(twin, NULL);
	check_least(twin, &set);
	check_falling(twin);
}

SUITE(.timeout = 60);

TEST_RANGE(random_changes_agree_with_looking_at_every_cpu, 0, 7)
{
	static const struct {
		uint32_t cpus, steps;
	} sizes[] = { { 1, 20000 }, { 2, 20000 }, { 7, 50000 }, { 64, 20000 }, { 65, 20000 },
		{ 200, 10000 }, { CPUS_MAX, 1000 } };
	struct prng prng = { .key = prng_key(815, (uint64_t)_i) };
	struct twin *twin = calloc(1, sizeof(*twin));

	twin->cpus = sizes[_i].cpus;
	twin->loads = loads_new(twin->cpus);
	for (uint32_t cpu = 0; cpu < twin->cpus; cpu++)
		twin->load[cpu] = LOADS_NONE;
	for (uint32_t step = 0; step < sizes[_i].steps; step++) {
		for (uint32_t i = 0; i < 1 + twin->cpus / 100; i++)
			change(twin, &prng);
		compare(twin, &prng);
	}
	loads_free(twin->loads);
	free(twin);
}

TEST(with_no_cpu_online_there_is_none_to_find)
{
	struct loads *loads = loads_new(3);

	ck_assert_uint_eq(loads_idle(loads, NULL), LOADS_NONE);
	ck_assert_uint_eq(loads_least(loads, NULL), LOADS_NONE);
	ck_assert_uint_eq(loads_most(loads), LOADS_NONE);
	loads_add(loads, 1, 5);
	ck_assert_uint_eq(loads_least(loads, NULL), 1);
	loads_remove(loads, 1);
	ck_assert_uint_eq(loads_most(loads), LOADS_NONE);
	loads_free(loads);
}

TEST(of_equals_the_last_that_came_stands_first_but_idle_ones_go_by_index)
{
	struct loads *loads = loads_new(4);

	for (uint32_t cpu = 4; cpu-- > 0;)
		loads_add(loads, cpu, 0);
	ck_assert_uint_eq(loads_idle(loads, NULL), 0);
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		loads_up(loads, cpu);
	ck_assert_uint_eq(loads_least(loads, NULL), 3);
	loads_down(loads, 2);
	loads_down(loads, 1);
	loads_down(loads, 3);
	ck_assert_uint_eq(loads_idle(loads, NULL), 1);
	ck_assert_uint_eq(loads_most(loads), 0);
	ck_assert_uint_eq(loads_after(loads, 0), 3);
	ck_assert_uint_eq(loads_after(loads, 3), 1);
	ck_assert_uint_eq(loads_after(loads, 1), 2);
	ck_assert_uint_eq(loads_after(loads, 2), LOADS_NONE);
	loads_free(loads);
}

/* In each: of three CPUs the first two are online, with loads 0 and 2. */

static void is_added_twice(struct loads *loads)
{
	loads_add(loads, 1, 5);
}

static void is_beyond_the_last(struct loads *loads)
{
	loads_add(loads, 3, 0);
}

static void is_removed_offline(struct loads *loads)
{
	loads_remove(loads, 2);
}

static void gets_more_offline(struct loads *loads)
{
	loads_up(loads, 2);
}

static void gets_less_than_nothing(struct loads *loads)
{
	loads_down(loads, 0);
}

static void not_marked_idle(struct loads *loads)
{
	loads->idle[0] = 0;
	loads_assert(loads);
}

static void word_not_marked_idle(struct loads *loads)
{
	loads->idle_summary[0] = 0;
	loads_assert(loads);
}

static void in_the_list_of_another_load(struct loads *loads)
{
	loads->load[1] = 1;
	loads_assert(loads);
}

static void counted_and_not_listed(struct loads *loads)
{
	loads->head[2] = LOADS_NONE;
	loads_assert(loads);
}

static void highest_of_nobody(struct loads *loads)
{
	loads->highest = 3;
	loads_assert(loads);
}

static void (*const misuses[])(struct loads *) = { is_added_twice, is_beyond_the_last,
	is_removed_offline, gets_more_offline, gets_less_than_nothing, not_marked_idle,
	word_not_marked_idle, in_the_list_of_another_load, counted_and_not_listed,
	highest_of_nobody };

TEST_SIGNAL_ROWS(what_must_not_be_ends_the_program, misuses, SIGABRT)
{
	struct loads *loads = loads_new(3);

	loads_add(loads, 0, 0);
	loads_add(loads, 1, 2);
	misuses[_i](loads);
}
