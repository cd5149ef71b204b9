/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>
#include <stdlib.h>

#include "sim/base/prng.h"
#include "sim/engine/wheel.h"
#include "tests/lib/suite.h"

#define TIME_NS_MAX ((UINT64_C(1) << WHEEL_TIME_BITS) - 1)

/* The wheel next to what it must equal. */
struct twin {
	struct wheel *wheel;
	struct prng prng;
	uint64_t *keys; /* a binary heap, from 1 on: simple, and fast enough for a million */
	uint64_t count, room;
};

static void twin_start(struct twin *twin, uint64_t seed)
{
	*twin = (struct twin){
		.wheel = wheel_new((uint32_t)seed),
		.prng = { .key = prng_key(seed, 0) },
		.room = 16,
		.keys = calloc(17, sizeof(uint64_t)),
	};
}

static void twin_stop(struct twin *twin)
{
	wheel_free(twin->wheel);
	free(twin->keys);
}

static void twin_insert(struct twin *twin, uint64_t time_ns, uint32_t id)
{
	uint64_t i = ++twin->count, key = wheel_key(time_ns, id);

	if (i > twin->room) {
		twin->room *= 2;
		twin->keys = realloc(twin->keys, (twin->room + 1) * sizeof(uint64_t));
		ck_assert_ptr_nonnull(twin->keys);
	}
	for (; i > 1 && twin->keys[i / 2] > key; i /= 2)
		twin->keys[i] = twin->keys[i / 2];
	twin->keys[i] = key;
	wheel_insert(twin->wheel, time_ns, id);
}

static void heap_pop(struct twin *twin)
{
	uint64_t key = twin->keys[twin->count--], i = 1;

	while (2 * i <= twin->count) {
		uint64_t child = 2 * i;

		if (child < twin->count && twin->keys[child + 1] < twin->keys[child])
			child++;
		if (twin->keys[child] >= key)
			break;
		twin->keys[i] = twin->keys[child];
		i = child;
	}
	twin->keys[i] = key;
}

/* Pop from both, compare, and return the key. */
static uint64_t twin_pop(struct twin *twin)
{
	uint64_t expected = twin->keys[1], peeked = 0;

	/* Passed assertions write to a file: in long loops only one that fails is made. */
	if (!wheel_min_key(twin->wheel, &peeked) || peeked != expected)
		ck_assert_uint_eq(peeked, expected);
	peeked = wheel_pop(twin->wheel);
	if (peeked != expected)
		ck_assert_uint_eq(peeked, expected);
	heap_pop(twin);
	return expected;
}

static void twin_drain(struct twin *twin)
{
	uint64_t key = 0;

	while (twin->count > 0)
		twin_pop(twin);
	ck_assert(!wheel_min_key(twin->wheel, &key));
}

static uint32_t random_id(struct twin *twin)
{
	return (uint32_t)prng_below(&twin->prng, 1U << WHEEL_ID_BITS);
}

/* How long tasks sleep; all take what they need from one draw. */
typedef uint64_t (*sleep_fn)(uint64_t draw);

static uint64_t sleep_zero(uint64_t draw)
{
	(void)draw;
	return 0;
}

static uint64_t sleep_one(uint64_t draw)
{
	(void)draw;
	return 1;
}

static uint64_t sleep_fixed(uint64_t draw)
{
	(void)draw;
	return 3000000;
}

static uint64_t sleep_just_after(uint64_t draw)
{
	return draw >> 60;
}

static uint64_t sleep_uniform(uint64_t draw)
{
	return draw >> 42;
}

/* k ms with probability 2^-k, and at random what is below. */
static uint64_t sleep_exponential(uint64_t draw)
{
	return (uint64_t)__builtin_clzll(draw | 1) * 1000000 + (draw & 0xfffff);
}

static uint64_t sleep_bimodal(uint64_t draw)
{
	return draw >> 57 == 0 ? 1000000000 : 1000 + (draw & 7);
}

/* All magnitudes up to 2^33 alike. */
static uint64_t sleep_any_magnitude(uint64_t draw)
{
	return draw >> 31 >> (draw & 31);
}

static const sleep_fn sleeps[] = { sleep_zero, sleep_one, sleep_fixed, sleep_just_after,
	sleep_uniform, sleep_exponential, sleep_bimodal, sleep_any_magnitude };

enum { SLEEPS = sizeof(sleeps) / sizeof(sleeps[0]) };

static void twin_fill(struct twin *twin, sleep_fn sleep, uint64_t now_ns, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		twin_insert(twin, now_ns + sleep(prng_next(&twin->prng)), random_id(twin));
}

