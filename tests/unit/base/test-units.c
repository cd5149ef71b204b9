/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/units.h"

#include <signal.h>

#include "tests/lib/suite.h"

TEST(a_unit_is_its_number_of_decimals_in_ns)
{
	for (size_t i = 0; i < TIME_UNITS; i++) {
		uint64_t ns = 1;

		for (unsigned decimal = 0; decimal < time_units[i].decimals; decimal++)
			ns *= 10;
		ck_assert_uint_eq(time_units[i].ns, ns);
		if (i > 0)
			ck_assert_uint_lt(time_units[i].ns, time_units[i - 1].ns);
	}
}

TEST(a_unit_is_found_by_its_complete_name)
{
	ck_assert_ptr_eq(time_unit_find("s", 1), &time_units[0]);
	ck_assert_ptr_eq(time_unit_find("ms-3ms", 2), &time_units[1]);
	ck_assert_ptr_null(time_unit_find("ms", 1));
	ck_assert_ptr_null(time_unit_find("sec", 3));
	ck_assert_ptr_null(time_unit_find("", 0));
	ck_assert_ptr_null(time_unit_find("MS", 2));
}

TEST(the_longest_unit_that_there_are_enough_of)
{
	ck_assert_str_eq(time_unit_for(0, 1)->name, "ns");
	ck_assert_str_eq(time_unit_for(999, 1)->name, "ns");
	ck_assert_str_eq(time_unit_for(1000, 1)->name, "us");
	ck_assert_str_eq(time_unit_for(1999, 2)->name, "ns");
	ck_assert_str_eq(time_unit_for(2000, 2)->name, "us");
	ck_assert_str_eq(time_unit_for(UINT64_MAX, 1)->name, "s");
	ck_assert_str_eq(time_unit_for(UINT64_MAX, UINT32_MAX)->name, "s");
}

TEST_SIGNAL(no_times_at_all_mean_nothing, SIGABRT)
{
	time_unit_for(1, 0);
}
