/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>

#include "tests/lib/sample-run.h"

#include "tests/lib/suite.h"

static struct sample_run run;

static void start(void)
{
	sample_start(&run);
}

static void stop(void)
{
	sample_stop(&run);
}

SUITE(.before = start, .after = stop);

TEST(a_mean_is_rounded_to_thousandths)
{
	struct record_gauge gauge = { .sum_low = 10 };

	ck_assert_uint_eq(record_gauge_mean_milli(&gauge, 3), 3333);
	gauge.sum_low = 5;
	ck_assert_uint_eq(record_gauge_mean_milli(&gauge, 3), 1667);
	ck_assert_uint_eq(record_gauge_mean_milli(&gauge, 0), 0);
	gauge.sum_low = 0;
	ck_assert_uint_eq(record_gauge_mean_milli(&gauge, 3), 0);
}

TEST(a_mean_of_more_than_64_bits_is_exact)
{
	/* The value 1000 for 2^62 ns. */
	const struct record_gauge gauge = { .sum_high = 250 };

	ck_assert_uint_eq(record_gauge_mean_milli(&gauge, UINT64_C(1) << 62), 1000000);
}

TEST(an_account_has_its_name_and_no_account_has_what_the_caller_says)
{
	struct record_account app = { .name = "app" };
	g_autoptr(GPtrArray) accounts = g_ptr_array_new();

	ck_assert_str_eq(record_account_name(accounts, 0, "-"), "-");
	g_ptr_array_add(accounts, &app);
	ck_assert_str_eq(record_account_name(accounts, 0, "-"), "app");
	ck_assert_str_eq(record_account_name(accounts, 1, "-"), "-");
	ck_assert_str_eq(record_account_name(accounts, UINT32_MAX, ""), "");
}

TEST(an_empty_histogram_has_no_quantile)
{
	const struct record_histogram histogram = { 0 };

	ck_assert_uint_eq(record_histogram_quantile(&histogram, 500), 0);
	ck_assert_uint_eq(record_histogram_quantile(&histogram, 1000), 0);
}

TEST(short_lengths_are_exact)
{
	struct record_histogram histogram = { 0 };

	for (uint64_t ns = 0; ns < 16; ns++)
		record_histogram_add(&histogram, ns);
	ck_assert_uint_eq(histogram.count, 16);
	ck_assert_uint_eq(histogram.sum, 120);
	ck_assert_uint_eq(histogram.max, 15);
	ck_assert_uint_eq(record_histogram_quantile(&histogram, 0), 0);
	ck_assert_uint_eq(record_histogram_quantile(&histogram, 500), 7);
	ck_assert_uint_eq(record_histogram_quantile(&histogram, 501), 8);
	ck_assert_uint_eq(record_histogram_quantile(&histogram, 1000), 15);
}

TEST(a_quantile_is_never_below_and_less_than_an_eighth_above)
{
	for (uint64_t ns = 1; ns < SCENARIO_TIME_NS_MAX; ns += 1 + ns / 13) {
		struct record_histogram histogram = { 0 };
		uint64_t found;

		record_histogram_add(&histogram, ns);
		record_histogram_add(&histogram, UINT64_MAX / 2);
		found = record_histogram_quantile(&histogram, 500);
		ck_assert_uint_ge(found, ns);
		ck_assert_uint_lt(found - ns, ns / 8 + 1);
	}
}

TEST(no_quantile_is_beyond_the_longest)
{
	struct record_histogram histogram = { 0 };

	record_histogram_add(&histogram, 1000);
	ck_assert_uint_eq(record_histogram_quantile(&histogram, 990), 1000);
}

TEST(lengths_beyond_all_buckets_are_kept_in_the_last)
{
	struct record_histogram histogram = { 0 };

	record_histogram_add(&histogram, UINT64_MAX);
	ck_assert_uint_eq(histogram.bucket[RECORD_BUCKETS - 1], 1);
	ck_assert_uint_eq(record_histogram_quantile(&histogram, 500), UINT64_MAX);
}

TEST(a_range_keeps_the_first_the_least_and_the_greatest)
{
	struct record_range range = { 0 };

	record_range_add(&range, 5);
	record_range_add(&range, 3);
	record_range_add(&range, 9);
	ck_assert_uint_eq(range.count, 3);
	ck_assert_uint_eq(range.first, 5);
	ck_assert_uint_eq(range.min, 3);
	ck_assert_uint_eq(range.max, 9);
}

TEST(a_run_without_anything_is_fine)
{
	ck_assert(record_result_ok(run.result));
	record_result_free(NULL);
}

TEST(a_failed_expectation_is_not_fine)
{
	sample_verdict(&run, 0, true, "5");
	ck_assert(record_result_ok(run.result));
	sample_verdict(&run, 0, false, "6");
	ck_assert(!record_result_ok(run.result));
}

