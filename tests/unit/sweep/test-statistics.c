/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/prng.h"
#include "sim/sweep/statistics.h"
#include "tests/lib/suite.h"

#define MILLION 1000000

/* The greatest value. */
static const int64_t most = SWEEP_VALUE_LIMIT - 1;

static struct sweep_statistics statistics_of(const int64_t *values, unsigned count)
{
	struct sweep_sample sample = { 0 };

	for (unsigned i = 0; i < count; i++)
		sweep_sample_add(&sample, values[i]);
	return sweep_sample_statistics(&sample);
}

static void assert_statistics(
	struct sweep_statistics found, int64_t mean, uint64_t sd, struct wide ci95)
{
	ck_assert_int_eq(found.mean, mean);
	ck_assert_uint_eq(found.sd, sd);
	ck_assert_uint_eq(found.ci95.high, ci95.high);
	ck_assert_uint_eq(found.ci95.low, ci95.low);
}

#define ASSERT_STATISTICS(mean, sd, ci95, ...)                                                     \
	do {                                                                                       \
		const int64_t values[] = { __VA_ARGS__ };                                          \
		unsigned count = sizeof(values) / sizeof(values[0]);                               \
                                                                                                   \
		assert_statistics(statistics_of(values, count), mean, sd, wide_of(ci95));          \
	} while (0)

/* The share of Student's distribution that is within @t: Abramowitz and Stegun 26.7.3, 26.7.4. */
static long double student_within(long double t, unsigned degrees)
{
	long double angle = atanl(t / sqrtl(degrees)), cosine = cosl(angle);
	long double term = degrees % 2 ? cosine : 1, sum = 0;

	for (unsigned i = degrees % 2 ? 3 : 2; i <= degrees; i += 2) {
		sum += term;
		term *= cosine * cosine * (i - 1) / i;
	}
	if (degrees % 2)
		return (angle + sinl(angle) * sum) * 2 / acosl(-1);
	return sinl(angle) * sum;
}

SUITE(.timeout = 120);

TEST(no_values_and_one_have_no_deviation)
{
	struct sweep_statistics found = statistics_of(NULL, 0);

	ck_assert_uint_eq(found.count, 0);
	assert_statistics(found, 0, 0, wide_of(0));
	found = statistics_of(&most, 1);
	ck_assert_uint_eq(found.count, 1);
	assert_statistics(found, most, 0, wide_of(0));
	ASSERT_STATISTICS(-7, 0, 0, -7);
}

TEST(equal_values_do_not_deviate)
{
	ASSERT_STATISTICS(0, 0, 0, 0, 0);
	ASSERT_STATISTICS(5, 0, 0, 5, 5, 5);
	ASSERT_STATISTICS(most, 0, 0, most, most, most, most, most, most, most);
	ASSERT_STATISTICS(-most, 0, 0, -most, -most, -most);
}

TEST(a_mean_is_rounded_to_nearest_halves_away_from_zero)
{
	ck_assert_int_eq(statistics_of((int64_t[]){ 1, 2 }, 2).mean, 2);
	ck_assert_int_eq(statistics_of((int64_t[]){ -1, -2 }, 2).mean, -2);
	ck_assert_int_eq(statistics_of((int64_t[]){ 0, -1 }, 2).mean, -1);
	ck_assert_int_eq(statistics_of((int64_t[]){ 0, 0, 1 }, 3).mean, 0);
	ck_assert_int_eq(statistics_of((int64_t[]){ 0, 0, -1 }, 3).mean, 0);
	ck_assert_int_eq(statistics_of((int64_t[]){ 0, 1, 1 }, 3).mean, 1);
	ck_assert_int_eq(statistics_of((int64_t[]){ 0, -1, -1 }, 3).mean, -1);
	ck_assert_int_eq(statistics_of((int64_t[]){ most, most - 1 }, 2).mean, most);
}

TEST(a_deviation_of_half_a_unit_is_rounded_up)
{
	/* 1/2 exactly; its ci95 is 3.182 / 4. */
	ASSERT_STATISTICS(0, 1, 1, 0, 0, 0, 1);
	/* 3/2; 3.182 * 3 / 4. */
	ASSERT_STATISTICS(1, 2, 2, 0, 0, 0, 3);
	/* 0.447, 0.555 */
	ASSERT_STATISTICS(0, 0, 1, 0, 0, 0, 0, 1);
}

