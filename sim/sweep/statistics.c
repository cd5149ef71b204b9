/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/statistics.h"

#include <glib.h>
#include <gmp.h>

#include "sim/base/numbers.h"

/* What GMP calls ui may have 32 bits, so counts are set by set_wide(). */

/*
 * With S the sum of the n values, Q the sum of their squares, and
 *     D = n Q - S^2,
 * an integer that is n times the sum of squared deviations and therefore not negative,
 *     sd   = sqrt(D / (n (n - 1)))
 *     ci95 = t / 1000 * sd / sqrt(n) = sqrt(t^2 D / (n^2 (n - 1) 10^6)).
 * Both are square roots of a ratio of two integers, which are exact here: what cancels in D is no
 * trouble without rounding. Only root() rounds.
 *
 * The sums do not overflow: n <= 2^40 and |value| < 2^62, so |S| < 2^102, and
 * Q < 2^164, whose carries out of 128 bits are < 2^36. Nor do the results: the deviations from the
 * mean have a mean square below 2^124, so D < n^2 2^124, and
 *     sd <= 2^62 sqrt(n / (n - 1)) <= 2^62.5
 *     ci95 <= t / 1000 * 2^62 / sqrt(n - 1) <= 12.706 * 2^62 < 2^66.
 */

/* Whether the sum is below 0, and its size. */
static bool sum_of(const struct sweep_sample *sample, struct wide *size)
{
	bool negative = wide_below(sample->above, sample->below);

	*size = negative ? wide_difference(sample->below, sample->above)
	                 : wide_difference(sample->above, sample->below);
	return negative;
}

void sweep_sample_add(struct sweep_sample *sample, int64_t value)
{
	uint64_t size = (uint64_t)(value < 0 ? -value : value);
	struct wide *side = value < 0 ? &sample->below : &sample->above;
	struct wide square = wide_product(size, size);

	g_assert(value > -SWEEP_VALUE_LIMIT && value < SWEEP_VALUE_LIMIT);
	g_assert(sample->count < SWEEP_SAMPLE_MAX);
	sample->count++;
	*side = wide_sum(*side, wide_of(size));
	sample->squares = wide_sum(sample->squares, square);
	sample->squares_high += wide_below(sample->squares, square);
}

/* @number = @high * 2^128 + @low. */
static void set_wide(mpz_t number, struct wide low, uint64_t high)
{
	const uint64_t words[] = { low.low, low.high, high };

	mpz_import(number, G_N_ELEMENTS(words), -1, sizeof(words[0]), 0, 0, words);
}

static struct wide get_wide(const mpz_t number)
{
	uint64_t words[2] = { 0 };

	g_assert(mpz_sgn(number) >= 0 && mpz_sizeinbase(number, 2) <= 128);
	mpz_export(words, NULL, -1, sizeof(words[0]), 0, 0, number);
	return (struct wide){ words[0], words[1] };
}

/* The square root of @numerator / @denominator to the nearest integer, a half up. That is half of
 * floor(sqrt(4 numerator / denominator)), rounded up; the ratio may be rounded down before. */
static struct wide root(const mpz_t numerator, const mpz_t denominator)
{
	struct wide twice;
	mpz_t ratio;

	g_assert(mpz_sgn(denominator) > 0);
	mpz_init(ratio);
	mpz_mul_ui(ratio, numerator, 4);
	mpz_fdiv_q(ratio, ratio, denominator);
	mpz_sqrt(ratio, ratio);
	twice = get_wide(ratio);
	mpz_clear(ratio);
	return wide_shifted(wide_sum(twice, wide_of(1)), 1);
}

static int64_t mean(const struct sweep_sample *sample)
{
	struct wide sum;
	bool negative = sum_of(sample, &sum);
	int64_t size = (int64_t)number_divide(sum, sample->count);

	g_assert(size < SWEEP_VALUE_LIMIT);
	return negative ? -size : size;
}

/* D of above. */
static void set_spread(mpz_t spread, const struct sweep_sample *sample)
{
	struct wide size;
	mpz_t sum, count;

	mpz_inits(sum, count, NULL);
	sum_of(sample, &size);
	set_wide(sum, size, 0);
	set_wide(count, wide_of(sample->count), 0);
	set_wide(spread, sample->squares, sample->squares_high);
	mpz_mul(spread, spread, count);
	mpz_submul(spread, sum, sum);
	g_assert(mpz_sgn(spread) >= 0);
	mpz_clears(sum, count, NULL);
}

static void add_deviations(struct sweep_statistics *statistics, const struct sweep_sample *sample)
{
	uint64_t n = sample->count;
	unsigned long t = sweep_student_t(n - 1);
	mpz_t numerator, denominator, count;

	g_assert(n >= 2);
	mpz_inits(numerator, denominator, count, NULL);
	set_wide(count, wide_of(n), 0);
	set_spread(numerator, sample);
	set_wide(denominator, wide_product(n, n - 1), 0);
	statistics->sd = root(numerator, denominator).low;
	mpz_mul_ui(numerator, numerator, t * t);
	mpz_mul(denominator, denominator, count);
	mpz_mul_ui(denominator, denominator, 1000000);
	statistics->ci95 = root(numerator, denominator);
	mpz_clears(numerator, denominator, count, NULL);
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