TEST(a_violation_is_fine_only_if_one_was_expected)
{
	sample_violation(&run, "I4", "x");
	ck_assert(!record_result_ok(run.result));
	sample_verdict(&run, 0, true, "5");
	ck_assert(!record_result_ok(run.result));
	sample_verdict(&run, 1, true, "1");
	ck_assert(record_result_ok(run.result));
}

TEST(a_live_lock_may_be_expected_as_one_or_as_a_violation)
{
	sample_violation(&run, "I3", "x");
	ck_assert(!record_result_ok(run.result));
	sample_verdict(&run, 2, true, "1");
	ck_assert(record_result_ok(run.result));
	/* ... but that says nothing about other violations. */
	sample_violation(&run, "I4", "x");
	ck_assert(!record_result_ok(run.result));
	sample_verdict(&run, 1, true, "2");
	ck_assert(record_result_ok(run.result));
}

TEST(a_violation_is_fine_if_its_property_was_expected)
{
	sample_violation(&run, "I4", "x");
	sample_verdict(&run, 3, true, "I4");
	ck_assert(record_result_ok(run.result));
	/* ... but that says nothing about other properties. */
	sample_violation(&run, "I5", "x");
	ck_assert(!record_result_ok(run.result));
}

TEST(another_property_than_was_expected_is_not_fine)
{
	sample_verdict(&run, 3, true, "I4");
	sample_violation(&run, "I5", "x");
	ck_assert(!record_result_ok(run.result));
}

TEST(the_sum_of_accounts_has_sums_and_the_widest_ranges)
{
	struct record_account *a = g_new0(struct record_account, 1);
	struct record_account *b = g_new0(struct record_account, 1);
	struct record_account *total = g_new0(struct record_account, 1);

	a->observer.count[OBSERVE_BIT_OPS] = 3;
	b->observer.count[OBSERVE_BIT_OPS] = 4;
	a->lived_ns = b->lived_ns = UINT64_MAX / 4;
	a->users_max = 7;
	b->users_max = 5;
	record_range_add(&a->enter_users, 9);
	record_range_add(&b->enter_users, 5);
	record_range_add(&b->enter_users, 6);
	a->allowed_max = 2;
	a->formula_enter = 3;
	b->allowed_max = 4;
	b->formula_enter = 5;
	a->span = (struct record_gauge){ .sum_low = UINT64_MAX, .max = 2 };
	b->span = (struct record_gauge){ .sum_low = 1, .sum_high = 1, .max = 9 };
	a->alive = b->alive = b->alive_percpu = 1;
	record_histogram_add(&a->windows, 100);
	record_histogram_add(&b->windows, 300);
	record_histogram_add(&b->windows, 100);
	a->gave_up = 1;
	b->gave_up = 2;
	record_account_add(total, a);
	record_account_add(total, b);
	ck_assert_uint_eq(total->gave_up, 3);
	ck_assert_uint_eq(total->observer.count[OBSERVE_BIT_OPS], 7);
	ck_assert_uint_eq(total->lived_ns, UINT64_MAX / 4 * 2);
	ck_assert_uint_eq(total->users_max, 7);
	ck_assert_uint_eq(total->enter_users.count, 3);
	ck_assert_uint_eq(total->enter_users.min, 5);
	ck_assert_uint_eq(total->enter_users.max, 9);
	ck_assert_uint_eq(total->leave_users.count, 0);
	ck_assert_uint_eq(total->formula_enter, 5);
	ck_assert_uint_eq(total->span.sum_low, 0);
	ck_assert_uint_eq(total->span.sum_high, 2);
	ck_assert_uint_eq(total->span.max, 9);
	ck_assert_uint_eq(total->alive, 2);
	ck_assert_uint_eq(total->alive_percpu, 1);
	ck_assert_uint_eq(total->windows.count, 3);
	ck_assert_uint_eq(total->windows.sum, 500);
	ck_assert_uint_eq(total->windows.max, 300);
	g_free(total);
	g_free(b);
	g_free(a);
}

TEST(a_printed_histogram_has_each_length_at_or_below_its_edge)
{
	static const uint64_t lengths[] = { 0, 1, 7, 8, 1000, 1000, 1001, 123456789 };
	struct record_histogram histogram = { 0 };
	GString *text = g_string_new(NULL);

	record_histogram_print(text, &histogram);
	ck_assert_str_eq(text->str, "");
	for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++)
		record_histogram_add(&histogram, lengths[i]);
	record_histogram_print(text, &histogram);
	ck_assert_str_eq(text->str, "0:1 1:1 7:1 8:1 1023:3 125829119:1");
	g_string_free(text, TRUE);
}
