/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib.h>

#include "sim/plot/swing.h"
#include "tests/lib/suite.h"

#define M 1000000

TEST(flips_are_counted_per_cycle)
{
	/* 40 cycles of 10, after 6 forks to get to 7 users */
	struct swing swing = { 7 * M, 17 * M, (400 + 6) * M, 80 * M };
	int64_t flips;

	ck_assert(swing_flips(&swing, &flips));
	ck_assert_int_eq(flips, 2000 * (int64_t)M);
	swing.flips = 1 * M;
	ck_assert(swing_flips(&swing, &flips));
	ck_assert_int_eq(flips, 25 * M);
	/* the last cycle was begun only */
	swing.forks += 5 * M;
	ck_assert(swing_flips(&swing, &flips));
	ck_assert_int_eq(flips, 24691358);
}

TEST(without_a_cycle_there_is_no_rate)
{
	static const struct swing bad[] = { { 7 * M, 7 * M, 40 * M, 0 },
		{ 7 * M, 6 * M, 40 * M, 0 }, { 7 * M, 9 * M, 6 * M, 0 }, { 7 * M, 9 * M, 0, 0 },
		{ 0, INT64_MAX, INT64_MAX / 2, M }, { M, 9 * M, 9 * M, INT64_MAX },
		{ M, (int64_t)1 << 55, M, (int64_t)1 << 55 } };
	int64_t flips = -7;

	for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
		ck_assert(!swing_flips(&bad[i], &flips));
	ck_assert_int_eq(flips, -7);
}
