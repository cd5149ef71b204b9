/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>

#include "sim/base/sample.h"

#include "tests/lib/suite.h"

enum { DRAWS = 1 << 20 };

#define MS UINT64_C(1000000)

/* From a second implementation (Python): seed 0, entity 0, mean 2 ms. */
static const uint64_t known_draws[4] = { 9008363, 4671952, 4397355, 1582618 };

static uint64_t absolute_difference(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Sum of DRAWS draws in units of @unit, which keeps it below 2^64. */
static uint64_t draw_sum(struct sample sample, uint64_t entity, uint64_t unit)
{
	struct prng prng = { prng_key(1, entity), 0 };
	uint64_t sum = 0;

	for (uint32_t i = 0; i < DRAWS; i++)
		sum += sample_draw(&sample, &prng) / unit;
	return sum;
}

/* Draws of DRAWS that are below @limit. */
static uint32_t draws_below(struct sample sample, uint64_t limit)
{
	struct prng prng = { prng_key(2, 0), 0 };
	uint32_t below = 0;

	for (uint32_t i = 0; i < DRAWS; i++)
		below += sample_draw(&sample, &prng) < limit;
	return below;
}

/* How sample.c says its table was made. */
SUITE(.timeout = 60);

TEST(the_table_of_logarithms_is_what_integers_derive)
{
	uint64_t sum = 0, ln2 = sample_minus_ln(UINT64_C(1) << 63);

	for (uint64_t i = 0; i < 256; i++) {
		uint64_t d = 2 * (256 + i) + 1;

		/* The 1 / 256 steps from u = 1/2 to 1 are the entries themselves. */
		ck_assert_uint_eq(ln2 - sample_minus_ln((256 + i) << 55), (sum + (1 << 19)) >> 20);
		for (uint64_t term = (UINT64_C(1) << 60) / d, n = 1; term > 0; n += 2) {
			sum += 2 * (term / n);
			term /= d * d;
		}
	}
	ck_assert_uint_eq(ln2, (sum + (1 << 19)) >> 20);
}

TEST(half_of_u_adds_ln_2)
{
	uint64_t ln2 = sample_minus_ln(UINT64_C(1) << 63);

	/* 2^40 * 0.693147180559945309 */
	ck_assert_uint_eq(ln2, UINT64_C(762123384786));
	for (uint32_t bit = 0; bit < 64; bit++)
		ck_assert_uint_eq(sample_minus_ln(UINT64_C(1) << bit), (64 - bit) * ln2);
	ck_assert_uint_eq(sample_minus_ln(0), 64 * ln2);
	ck_assert_uint_lt(sample_minus_ln(UINT64_MAX), 512);
}

/* ln(u * v) = ln(u) + ln(v), for powers of 3/4, far from the entries' own points. */
TEST(between_the_entries_the_error_is_below_three_millionths)
{
	uint64_t three_quarters = sample_minus_ln(UINT64_C(3) << 62);
	uint64_t u = UINT64_MAX;

	for (uint32_t power = 1; power <= 100; power++) {
		u = u / 4 * 3 + u % 4 * 3 / 4;
		ck_assert_uint_le(absolute_difference(sample_minus_ln(u), power * three_quarters),
			(UINT64_C(1) << 40) * 3 / 1000000);
	}
}

TEST(the_logarithm_falls_as_u_rises)
{
	struct prng prng = { prng_key(3, 0), 0 };

	for (uint32_t i = 0; i < DRAWS; i++) {
		uint64_t u = prng_next(&prng) >> i % 40, v = u + (u >> 20) + 1;

		/* Passed assertions write to a file: only one that fails is made. */
		if (v > u && sample_minus_ln(u) < sample_minus_ln(v))
			ck_assert_uint_ge(sample_minus_ln(u), sample_minus_ln(v));
	}
}

/* The standard deviation of the mean of 2^20 draws is a thousandth: 64 streams divide it by 8, and
 * 4 of these are 1 / 2048. */
TEST(the_mean_of_the_exponential_is_right_from_1_ns_to_2_to_the_42)
{
	static const uint64_t means[] = { 1, 3, 1000, 2 * MS, UINT64_C(1) << 42 };

	for (size_t i = 0; i < sizeof(means) / sizeof(means[0]); i++) {
		struct sample sample = { .kind = SAMPLE_EXPONENTIAL, .a = means[i] };
		uint64_t unit = means[i] >> 30 > 0 ? means[i] >> 30 : 1;
		uint64_t sum = 0, expected = 64 * DRAWS * (means[i] / unit);

		for (uint64_t entity = 0; entity < 64; entity++)
			sum += draw_sum(sample, entity, unit);
		ck_assert_uint_lt(absolute_difference(sum, expected), expected / 2048);
	}
}

/* Of 2^20 draws a share p is below, standard deviation at most 512. */
TEST(the_quantiles_of_the_exponential_are_right)
{
	struct sample sample = { .kind = SAMPLE_EXPONENTIAL, .a = 1000000 * MS };

	/* -ln(0.99), -ln(3/4), ln 2, ln 4, ln 100, ln 1024 */
	static const struct {
		uint64_t limit, share; /* in units of 2^-20 */
	} quantiles[] = {
		{ UINT64_C(10050335853), 10486 },
		{ UINT64_C(287682072452), 262144 },
		{ UINT64_C(693147180560), 524288 },
		{ UINT64_C(1386294361120), 786432 },
		{ UINT64_C(4605170185988), 1038090 },
		{ UINT64_C(6931471805599), 1047552 },
	};

	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		ck_assert_uint_lt(absolute_difference(draws_below(sample, quantiles[i].limit),
					  quantiles[i].share),
			4 * 512);
}

/* Variance of the exponential = mean^2, so the mean square is 2 * mean^2; 2^20 draws have it
 * right to 0.44 %, standard deviation. */
TEST(the_mean_square_of_the_exponential_is_twice_the_square_of_the_mean)
{
	struct sample sample = { .kind = SAMPLE_EXPONENTIAL, .a = 10000 };
	struct prng prng = { prng_key(4, 0), 0 };
	uint64_t squares = 0, expected = UINT64_C(2) * 10000 * 10000 * DRAWS;

	for (uint32_t i = 0; i < DRAWS; i++) {
		uint64_t draw = sample_draw(&sample, &prng);

		squares += draw * draw;
	}
	ck_assert_uint_lt(absolute_difference(squares, expected), expected / 50);
}

TEST(the_exponential_stays_below_64_means)
{
	struct sample sample = { .kind = SAMPLE_EXPONENTIAL, .a = 0 };
	struct prng prng = { prng_key(5, 0), 0 };

	ck_assert_uint_eq(sample_draw(&sample, &prng), 0);
	for (uint32_t bits = 0; bits <= 42; bits++) {
		sample.a = UINT64_C(1) << bits;
		for (uint32_t i = 0; i < 10000; i++) {
			uint64_t draw = sample_draw(&sample, &prng);

			if (draw > 64 * sample.a)
				ck_assert_uint_le(draw, 64 * sample.a);
		}
	}
	/* The largest there is, by the smallest u. */
	ck_assert_uint_lt(sample_minus_ln(0) >> 40, 45);
}

TEST(the_exponential_gives_the_promised_draws)
{
	struct sample sample = { .kind = SAMPLE_EXPONENTIAL, .a = 2 * MS };
	struct prng prng = { prng_key(0, 0), 0 };

	for (uint32_t i = 0; i < 4; i++)
		ck_assert_uint_eq(sample_draw(&sample, &prng), known_draws[i]);
}

TEST(a_constant_costs_no_draw_and_the_others_one)
{
	struct sample sample = { .a = 5, .b = 9, .weight = 1U << 31 };
	struct prng prng = { prng_key(6, 0), 0 };

	sample.kind = SAMPLE_CONSTANT;
	ck_assert_uint_eq(sample_draw(&sample, &prng), 5);
	ck_assert_uint_eq(prng.counter, 0);
	for (int kind = SAMPLE_UNIFORM; kind <= SAMPLE_BIMODAL; kind++) {
		sample.kind = (enum sample_kind)kind;
		prng.counter = 0;
		sample_draw(&sample, &prng);
		ck_assert_uint_eq(prng.counter, 1);
	}
}

TEST(the_uniform_reaches_both_ends_and_nothing_beyond)
{
	struct sample sample = { .kind = SAMPLE_UNIFORM, .a = 10, .b = 13 };
	struct prng prng = { prng_key(7, 0), 0 };
	uint32_t seen[4] = { 0 };

	for (uint32_t i = 0; i < DRAWS; i++) {
		uint64_t draw = sample_draw(&sample, &prng);

		if (draw < 10 || draw > 13)
			ck_abort_msg("%ju is not in 10..13", (uintmax_t)draw);
		seen[draw - 10]++;
	}
	/* A quarter each, standard deviation 443. */
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_uint_lt(absolute_difference(seen[i], DRAWS / 4), 5 * 443);
	sample.b = sample.a;
	ck_assert_uint_eq(sample_draw(&sample, &prng), 10);
}

TEST(the_bimodal_takes_b_by_its_weight)
{
	struct sample sample = { .kind = SAMPLE_BIMODAL, .a = 1, .b = 2, .weight = 0 };

	ck_assert_uint_eq(draws_below(sample, 2), DRAWS);
	sample.weight = 1U << 30; /* a quarter are b */
	ck_assert_uint_lt(absolute_difference(draws_below(sample, 2), DRAWS / 4 * 3), 5 * 443);
	sample.weight = UINT32_MAX;
	ck_assert_uint_le(draws_below(sample, 2), 2);
}

TEST(the_bimodal_compares_the_high_half_of_the_draw_with_the_weight)
{
	struct prng prng = { prng_key(8, 0), 0 }, same = prng;
	struct sample sample = { .kind = SAMPLE_BIMODAL, .a = 1, .b = 2 };

	sample.weight = (uint32_t)(prng_next(&same) >> 32);
	ck_assert_uint_eq(sample_draw(&sample, &prng), 1);
	sample.weight++;
	prng.counter = 0;
	ck_assert_uint_eq(sample_draw(&sample, &prng), 2);
}
