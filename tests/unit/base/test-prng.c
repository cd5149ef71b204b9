/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>

#include "sim/base/prng.h"

#include "tests/lib/suite.h"

enum { DRAWS = 1 << 20 };

/* From a second implementation (Python): these are what repeats a run from its seed. */
static const struct {
	uint64_t seed, entity, key, draws[5]; /* draws 0, 1, 2, 10^6 and 2^32 - 1 */
} known[] = {
	{ 0, 0, UINT64_C(0x31042cc5515af7ee),
		{ UINT64_C(0x02d5008995b7d7d6), UINT64_C(0x18c262d1f7692aa8),
			UINT64_C(0x1c6735d062d705de), UINT64_C(0xa93d88994d59c2f7),
			UINT64_C(0x196c5aeb5e645e4e) } },
	{ 1, 0, UINT64_C(0xe0d89fa2c0f89645),
		{ UINT64_C(0xafdc67c567fee01c), UINT64_C(0x80c9f3d229233379),
			UINT64_C(0xe7af00ba7dc61673), UINT64_C(0x54108c33524bc80e),
			UINT64_C(0x6fc039edcd0b02a7) } },
	{ 0, 1, UINT64_C(0x3c803d853a4f22db),
		{ UINT64_C(0x204e5e1ebeb65241), UINT64_C(0x91bd59328ec88dec),
			UINT64_C(0xb4ecfa53f31be032), UINT64_C(0x19832561b7503cb2),
			UINT64_C(0x4cbd1ddc90c5c147) } },
	{ 1, 2, UINT64_C(0x20b396011b7a08d6),
		{ UINT64_C(0xf8e980ba0c53340b), UINT64_C(0xaa0e326038d34c69),
			UINT64_C(0xd4ae8e4ac6a55070), UINT64_C(0xab81b77b996d2cda),
			UINT64_C(0x2dd36ea4749bff82) } },
	{ UINT64_MAX, UINT64_MAX, UINT64_C(0x13d6d456fc7d1475),
		{ UINT64_C(0x8f5ad12344336c71), UINT64_C(0xb85eba871e082d5a),
			UINT64_C(0xa533af41515f5bb7), UINT64_C(0xe3ed8ebe5596c043),
			UINT64_C(0x94259c56408fe66b) } },
};

static const uint32_t known_counters[5] = { 0, 1, 2, 1000000, UINT32_MAX };

static uint32_t bits_set(uint64_t word)
{
	return (uint32_t)__builtin_popcountll(word);
}

static int compare_words(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Passed assertions write to a file: in long loops only the one that fails is made. */
static void check_distinct(uint64_t *words)
{
	qsort(words, DRAWS, sizeof(*words), compare_words);
	for (uint32_t i = 1; i < DRAWS; i++)
		if (words[i - 1] == words[i])
			ck_assert_uint_ne(words[i - 1], words[i]);
}

SUITE(.timeout = 60);

TEST(keys_and_draws_are_the_promised_ones)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct prng prng = { prng_key(known[i].seed, known[i].entity), 0 };

		ck_assert_uint_eq(prng.key, known[i].key);
		for (size_t j = 0; j < 5; j++) {
			prng.counter = known_counters[j];
			ck_assert_uint_eq(prng_next(&prng), known[i].draws[j]);
		}
	}
}

TEST(every_draw_moves_the_counter_by_one)
{
	struct prng prng = { prng_key(7, 7), 0 };

	for (uint32_t i = 0; i < 1000; i++) {
		ck_assert_uint_eq(prng.counter, i);
		if (i % 2 == 0)
			prng_next(&prng);
		else
			prng_below(&prng, i);
	}
}

TEST(a_stream_goes_on_from_its_counter_alone)
{
	struct prng whole = { prng_key(3, 4), 0 };

	for (uint32_t i = 0; i < 1000; i++) {
		struct prng again = { prng_key(3, 4), i };

		ck_assert_uint_eq(prng_next(&whole), prng_next(&again));
	}
}

/* 2^20 random keys would show an equal pair with probability 2^-25. */
TEST(keys_of_entities_and_of_seeds_are_distinct)
{
	uint64_t *keys = calloc(DRAWS, sizeof(*keys));

	for (uint32_t i = 0; i < DRAWS; i++)
		keys[i] = prng_key(i / 1024, i % 1024);
	check_distinct(keys);
	free(keys);
}

