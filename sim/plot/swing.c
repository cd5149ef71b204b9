/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/swing.h"

#include <assert.h>

#include "sim/base/numbers.h"

enum { MILLION = 1000000 };

bool swing_flips(const struct swing *swing, int64_t *flips)
{
	int64_t size = swing->users_max - swing->from;
	int64_t cycled = swing->forks - (swing->from - MILLION); /* cycles * size */
	const uint128 limit = (uint128)1 << 56;
	uint128 result;

	assert(swing->from >= 0 && swing->users_max >= 0);
	assert(swing->forks >= 0 && swing->flips >= 0);
	if (size <= 0 || cycled <= 0 || (uint128)size >= limit || (uint128)swing->flips >= limit)
		return false;
	result = (uint128)swing->flips * SWING_FLIPS_PER * (uint128)size / (uint128)cycled;
	if (result > INT64_MAX)
		return false;
	*flips = (int64_t)result;
	return true;
}
