/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/numbers.h"

#include <assert.h>

enum { DECIMALS_MAX = 19 }; /* 10^19 is below 2^64 */

uint64_t number_divide(struct wide numerator, uint64_t denominator)
{
	struct wide quotient;
	uint64_t rest;

	assert(numerator.high >> 63 == 0);
	if (!denominator)
		return 0;
	quotient = wide_quotient(wide_sum(numerator, wide_of(denominator / 2)), denominator, &rest);
	return quotient.high ? UINT64_MAX : quotient.low;
}

uint64_t number_ratio(uint64_t numerator, uint64_t denominator, uint32_t scale)
{
	return number_divide(wide_product(numerator, scale), denominator);
}

bool number_read(const char *text, uint64_t max, uint64_t *number)
{
	uint64_t value;
	const char *end = number_scan(text, &value);

	if (!end || *end != '\0' || value > max)
		return false;
	*number = value;
	return true;
}

const char *number_scan_fraction(const char *at, unsigned decimals, uint64_t *fraction)
{
	const char *start = at;
	uint64_t value = 0;

	assert(decimals <= DECIMALS_MAX);
	for (; decimals > 0 && number_is_digit(*at); decimals--)
		value = value * 10 + (unsigned)(*at++ - '0');
	for (; decimals > 0; decimals--)
		value *= 10;
	while (*at == '0')
		at++;
	if (at == start || number_is_digit(*at))
		return NULL;
	*fraction = value;
	return at;
}
