/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/numbers.h"

#include <check.h>
#include <stdlib.h>

START_TEST(a_ratio_neither_overflows_nor_divides_by_nothing)
{
	ck_assert_uint_eq(number_ratio(1, 3, 1000), 333);
	ck_assert_uint_eq(number_ratio(2, 3, 1000), 667);
	ck_assert_uint_eq(number_ratio(5, 0, 1000), 0);
	ck_assert_uint_eq(number_ratio(UINT64_MAX, UINT64_MAX, 1000), 1000);
	ck_assert_uint_eq(number_ratio(UINT64_MAX, 1, 1000), UINT64_MAX);
}
END_TEST

START_TEST(a_quotient_is_rounded_to_nearest_and_cut_at_64_bits)
{
	ck_assert_uint_eq(number_divide(5, 2), 3);
	ck_assert_uint_eq(number_divide(4, 3), 1);
	ck_assert_uint_eq(number_divide((uint128)1 << 100, 1), UINT64_MAX);
	ck_assert_uint_eq(number_divide((uint128)UINT64_MAX << 2, 4), UINT64_MAX);
	ck_assert_uint_eq(number_divide(7, 0), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("numbers");
	TCase *tcase = tcase_create("numbers");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tcase);
	tcase_add_test(tcase, a_ratio_neither_overflows_nor_divides_by_nothing);
	tcase_add_test(tcase, a_quotient_is_rounded_to_nearest_and_cut_at_64_bits);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
