/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/numbers.h"

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
	ck_assert_uint_eq(number_divide(5, 2), 3);
	ck_assert_uint_eq(number_divide(4, 3), 1);
	ck_assert_uint_eq(number_divide((uint128)1 << 100, 1), UINT64_MAX);
	ck_assert_uint_eq(number_divide((uint128)UINT64_MAX << 2, 4), UINT64_MAX);
	ck_assert_uint_eq(number_divide(7, 0), 0);
}