/* Each bit is a coin: 2^20 draws have a standard deviation of 512 heads; 6 of them are allowed. */
TEST(every_bit_is_set_half_of_the_time)
{
	struct prng prng = { prng_key(1, 1), 0 };
	uint32_t set[64] = { 0 };

	for (uint32_t i = 0; i < DRAWS; i++) {
		uint64_t draw = prng_next(&prng);

		for (uint32_t bit = 0; bit < 64; bit++)
			set[bit] += draw >> bit & 1;
	}
	for (uint32_t bit = 0; bit < 64; bit++) {
		ck_assert_uint_gt(set[bit], DRAWS / 2 - 6 * 512);
		ck_assert_uint_lt(set[bit], DRAWS / 2 + 6 * 512);
	}
}

/* Of 64 bits 32 differ, standard deviation 4, so 4 / 2^9 for the mean of 2^18 pairs:
 * the sum is 2^23 with a standard deviation of 2^11. */
static void check_half_differ(uint32_t difference_sum)
{
	ck_assert_uint_gt(difference_sum, (1 << 23) - 6 * (1 << 11));
	ck_assert_uint_lt(difference_sum, (1 << 23) + 6 * (1 << 11));
}

TEST(neighbouring_draws_entities_and_seeds_differ_in_half_of_their_bits)
{
	uint32_t draws = 0, entities = 0, seeds = 0;
	struct prng prng = { prng_key(5, 5), 0 };

	for (uint32_t i = 0; i < 1 << 18; i++) {
		struct prng a = { prng_key(9, i), 0 }, b = { prng_key(9, i + 1), 0 };
		struct prng c = { prng_key(i, 9), 0 }, d = { prng_key(i + 1, 9), 0 };
		uint64_t first = prng_next(&prng);

		draws += bits_set(first ^ prng_next(&prng));
		entities += bits_set(prng_next(&a) ^ prng_next(&b));
		seeds += bits_set(prng_next(&c) ^ prng_next(&d));
	}
	check_half_differ(draws);
	check_half_differ(entities);
	check_half_differ(seeds);
}

/* 2^20 draws over 4096 cells: 256 each, and the sum of (n - 256)^2 / 256 is 4095 with a standard
 * deviation of 90. Cells are @bits bits of the first draw, the rest of the second. */
static void check_pairs(struct prng *first, struct prng *second, uint32_t bits)
{
	static uint32_t cells[4096];
	uint64_t squares = 0;

	for (uint32_t i = 0; i < 4096; i++)
		cells[i] = 0;
	for (uint32_t i = 0; i < DRAWS; i++) {
		uint64_t high = prng_below(first, 1U << bits);
		uint64_t low = prng_below(second, 1U << (12 - bits));

		cells[high << (12 - bits) | low]++;
	}
	for (uint32_t i = 0; i < 4096; i++) {
		int64_t off = (int64_t)cells[i] - 256;

		squares += (uint64_t)(off * off);
	}
	ck_assert_uint_gt(squares / 256, 4095 - 6 * 90);
	ck_assert_uint_lt(squares / 256, 4095 + 6 * 90);
}

TEST(draws_and_pairs_of_draws_are_spread_evenly)
{
	struct prng single = { prng_key(11, 0), 0 }, pairs = { prng_key(11, 1), 0 };
	struct prng other = { prng_key(11, 2), 0 };

	check_pairs(&single, &other, 12);
	check_pairs(&pairs, &pairs, 6);
	check_pairs(&single, &other, 6);
}

TEST(streams_have_no_draw_in_common)
{
	uint64_t *draws = calloc(DRAWS, sizeof(*draws));

	for (uint32_t i = 0; i < DRAWS; i++) {
		struct prng prng = { prng_key(1, i / 1024), i % 1024 };

		draws[i] = prng_next(&prng);
	}
	check_distinct(draws);
	free(draws);
}

TEST(below_reaches_all_values_and_never_the_bound)
{
	struct prng prng = { prng_key(2, 2), 0 };

	for (uint64_t bound = 1; bound <= 64; bound++) {
		uint64_t seen = 0;

		for (uint32_t i = 0; i < 4096; i++) {
			uint64_t value = prng_below(&prng, bound);

			if (value >= bound)
				ck_abort_msg(
					"%ju is not below %ju", (uintmax_t)value, (uintmax_t)bound);
			seen |= UINT64_C(1) << value;
		}
		ck_assert_uint_eq(bits_set(seen), bound);
	}
}

TEST(below_takes_the_high_bits_of_one_draw)
{
	struct prng prng = { prng_key(2, 3), 0 }, same = prng;

	for (uint32_t bits = 0; bits <= 63; bits++) {
		uint64_t draw = prng_next(&same);

		ck_assert_uint_eq(prng_below(&prng, UINT64_C(1) << bits),
			bits == 0 ? 0 : draw >> (64 - bits));
	}
}