TEST(known_samples_have_their_known_statistics)
{
	/* Sum of squared deviations 32: sd sqrt(32/7), ci95 2.365 * sd / sqrt(8). */
	ASSERT_STATISTICS(5 * MILLION, 2138090, 1787772, 2 * MILLION, 4 * MILLION, 4 * MILLION,
		4 * MILLION, 5 * MILLION, 5 * MILLION, 7 * MILLION, 9 * MILLION);
	/* 1 ... 10: sd sqrt(55/6), ci95 2.262 * sd / sqrt(10). */
	ASSERT_STATISTICS(5500000, 3027650, 2165700, 1 * MILLION, 2 * MILLION, 3 * MILLION,
		4 * MILLION, 5 * MILLION, 6 * MILLION, 7 * MILLION, 8 * MILLION, 9 * MILLION,
		10 * MILLION);
	/* The speed of light, Michelson 1882, in km/s above 299 000. */
	ASSERT_STATISTICS(756217391, 107114619, 46322670, 883 * (int64_t)MILLION, 816 * MILLION,
		778 * MILLION, 796 * MILLION, 682 * MILLION, 711 * MILLION, 611 * MILLION,
		599 * MILLION, 1051 * MILLION, 781 * MILLION, 578 * MILLION, 796 * MILLION,
		774 * MILLION, 820 * MILLION, 772 * MILLION, 696 * MILLION, 573 * MILLION,
		748 * MILLION, 748 * MILLION, 797 * MILLION, 851 * MILLION, 809 * MILLION,
		723 * MILLION);
}

TEST(a_small_deviation_of_large_values_is_exact)
{
	/* NIST's NumAcc3 and NumAcc4, in tenths: mean 1000000.2, sd 0.1, and 10000000.2. */
	struct sweep_sample sample = { 0 };
	struct sweep_statistics found;

	for (unsigned i = 0; i < 1001; i++)
		sweep_sample_add(&sample, INT64_C(1000000000000) + 200000 +
						  (i == 0         ? 0
							  : i % 2 ? -100000
								  : 100000));
	found = sweep_sample_statistics(&sample);
	/* 0.1 * 1.962 / sqrt(1001) */
	assert_statistics(found, INT64_C(1000000200000), 100000, wide_of(6201));
	/* ... and at the very end of the range. */
	ASSERT_STATISTICS(most - 1, 1, 2, most, most - 1, most - 2);
	ASSERT_STATISTICS(2 - most - 1, 1, 2, -most, 1 - most, 2 - most);
}

TEST(the_greatest_values_do_not_overflow)
{
	/* sd sqrt(2) most, ci95 12.706 most */
	uint64_t rest;
	struct wide ci95 = wide_quotient(
		wide_sum(wide_product((uint64_t)most, 12706), wide_of(500)), 1000, &rest);
	const int64_t two[] = { most, -most };
	struct sweep_sample sample = { 0 };
	struct sweep_statistics found;

	assert_statistics(statistics_of(two, 2), 0, UINT64_C(6521908912666391105), ci95);
	ck_assert_uint_eq(ci95.high >> 1, 1);
	for (unsigned i = 0; i < 1000000; i++)
		sweep_sample_add(&sample, i % 2 ? most : -most);
	found = sweep_sample_statistics(&sample);
	/* most * sqrt(n / (n - 1)), * 1.960 / 1000 */
	assert_statistics(found, 0, UINT64_C(4611688324272126500), wide_of(UINT64_C(9038909115573368)));
}

TEST(as_many_values_as_are_allowed_do_not_overflow)
{
	/* Half of 2^40 values are the greatest, half the least: the limit of their sum. */
	struct sweep_sample sample = { .count = SWEEP_SAMPLE_MAX };
	struct wide square = wide_product((uint64_t)most, (uint64_t)most);
	struct sweep_statistics found;

	sample.squares = (struct wide){ square.low << 40, square.high << 40 | square.low >> 24 };
	sample.squares_high = square.high >> 24;
	sample.above = sample.below = (struct wide){ (uint64_t)most << 39, (uint64_t)most >> 25 };
	found = sweep_sample_statistics(&sample);
	/* n / (n - 1) is 1 + 2^-40, near enough; t is 1.960. */
	assert_statistics(found, 0, UINT64_C(4611686018429485055), wide_of(UINT64_C(8620171161768)));
	/* All of them the greatest. */
	sample.above = wide_sum(sample.above, sample.below);
	sample.below = wide_of(0);
	assert_statistics(sweep_sample_statistics(&sample), most, 0, wide_of(0));
}

