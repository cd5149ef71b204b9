/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/numbers.h"

#include <assert.h>

uint64_t number_divide(uint128 numerator, uint64_t denominator)
{
	uint128 quotient;

	assert(numerator >> 127 == 0);
	if (!denominator)
		return 0;
	quotient = (numerator + denominator / 2) / denominator;
	return quotient > UINT64_MAX ? UINT64_MAX : (uint64_t)quotient;
}

uint64_t number_ratio(uint64_t numerator, uint64_t denominator, uint32_t scale)
{
	return number_divide((uint128)numerator * scale, denominator);
}
