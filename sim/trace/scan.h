/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_SCAN_H
#define CIDSIM_SIM_TRACE_SCAN_H

/* Words of a line that ends with NUL. Like the number_scan functions these take the place to read
 * at, and return the place after what they read. Lines have no control characters (bytes.h), so
 * each byte up to ' ', except NUL, counts as a blank: one comparison finds it. */

#include <string.h>

#include "sim/base/numbers.h"

static inline const char *scan_blanks(const char *at)
{
	while ((uint8_t)(*at - 1) < ' ')
		at++;
	return at;
}

/* To the blank or NUL after a word, which may be empty. */
static inline const char *scan_word(const char *at)
{
	while ((uint8_t)*at > ' ')
		at++;
	return at;
}

/* After @text; NULL if it is not there. */
static inline const char *scan_text(const char *at, const char *text)
{
	size_t length = strlen(text);

	/* In most cases the first byte already differs. */
	if (length > 0 && *at != *text)
		return NULL;
	return strncmp(at, text, length) == 0 ? at + length : NULL;
}

/* "name=value" or "name="quoted value"". */
struct scan_field {
	const char *name, *value; /* without quotes */
	size_t name_length, length;
};

/* Read the next field from @at on; words without '=' are skipped. Returns the place after it; NULL:
 * there is none. */
static inline const char *scan_field(const char *at, struct scan_field *field)
{
	const char *end;

	for (at = scan_blanks(at); *at; at = scan_blanks(at)) {
		field->name = at;
		while (*at != '=' && (uint8_t)*at > ' ')
			at++;
		field->name_length = (size_t)(at - field->name);
		if (*at != '=')
			continue;
		field->value = ++at;
		if (*at != '"') {
			end = scan_word(at);
			field->length = (size_t)(end - at);
			return end;
		}
		field->value++;
		end = strchr(field->value, '"');
		if (!end)
			end = field->value + strlen(field->value);
		field->length = (size_t)(end - field->value);
		return *end ? end + 1 : end;
	}
	return NULL;
}

/* The value of a field as an unsigned number, decimal or 0x…; false if it is not a number. */
static inline bool scan_field_number(const char *value, size_t length, uint64_t *number)
{
	uint64_t read;

	if (*value == '-' || number_scan_any(value, &read) != value + length)
		return false;
	*number = read;
	return true;
}

/* The value of a field, copied to @text of @size bytes; false if it does not fit. */
static inline bool scan_field_text(const char *value, size_t length, char *text, size_t size)
{
	if (length >= size)
		return false;
	memcpy(text, value, length);
	text[length] = '\0';
	return true;
}

#endif