/*
 * @count values, the top @bits bits of the numbers of a stream, plus @offset. What is expected was
 * computed with rational numbers and integer square roots of any length, by another program.
 */
static const struct drawn {
	uint64_t key;
	unsigned count, bits;
	int64_t offset, mean;
	uint64_t sd, ci95_units;
	unsigned ci95_micro;
} drawn[] = {
	{ 1000, 2, 62, INT64_C(0), INT64_C(1161644951553686816), UINT64_C(857320272071800450),
		UINT64_C(7702592922857), 642088 },
	{ 1001, 2, 62, INT64_C(-2305843009213693952), INT64_C(-1233611905019857450),
		UINT64_C(268746614607331793), UINT64_C(2414553626165), 762759 },
	{ 1002, 3, 62, INT64_C(-4611686018427387903), INT64_C(-1576551493779122480),
		UINT64_C(1024639567175670729), UINT64_C(2545551226494), 18690 },
	{ 1003, 10, 62, INT64_C(-2305843009213693952), INT64_C(128888276166273902),
		UINT64_C(1577333998906489800), UINT64_C(1128278376838), 199960 },
	{ 1004, 10, 1, INT64_C(-1), INT64_C(-1), UINT64_C(1), UINT64_C(0), 0 },
	{ 1005, 30, 3, INT64_C(-4611686018427387903), INT64_C(-4611686018427387900), UINT64_C(3),
		UINT64_C(0), 1 },
	{ 1006, 45, 40, INT64_C(-12345), INT64_C(477384552768), UINT64_C(305472860008),
		UINT64_C(92030), 692014 },
	{ 1007, 1000, 20, INT64_C(0), INT64_C(525057), UINT64_C(305737), UINT64_C(0), 18998 },
	{ 1008, 1001, 62, INT64_C(0), INT64_C(2270279573982628262), UINT64_C(1339119072191492353),
		UINT64_C(83042642375), 894002 },
	{ 1009, 5000, 62, INT64_C(-2305843009213693952), INT64_C(-11665243763332867),
		UINT64_C(1344887148273844872), UINT64_C(37316408993), 921885 },
	{ 1010, 5001, 62, INT64_C(-4611686018427387903), INT64_C(-2288246202240668198),
		UINT64_C(1333090010400611802), UINT64_C(36947675279), 615600 },
	{ 1011, 5001, 5, INT64_C(4611686018427387864), INT64_C(4611686018427387879), UINT64_C(9),
		UINT64_C(0), 0 },
	{ 1012, 5000, 1, INT64_C(0), INT64_C(0), UINT64_C(1), UINT64_C(0), 0 },
};

TEST_ROWS(drawn_samples_have_statistics_exact_to_the_last_digit, drawn)
{
	const struct drawn *expected = &drawn[_i];
	struct prng prng = { .key = expected->key };
	struct sweep_sample sample = { 0 };

	for (unsigned i = 0; i < expected->count; i++)
		sweep_sample_add(&sample,
			(int64_t)(prng_next(&prng) >> (64 - expected->bits)) + expected->offset);
	assert_statistics(sweep_sample_statistics(&sample), expected->mean, expected->sd,
		wide_sum(wide_product(expected->ci95_units, MILLION), wide_of(expected->ci95_micro)));
}

static void assert_near(long double found, long double expected, unsigned sample, const char *what)
{
	/* Within one unit, and what the floating point of the machine can distinguish. */
	long double allowed = 1 + fabsl(expected) * 8 * LDBL_EPSILON;

	ck_assert_msg(fabsl(found - expected) <= allowed, "sample %u: %s is %Lf, expected %Lf",
		sample, what, found, expected);
}

/* Add @term to @sum; @lost is what rounding took from it (Kahan). */
static void add_compensated(long double *sum, long double *lost, long double term)
{
	long double next;

	term -= *lost;
	next = *sum + term;
	*lost = next - *sum - term;
	*sum = next;
}

