/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#include "sim/explore/state/pages.h"

#include <stdbool.h>
#include <stdint.h>

#include "tests/lib/suite.h"

enum { MIB = 1 << 20 };

SUITE(.timeout = 60);

TEST(they_are_all_0_at_first)
{
	unsigned char *pages = pages_new(3 * MIB);
	unsigned sum = 0;

	ck_assert_ptr_nonnull(pages);
	for (size_t i = 0; i < 3 * MIB; i++)
		sum += pages[i];
	ck_assert_uint_eq(sum, 0);
	pages_free(pages, 3 * MIB);
}

TEST(what_is_left_after_a_part_was_given_back_is_as_it_was)
{
	enum { ALL = 21 * MIB };
	char *pages = pages_new(ALL), *left = pages;
	bool same = true;

	ck_assert_ptr_nonnull(pages);
	for (size_t i = 0; i < ALL; i++)
		pages[i] = (char)(i % 101);
	left = pages_release(left, pages + 3 * MIB);
	ck_assert_ptr_eq(left, pages); /* too little */
	left = pages_release(left, pages + 13 * MIB);
	ck_assert_ptr_eq(left, pages + 12 * MIB);
	for (size_t i = 12 * MIB; i < ALL; i++)
		same &= pages[i] == (char)(i % 101);
	ck_assert(same);
	pages_free(left, ALL - 12 * MIB);
}

TEST(without_memory_there_are_none)
{
	ck_assert_ptr_null(pages_new(SIZE_MAX / 2 + 1));
}
