/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_SCAN_H
#define CIDSIM_SIM_TRACE_SCAN_H

/* Words of a line that ends with NUL. Like the number_scan functions these take the place to read
 * at, and return that after what they read. */

#include <string.h>

#include "sim/base/numbers.h"

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

/* After @text; NULL if it is not there. */
static inline const char *scan_text(const char *at, const char *text)
{
	size_t length = strlen(text);

	return strncmp(at, text, length) == 0 ? at + length : NULL;
}

#endif
