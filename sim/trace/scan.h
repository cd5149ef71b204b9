/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_SCAN_H
#define CIDSIM_SIM_TRACE_SCAN_H

/*
 * Numbers and words out of a line that ends with NUL. They take the place to read at and return
 * that after what they read, or NULL if it is not there; a number that is too large is not there.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool scan_is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static inline const char *scan_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

/* To the blank or NUL after a word, which may be empty. */
static inline const char *scan_word(const char *at)
{
	while (*at != ' ' && *at != '\t' && *at != '\0')
		at++;
	return at;
}

static inline const char *scan_decimal(const char *at, uint64_t *number)
{
	uint64_t value = 0;
	const char *start = at;

	for (; scan_is_digit(*at); at++) {
		uint64_t digit = (uint64_t)(*at - '0');

		if (value > (UINT64_MAX - digit) / 10) {
			*number = 0;
			return NULL;
		}
		value = value * 10 + digit;
	}
	*number = value;
	return at == start ? NULL : at;
}

/* 0 to 15; 16 = not a hexadecimal digit. */
static inline unsigned scan_digit(char c)
{
	if (scan_is_digit(c))
		return (unsigned)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

/* Without 0x. */
static inline const char *scan_hex(const char *at, uint64_t *number)
{
	uint64_t value = 0;
	const char *start = at;
	unsigned digit;

	for (; (digit = scan_digit(*at)) < 16; at++) {
		if (value >> 60) {
			*number = 0;
			return NULL;
		}
		value = value << 4 | digit;
	}
	*number = value;
	return at == start ? NULL : at;
}

/* 123, 0x1f, -1 (as two's complement of 64 bits). */
static inline const char *scan_number(const char *at, uint64_t *number)
{
	if (at[0] == '0' && (at[1] | 0x20) == 'x')
		return scan_hex(at + 2, number);
	if (*at == '-') {
		at = scan_decimal(at + 1, number);
		*number = -*number;
		return at;
	}
	return scan_decimal(at, number);
}

/* After @text, if that is here. */
static inline const char *scan_text(const char *at, const char *text)
{
	size_t length = strlen(text);

	return strncmp(at, text, length) == 0 ? at + length : NULL;
}

#endif