/* @count sleep; who wakes sleeps again; in the end all wake. */
static void twin_hold(struct twin *twin, sleep_fn sleep, uint32_t count, uint32_t steps)
{
	twin_fill(twin, sleep, 0, count);
	for (uint32_t i = 0; i < steps; i++) {
		uint64_t now_ns = wheel_key_time(twin_pop(twin));

		twin_insert(twin, now_ns + sleep(prng_next(&twin->prng)), random_id(twin));
	}
	twin_drain(twin);
}

SUITE(.timeout = 60);

TEST(an_empty_wheel_has_no_minimum)
{
	struct wheel *wheel = wheel_new(0);
	uint64_t key = 42;

	ck_assert(!wheel_min_key(wheel, &key));
	ck_assert_uint_eq(key, 42);
	wheel_free(wheel);
	wheel_free(NULL);
}

TEST(a_key_packs_time_and_task)
{
	uint64_t key = wheel_key(TIME_NS_MAX, (1U << WHEEL_ID_BITS) - 1);

	ck_assert_uint_eq(key, UINT64_MAX);
	ck_assert_uint_eq(wheel_key_time(key), TIME_NS_MAX);
	ck_assert_uint_eq(wheel_key_id(key), (1U << WHEEL_ID_BITS) - 1);
	ck_assert_uint_lt(wheel_key(5, (1U << WHEEL_ID_BITS) - 1), wheel_key(6, 0));
	ck_assert_uint_lt(wheel_key(5, 1), wheel_key(5, 2));
}

TEST(the_first_and_the_last_key_there_can_be_come_out)
{
	struct twin twin;

	twin_start(&twin, 1);
	for (uint32_t i = 0; i < 1000; i++) {
		twin_insert(&twin, TIME_NS_MAX, (1U << WHEEL_ID_BITS) - 1);
		twin_insert(&twin, 0, 0);
		twin_insert(&twin, TIME_NS_MAX, 0);
		twin_insert(&twin, 0, (1U << WHEEL_ID_BITS) - 1);
	}
	twin_drain(&twin);
	twin_stop(&twin);
}

TEST(equal_times_come_out_by_task)
{
	struct wheel *wheel = wheel_new(100000);

	/* 7919 is a prime: every task once, in no order. */
	for (uint64_t i = 0; i < 100000; i++)
		wheel_insert(wheel, 123456789, (uint32_t)(i * 7919 % 100000));
	for (uint32_t id = 0; id < 100000; id++)
		ck_assert_uint_eq(wheel_pop(wheel), wheel_key(123456789, id));
	wheel_free(wheel);
}

TEST(equal_keys_come_out_as_often_as_they_went_in)
{
	struct twin twin;

	twin_start(&twin, 1);
	for (uint32_t i = 0; i < 100000; i++) {
		twin_insert(&twin, 1000 + i % 3, 5);
		if (i % 1000 == 0)
			twin_insert(&twin, 999, 7);
	}
	for (uint32_t i = 0; i < 50000; i++)
		twin_insert(&twin, wheel_key_time(twin_pop(&twin)), 5);
	twin_drain(&twin);
	twin_stop(&twin);
}

TEST(a_task_may_sleep_again_until_now_with_a_lower_number)
{
	struct wheel *wheel = wheel_new(4);
	uint64_t key;

	wheel_insert(wheel, 10, 3);
	wheel_insert(wheel, 11, 0);
	ck_assert_uint_eq(wheel_pop(wheel), wheel_key(10, 3));
	wheel_insert(wheel, 10, 1);
	wheel_insert(wheel, 10, 2);
	ck_assert_uint_eq(wheel_pop(wheel), wheel_key(10, 1));
	ck_assert_uint_eq(wheel_pop(wheel), wheel_key(10, 2));
	ck_assert_uint_eq(wheel_pop(wheel), wheel_key(11, 0));
	ck_assert(!wheel_min_key(wheel, &key));
	wheel_free(wheel);
}

TEST(sleepers_of_every_kind_and_number_wake_in_order)
{
	static const uint32_t counts[] = { 1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 129, 1000,
		10000 };

	for (uint32_t i = 0; i < SLEEPS; i++) {
		for (size_t j = 0; j < sizeof(counts) / sizeof(counts[0]); j++) {
			struct twin twin;

			twin_start(&twin, i);
			twin_hold(&twin, sleeps[i], counts[j], 2 * counts[j] + 1000);
			twin_stop(&twin);
		}
	}
}

TEST(a_million_sleepers_of_every_kind_wake_in_order)
{
	for (uint32_t i = 0; i < SLEEPS; i++) {
		struct twin twin;

		twin_start(&twin, i);
		twin_hold(&twin, sleeps[i], 1 << 20, 1 << 16);
		twin_stop(&twin);
	}
}

