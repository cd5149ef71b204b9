/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_NUMBERS_H
#define CIDSIM_SIM_BASE_NUMBERS_H

/*
 * Numbers: read from text, and divided where 64 bits are too few.
 *
 * The number_scan functions read from @at on and return the place after what they read; NULL if
 * there is no number there, or a too large one. They are for text that ends with NUL; other text
 * may follow the number. Nothing depends on the locale.
 */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/wide.h"

/* @numerator / @denominator, rounded to nearest, at most UINT64_MAX; 0 if @denominator is 0. The
 * numerator is below 2^127. */
uint64_t number_divide(struct wide numerator, uint64_t denominator);

/* @numerator * @scale / @denominator, rounded likewise. So shares and ratios are printed without
 * floating point. */
uint64_t number_ratio(uint64_t numerator, uint64_t denominator, uint32_t scale);

/* Whether @text is a decimal number and nothing else, at most @max; then *@number is set. */
bool number_read(const char *text, uint64_t max, uint64_t *number);

/* The decimals behind a point, in units of 10^-@decimals (at most 19): "25" with 3 decimals is 250.
 * Further digits must be zeros. */
const char *number_scan_fraction(const char *at, unsigned decimals, uint64_t *fraction);

static inline bool number_is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* 0 to 15; 16 = not a hexadecimal digit. */
static inline unsigned number_hex_digit(char c)
{
	if (number_is_digit(c))
		return (unsigned)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

/* Append @digit (0 to 9) to *@number. Returns false, and nothing changed, from 2^64 on. */
static inline bool number_append(uint64_t *number, unsigned digit)
{
	assert(digit <= 9);
	/* The first comparison is cheap, and nearly always enough. */
	if (*number >= UINT64_MAX / 10 && *number > (UINT64_MAX - digit) / 10)
		return false;
	*number = *number * 10 + digit;
	return true;
}

/* Decimal digits, below 2^64. Where NULL is returned *@number is 0 if there is no digit, else
 * UINT64_MAX: a limit still finds it too large. */
static inline const char *number_scan(const char *at, uint64_t *number)
{
	const char *start = at;

	*number = 0;
	for (; number_is_digit(*at); at++) {
		if (!number_append(number, (unsigned)(*at - '0'))) {
			*number = UINT64_MAX;
			return NULL;
		}
	}
	return at == start ? NULL : at;
}

/* Hexadecimal digits without 0x, likewise. */
static inline const char *number_scan_hex(const char *at, uint64_t *number)
{
	const char *start = at;
	unsigned digit;

	*number = 0;
	for (; (digit = number_hex_digit(*at)) < 16; at++) {
		if (*number >> 60) {
			*number = UINT64_MAX;
			return NULL;
		}
		*number = *number << 4 | digit;
	}
	return at == start ? NULL : at;
}

/* 123, 0x1f, -1 (as two's complement of 64 bits). */
static inline const char *number_scan_any(const char *at, uint64_t *number)
{
	if (at[0] == '0' && (at[1] | 0x20) == 'x')
		return number_scan_hex(at + 2, number);
	if (*at == '-') {
		at = number_scan(at + 1, number);
		*number = -*number;
		return at;
	}
	return number_scan(at, number);
}

#endif
