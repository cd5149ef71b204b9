/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/statistics.h"

#include <glib.h>
#include <gmp.h>

_Static_assert(sizeof(unsigned long) == 8, "what GMP calls ui has fewer than 64 bits");

/*
 * With S the sum of the n values, Q the sum of their squares, and
 *     D = n Q - S^2,
 * an integer that is n times the sum of squared deviations and therefore not negative,
 *     sd   = sqrt(D / (n (n - 1)))
 *     ci95 = t / 1000 * sd / sqrt(n) = sqrt(t^2 D / (n^2 (n - 1) 10^6)).
 * Both are square roots of a ratio of two integers, which are exact here: what cancels in D is no
 * trouble without rounding. Only root() rounds.
 *
 * The sums do not overflow: n <= 2^40 and |value| < 2^62, so |S| < 2^102, of 127 bits, and
 * Q < 2^164, whose carries out of 128 bits are < 2^36. Nor do the results: the deviations from the
 * mean have a mean square below 2^124, so D < n^2 2^124, and
 *     sd <= 2^62 sqrt(n / (n - 1)) <= 2^62.5
 *     ci95 <= t / 1000 * 2^62 / sqrt(n - 1) <= 12.706 * 2^62 < 2^66.
 */

static uint128 size_of(int128 value)
{
	return (uint128)(value < 0 ? -value : value);
}

void sweep_sample_add(struct sweep_sample *sample, int64_t value)
{
	uint128 square = size_of(value) * size_of(value);

	g_assert(value > -SWEEP_VALUE_LIMIT && value < SWEEP_VALUE_LIMIT);
	g_assert(sample->count < SWEEP_SAMPLE_MAX);
	sample->count++;
	sample->sum += value;
	sample->squares += square;
	sample->squares_high += sample->squares < square;
}

/* @number = @high * 2^128 + @low. */
static void set_wide(mpz_t number, uint128 low, uint64_t high)
{
	const uint64_t words[] = { (uint64_t)low, (uint64_t)(low >> 64), high };

	mpz_import(number, G_N_ELEMENTS(words), -1, sizeof(words[0]), 0, 0, words);
}

static uint128 get_wide(const mpz_t number)
{
	uint64_t words[2] = { 0 };

	g_assert(mpz_sgn(number) >= 0 && mpz_sizeinbase(number, 2) <= 128);
	mpz_export(words, NULL, -1, sizeof(words[0]), 0, 0, number);
	return (uint128)words[1] << 64 | words[0];
}

/* The square root of @numerator / @denominator to the nearest integer, a half up. That is half of
 * floor(sqrt(4 numerator / denominator)), rounded up; the ratio may be rounded down before. */
static uint128 root(const mpz_t numerator, const mpz_t denominator)
{
	uint128 twice;
	mpz_t ratio;

	g_assert(mpz_sgn(denominator) > 0);
	mpz_init(ratio);
	mpz_mul_ui(ratio, numerator, 4);
	mpz_fdiv_q(ratio, ratio, denominator);
	mpz_sqrt(ratio, ratio);
	twice = get_wide(ratio);
	mpz_clear(ratio);
	return (twice + 1) / 2;
}

static int64_t mean(const struct sweep_sample *sample)
{
	int64_t size = (int64_t)((2 * size_of(sample->sum) + sample->count) / sample->count / 2);

	g_assert(size < SWEEP_VALUE_LIMIT);
	return sample->sum < 0 ? -size : size;
}

/* D of above. */
static void set_spread(mpz_t spread, const struct sweep_sample *sample)
{
	mpz_t sum;

	mpz_init(sum);
	set_wide(sum, size_of(sample->sum), 0);
	set_wide(spread, sample->squares, sample->squares_high);
	mpz_mul_ui(spread, spread, sample->count);
	mpz_submul(spread, sum, sum);
	g_assert(mpz_sgn(spread) >= 0);
	mpz_clear(sum);
}

static void add_deviations(struct sweep_statistics *statistics, const struct sweep_sample *sample)
{
	uint64_t n = sample->count, t = sweep_student_t(n - 1);
	mpz_t numerator, denominator;

	g_assert(n >= 2);
	mpz_inits(numerator, denominator, NULL);
	set_spread(numerator, sample);
	set_wide(denominator, (uint128)n * (n - 1), 0);
	statistics->sd = (uint64_t)root(numerator, denominator);
	mpz_mul_ui(numerator, numerator, t * t);
	mpz_mul_ui(denominator, denominator, n);
	mpz_mul_ui(denominator, denominator, 1000000);
	statistics->ci95 = root(numerator, denominator);
	mpz_clears(numerator, denominator, NULL);
}

struct sweep_statistics sweep_sample_statistics(const struct sweep_sample *sample)
{
	struct sweep_statistics statistics = { .count = sample->count };

	g_assert(sample->count <= SWEEP_SAMPLE_MAX);
	if (sample->count >= 1)
		statistics.mean = mean(sample);
	if (sample->count >= 2)
		add_deviations(&statistics, sample);
	return statistics;
}

unsigned sweep_student_t(uint64_t degrees)
{
	static const uint16_t first[] = { 12706, 4303, 3182, 2776, 2571, 2447, 2365, 2306, 2262,
		2228, 2201, 2179, 2160, 2145, 2131, 2120, 2110, 2101, 2093, 2086, 2080, 2074, 2069,
		2064, 2060, 2056, 2052, 2048, 2045, 2042 };
	/* The last row is for ever: from 4427 on it is 1.960, as with infinitely many. */
	static const struct {
		uint16_t degrees, milli;
	} then[] = { { 30, 2042 }, { 40, 2021 }, { 50, 2009 }, { 60, 2000 }, { 80, 1990 },
		{ 100, 1984 }, { 120, 1980 }, { 200, 1972 }, { 500, 1965 }, { 1000, 1962 },
		{ 5000, 1960 } };
	unsigned row = G_N_ELEMENTS(then) - 1;

	g_assert(degrees >= 1);
	if (degrees <= G_N_ELEMENTS(first))
		return first[degrees - 1];
	while (then[row].degrees > degrees)
		row--;
	return then[row].milli;
}