/* Bursts of inserts and of pops, kinds of sleep mixed: what no single distribution does. */
TEST(random_bursts_agree_with_a_heap)
{
	for (uint64_t seed = 0; seed < 400; seed++) {
		uint64_t now_ns = 0;
		struct twin twin;

		twin_start(&twin, seed);
		for (uint32_t burst = 0; burst < 100; burst++) {
			sleep_fn sleep = sleeps[prng_below(&twin.prng, SLEEPS)];
			uint64_t pops = prng_below(&twin.prng, 500);

			twin_fill(&twin, sleep, now_ns, (uint32_t)prng_below(&twin.prng, 500));
			for (; pops > 0 && twin.count > 0; pops--)
				now_ns = wheel_key_time(twin_pop(&twin));
		}
		twin_drain(&twin);
		twin_stop(&twin);
	}
}

/* A key far away is all there is, so it is next; then many come before it, again and again, while
 * a million sleep beyond. A run that only grows, or buckets that are undone, would take minutes. */
TEST(crowds_before_a_far_key_are_taken_in_and_let_out)
{
	uint64_t far_ns = UINT64_C(1) << 41, now_ns = 0;
	struct twin twin;

	twin_start(&twin, 1);
	twin_insert(&twin, far_ns, 0);
	for (uint32_t i = 0; i < 1 << 20; i++)
		twin_insert(&twin, far_ns + prng_below(&twin.prng, 1000000), random_id(&twin));
	for (uint32_t round = 0; round < 5000; round++) {
		twin_fill(&twin, sleep_just_after, now_ns + 1000, 300);
		while (wheel_key_time(twin.keys[1]) < far_ns)
			now_ns = wheel_key_time(twin_pop(&twin));
	}
	twin_drain(&twin);
	twin_stop(&twin);
}

/* Each crowd comes before the one before it: the pivot goes back at every digit. */
TEST(crowds_may_come_ever_earlier)
{
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct twin twin;

		twin_start(&twin, seed);
		for (uint32_t bits = WHEEL_TIME_BITS; bits-- > 0;) {
			uint64_t count = prng_below(&twin.prng, 1000);

			for (uint64_t i = 0; i < count; i++)
				twin_insert(&twin,
					(UINT64_C(1) << bits) + prng_below(&twin.prng, 1 + bits),
					random_id(&twin));
		}
		twin_drain(&twin);
		twin_stop(&twin);
	}
}

TEST(a_wheel_that_ran_empty_works_on)
{
	struct twin twin;
	uint64_t now_ns = 0;

	twin_start(&twin, 3);
	for (uint32_t round = 0; round < 1000; round++) {
		twin_fill(&twin, sleep_uniform, now_ns, (uint32_t)prng_below(&twin.prng, 200));
		while (twin.count > 0)
			now_ns = wheel_key_time(twin_pop(&twin));
	}
	twin_stop(&twin);
}

TEST(a_pending_key_costs_at_most_twelve_bytes)
{
	for (uint32_t i = 0; i < SLEEPS; i++) {
		struct twin twin;

		twin_start(&twin, i);
		twin_hold(&twin, sleeps[i], 1 << 17, 1 << 18);
		ck_assert_uint_le(wheel_bytes(twin.wheel), UINT64_C(12) << 17);
		twin_stop(&twin);
	}
}

TEST(memory_is_used_again)
{
	struct wheel *wheel = wheel_new(1000);
	uint64_t bytes = 0, key;

	for (uint64_t round = 0; round < 1000; round++) {
		for (uint32_t id = 0; id < 1000; id++)
			wheel_insert(wheel, round * 1000000 + id * 617 % 1000 * 1000, id);
		while (wheel_min_key(wheel, &key))
			wheel_pop(wheel);
		if (round == 0)
			bytes = wheel_bytes(wheel);
	}
	/* Every round fills as many buckets, more or less. */
	ck_assert_uint_le(wheel_bytes(wheel), 2 * bytes);
	wheel_free(wheel);
}

TEST_SIGNAL(a_wake_up_before_the_key_popped_last_is_our_bug, SIGABRT)
{
	struct wheel *wheel = wheel_new(1);

	wheel_insert(wheel, 10, 0);
	wheel_pop(wheel);
	wheel_insert(wheel, 9, 0);
}

TEST_SIGNAL(a_time_beyond_42_bits_is_our_bug, SIGABRT)
{
	wheel_insert(wheel_new(1), TIME_NS_MAX + 1, 0);
}

TEST_SIGNAL(popping_from_an_empty_wheel_is_our_bug, SIGABRT)
{
	wheel_pop(wheel_new(1));
}
