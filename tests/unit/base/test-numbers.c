/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/numbers.h"

#include <signal.h>
#include <stdlib.h>

#include "tests/lib/suite.h"

TEST(a_ratio_neither_overflows_nor_divides_by_nothing)
{
	ck_assert_uint_eq(number_ratio(1, 3, 1000), 333);
	ck_assert_uint_eq(number_ratio(2, 3, 1000), 667);
	ck_assert_uint_eq(number_ratio(5, 0, 1000), 0);
	ck_assert_uint_eq(number_ratio(UINT64_MAX, UINT64_MAX, 1000), 1000);
	ck_assert_uint_eq(number_ratio(UINT64_MAX, 1, 1000), UINT64_MAX);
}

TEST(a_quotient_is_rounded_to_nearest_and_cut_at_64_bits)
{
	ck_assert_uint_eq(number_divide(wide_of(5), 2), 3);
	ck_assert_uint_eq(number_divide(wide_of(4), 3), 1);
	ck_assert_uint_eq(number_divide((struct wide){ .high = UINT64_C(1) << 36 }, 1), UINT64_MAX);
	ck_assert_uint_eq(number_divide((struct wide){ UINT64_MAX << 2, 3 }, 4), UINT64_MAX);
	ck_assert_uint_eq(number_divide(wide_of(7), 0), 0);
}

/* @text is read as @number, and what follows is @rest. */
static void assert_scan(const char *text, uint64_t number, const char *rest)
{
	uint64_t found = 42;
	const char *end = number_scan(text, &found);

	ck_assert_msg(end != NULL, "%s", text);
	ck_assert_uint_eq(found, number);
	ck_assert_str_eq(end, rest);
}

TEST(digits_are_read_up_to_what_is_none)
{
	assert_scan("0", 0, "");
	assert_scan("007x", 7, "x");
	assert_scan("12 13", 12, " 13");
	assert_scan("18446744073709551615", UINT64_MAX, "");
	assert_scan("00000000000000000000000000001:", 1, ":");
}

TEST(no_digit_reads_as_nothing_and_too_many_as_the_most)
{
	uint64_t number = 42;

	ck_assert_ptr_null(number_scan("", &number));
	ck_assert_uint_eq(number, 0);
	ck_assert_ptr_null(number_scan("-1", &number));
	ck_assert_ptr_null(number_scan("x", &number));
	ck_assert_ptr_null(number_scan("18446744073709551616", &number));
	ck_assert_uint_eq(number, UINT64_MAX);
	ck_assert_ptr_null(number_scan_hex("", &number));
	ck_assert_ptr_null(number_scan_hex("g", &number));
	ck_assert_ptr_null(number_scan_hex("10000000000000000", &number));
	ck_assert_uint_eq(number, UINT64_MAX);
}

TEST(hexadecimal_and_negative_numbers)
{
	uint64_t number;

	ck_assert_str_eq(number_scan_hex("fFg", &number), "g");
	ck_assert_uint_eq(number, 255);
	ck_assert_str_eq(number_scan_any("0x40000001 ", &number), " ");
	ck_assert_uint_eq(number, 0x40000001);
	ck_assert_str_eq(number_scan_any("-1", &number), "");
	ck_assert_uint_eq(number, UINT64_MAX);
	ck_assert_str_eq(number_scan_any("10", &number), "");
	ck_assert_uint_eq(number, 10);
	ck_assert_ptr_null(number_scan_any("0x", &number));
	ck_assert_ptr_null(number_scan_any("-", &number));
}

TEST(a_number_is_all_there_is_and_at_most_the_limit)
{
	uint64_t number = 42;

	ck_assert(!number_read("8193", 8192, &number));
	ck_assert(!number_read("1 ", 8192, &number));
	ck_assert(!number_read("", 8192, &number));
	ck_assert(!number_read("18446744073709551616", UINT64_MAX, &number));
	ck_assert_uint_eq(number, 42);
	ck_assert(number_read("8192", 8192, &number));
	ck_assert_uint_eq(number, 8192);
	ck_assert(number_read("18446744073709551615", UINT64_MAX, &number));
	ck_assert_uint_eq(number, UINT64_MAX);
}

TEST(decimals_are_scaled_and_none_is_lost)
{
	uint64_t fraction = 42;

	ck_assert_str_eq(number_scan_fraction("5:", 9, &fraction), ":");
	ck_assert_uint_eq(fraction, 500000000);
	ck_assert_str_eq(number_scan_fraction("000000001", 9, &fraction), "");
	ck_assert_uint_eq(fraction, 1);
	ck_assert_str_eq(number_scan_fraction("25000", 2, &fraction), "");
	ck_assert_uint_eq(fraction, 25);
	ck_assert_str_eq(number_scan_fraction("9999999999999999999", 19, &fraction), "");
	ck_assert_uint_eq(fraction, UINT64_C(9999999999999999999));
	fraction = 42;
	ck_assert_ptr_null(number_scan_fraction("", 3, &fraction));
	ck_assert_ptr_null(number_scan_fraction("x", 3, &fraction));
	ck_assert_ptr_null(number_scan_fraction("1234", 3, &fraction));
	ck_assert_uint_eq(fraction, 42);
}

TEST_SIGNAL(more_decimals_than_fit_are_not_asked_for, SIGABRT)
{
	uint64_t fraction;

	number_scan_fraction("1", 20, &fraction);
}

TEST_SIGNAL(a_numerator_that_rounding_would_overflow_is_a_defect, SIGABRT)
{
	number_divide((struct wide){ .high = UINT64_C(1) << 63 }, 1);
}
