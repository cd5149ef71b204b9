/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/statistics.h"

#include <glib.h>
#include <stdbool.h>

/*
 * With S the sum of the n values, Q the sum of their squares, and
 *     D = n Q - S^2,
 * an integer that is n times the sum of squared deviations and therefore not negative,
 *     sd   = sqrt(D / (n (n - 1)))
 *     ci95 = t / 1000 * sd / sqrt(n) = sqrt(t^2 D / (n^2 (n - 1) 10^6)).
 * Both are square roots of a ratio of two integers, which are exact here: what cancels in D is no
 * trouble without rounding. Only root() rounds.
 *
 * Nothing overflows: n <= 2^40, |value| < 2^62 and t < 2^14, so
 *     |S| < 2^102                               of 127 bits
 *     Q < 2^164, carries out of 128 bits < 2^36  of 64 bits
 *     n Q and S^2 <= 2^204                      of 256 bits
 *     4 t^2 D < 2^234, and in root() < 2^236    of 256 bits
 *     n^2 (n - 1) 10^6 < 2^140                  of 256 bits
 * The deviations from the mean have a mean square below 2^124, so D < n^2 2^124, and
 *     sd <= 2^62 sqrt(n / (n - 1)) <= 2^62.5
 *     ci95 <= t / 1000 * 2^62 / sqrt(n - 1) <= 12.706 * 2^62 < 2^66.
 */

struct wide {
	uint64_t limb[4]; /* lowest first */
};

static struct wide wide_from(sweep_uint128 low, uint64_t high)
{
	return (struct wide){ .limb = { (uint64_t)low, (uint64_t)(low >> 64), high } };
}

static struct wide wide_multiply(struct wide a, struct wide b)
{
	struct wide product = { 0 };

	for (unsigned i = 0; i < 4; i++) {
		uint64_t carry = 0;

		if (!a.limb[i])
			continue;
		for (unsigned j = 0; j < 4 - i; j++) {
			/* At most (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1. */
			sweep_uint128 term =
				(sweep_uint128)a.limb[i] * b.limb[j] + product.limb[i + j] + carry;

			product.limb[i + j] = (uint64_t)term;
			carry = (uint64_t)(term >> 64);
		}
		g_assert(carry == 0);
		for (unsigned j = 4 - i; j < 4; j++)
			g_assert(b.limb[j] == 0);
	}
	return product;
}

/* @a - @b, which is not negative. */
static struct wide wide_subtract(struct wide a, struct wide b)
{
	uint64_t borrow = 0;

	for (unsigned i = 0; i < 4; i++) {
		sweep_uint128 difference = (sweep_uint128)a.limb[i] - b.limb[i] - borrow;

		a.limb[i] = (uint64_t)difference;
		borrow = difference >> 64 != 0;
	}
	g_assert(borrow == 0);
	return a;
}

static bool wide_is_above(struct wide a, struct wide b)
{
	for (unsigned i = 4; i-- > 0;) {
		if (a.limb[i] != b.limb[i])
			return a.limb[i] > b.limb[i];
	}
	return false;
}

/* How many bits @a has without leading zeros. */
static unsigned wide_bits(struct wide a)
{
	for (unsigned i = 4; i-- > 0;) {
		if (a.limb[i])
			return 64 * i + 64 - (unsigned)__builtin_clzll(a.limb[i]);
	}
	return 0;
}

/*
 * The square root of @numerator / @denominator to the nearest integer, a half up. That is half of
 * floor(sqrt(4 numerator / denominator)), rounded up.
 *
 * Let the quadruple N have p bits and the denominator M have q. The root R has R^2 M <= N, so
 * R^2 < 2^(p - q + 1), and R has at most (p - q + 2) / 2 bits, rounded down. A number tried has no
 * more, so that its square times M is below 2^(p + 2).
 */
static sweep_uint128 root(struct wide numerator, struct wide denominator)
{
	struct wide quadruple = wide_multiply(numerator, wide_from(4, 0));
	unsigned room = wide_bits(quadruple) + 2, bits = wide_bits(denominator);
	sweep_uint128 found = 0;

	g_assert(bits > 0);
	bits = room > bits ? (room - bits) / 2 : 0;
	g_assert(bits < 128);
	while (bits-- > 0) {
		sweep_uint128 tried = found | (sweep_uint128)1 << bits;
		struct wide factor = wide_from(tried, 0);
		struct wide square = wide_multiply(factor, factor);

		if (!wide_is_above(wide_multiply(square, denominator), quadruple))
			found = tried;
	}
	return (found + 1) / 2;
}

void sweep_sample_add(struct sweep_sample *sample, int64_t value)
{
	sweep_uint128 size, square;

	g_assert(value > -SWEEP_VALUE_LIMIT && value < SWEEP_VALUE_LIMIT);
	g_assert(sample->count < SWEEP_SAMPLE_MAX);
	size = (sweep_uint128)(value < 0 ? -value : value);
	square = size * size;
	sample->count++;
	sample->sum += value;
	sample->squares += square;
	sample->squares_high += sample->squares < square;
}

static sweep_uint128 sum_size(const struct sweep_sample *sample)
{
	return (sweep_uint128)(sample->sum < 0 ? -sample->sum : sample->sum);
}

static int64_t mean(const struct sweep_sample *sample)
{
	int64_t size = (int64_t)((2 * sum_size(sample) + sample->count) / sample->count / 2);

	g_assert(size < SWEEP_VALUE_LIMIT);
	return sample->sum < 0 ? -size : size;
}

/* D of above. */
static struct wide spread(const struct sweep_sample *sample)
{
	struct wide squares = wide_from(sample->squares, sample->squares_high);
	struct wide sum = wide_from(sum_size(sample), 0);

	return wide_subtract(
		wide_multiply(squares, wide_from(sample->count, 0)), wide_multiply(sum, sum));
}

struct sweep_statistics sweep_sample_statistics(const struct sweep_sample *sample)
{
	struct sweep_statistics statistics = { .count = sample->count };
	struct wide numerator, denominator;
	uint64_t n = sample->count, t;

	if (n >= 1)
		statistics.mean = mean(sample);
	if (n >= 2) {
		numerator = spread(sample);
		denominator = wide_from((sweep_uint128)n * (n - 1), 0);
		statistics.sd = (uint64_t)root(numerator, denominator);
		t = sweep_student_t(n - 1);
		numerator = wide_multiply(numerator, wide_from(t * t, 0));
		denominator = wide_multiply(denominator, wide_from((sweep_uint128)n * 1000000, 0));
		statistics.ci95 = root(numerator, denominator);
	}
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
