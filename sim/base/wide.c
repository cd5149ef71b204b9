/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/wide.h"

#include <assert.h>

struct wide wide_quotient(struct wide a, uint64_t divisor, uint64_t *rest)
{
	assert(divisor != 0);
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 native;
	native value = (native)a.high << 64 | a.low, quotient = value / divisor;

	*rest = (uint64_t)(value % divisor);
	return (struct wide){ (uint64_t)quotient, (uint64_t)(quotient >> 64) };
#else
	struct wide quotient = wide_of(a.high / divisor);
	uint64_t left = a.high % divisor;

	quotient.high = quotient.low;
	quotient.low = 0;
	for (unsigned bit = 64; bit-- > 0;) {
		bool carry = left >> 63;

		left = left << 1 | (a.low >> bit & 1);
		if (carry || left >= divisor) {
			left -= divisor;
			quotient.low |= UINT64_C(1) << bit;
		}
	}
	*rest = left;
	return quotient;
#endif
}

uint64_t wide_scaled(uint64_t a, uint64_t b, uint64_t divisor)
{
	uint64_t rest;
	struct wide quotient = wide_quotient(wide_product(a, b), divisor, &rest);

	return quotient.high > 0 ? UINT64_MAX : quotient.low;
}