/* Compare with the textbook: the mean, then the deviations from it. */
static void assert_as_in_the_textbook(const int64_t *values, unsigned count, unsigned number)
{
	struct sweep_statistics found = statistics_of(values, count);
	long double sum = 0, lost = 0, squares = 0, squares_lost = 0, mean, sd;

	/* Relative to the first, so that not all digits go to what is common to all. */
	for (unsigned i = 0; i < count; i++)
		add_compensated(&sum, &lost, (long double)values[i] - values[0]);
	mean = sum / count;
	for (unsigned i = 0; i < count; i++) {
		long double deviation = (long double)values[i] - values[0] - mean;

		add_compensated(&squares, &squares_lost, deviation * deviation);
	}
	sd = sqrtl(squares / (count - 1));
	assert_near((long double)found.mean - values[0], mean, number, "mean");
	assert_near(found.sd, sd, number, "sd");
	assert_near(ldexpl((long double)found.ci95.high, 64) + (long double)found.ci95.low, sd / sqrtl(count) * sweep_student_t(count - 1) / 1000,
		number, "ci95");
}

/* Mostly few values, up to 5000; of any magnitude; around 0 or far from it; some all equal. */
static void draw_values(struct prng *prng, int64_t *values, unsigned *count)
{
	unsigned bits = 1 + (unsigned)prng_below(prng, 62);
	int64_t offset = (int64_t)(prng_next(prng) >> (2 + prng_below(prng, 61)));
	uint64_t kind = prng_below(prng, 8);

	*count = 2 + (unsigned)(prng_below(prng, 4999) >> prng_below(prng, 12));
	offset = prng_below(prng, 2) ? -offset : offset;
	for (unsigned i = 0; i < *count; i++) {
		int64_t value = (int64_t)(prng_next(prng) >> (64 - bits));

		if (kind == 0)
			value = 0;
		if (kind > 3 && prng_below(prng, 2))
			value = -value;
		value += kind % 2 ? 0 : offset;
		values[i] = value > most ? most : value < -most ? -most : value;
	}
}

TEST(random_samples_are_as_in_the_textbook)
{
	struct prng prng = { .key = prng_key(1, 0) };
	int64_t values[5000];
	unsigned count;

	for (unsigned i = 0; i < 10000; i++) {
		draw_values(&prng, values, &count);
		ck_assert_uint_le(count, 5000);
		assert_as_in_the_textbook(values, count, i);
	}
}

TEST(the_order_of_values_does_not_matter)
{
	ASSERT_STATISTICS(1, 2, 4, 3, 0, 0);
	ASSERT_STATISTICS(1, 2, 4, 0, 3, 0);
	ASSERT_STATISTICS(1, 2, 4, 0, 0, 3);
}

TEST(rows_of_the_t_table_are_rounded_to_nearest)
{
	static const unsigned rows[] = { 40, 50, 60, 80, 100, 120, 200, 500, 1000, 5000 };

	for (unsigned i = 0; i < 30 + sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned degrees = i < 30 ? i + 1 : rows[i - 30];
		long double t = sweep_student_t(degrees) / 1000.0L;

		ck_assert_msg(student_within(t - 0.0005L, degrees) < 0.95L &&
				      student_within(t + 0.0005L, degrees) > 0.95L,
			"t of %u degrees is not %Lf", degrees, t);
	}
}

TEST(between_rows_of_the_t_table_no_interval_is_too_narrow)
{
	ck_assert_uint_eq(sweep_student_t(1), 12706);
	ck_assert_uint_eq(sweep_student_t(31), 2042);
	ck_assert_uint_eq(sweep_student_t(39), 2042);
	ck_assert_uint_eq(sweep_student_t(40), 2021);
	ck_assert_uint_eq(sweep_student_t(4999), 1962);
	ck_assert_uint_eq(sweep_student_t(5000), 1960);
	ck_assert_uint_eq(sweep_student_t(UINT64_MAX), 1960);
	for (unsigned degrees = 2; degrees < 10000; degrees++) {
		unsigned t = sweep_student_t(degrees);

		ck_assert_uint_le(t, sweep_student_t(degrees - 1));
		ck_assert(student_within(t / 1000.0L + 0.0005L, degrees) >= 0.95L);
	}
}
