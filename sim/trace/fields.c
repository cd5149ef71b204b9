/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/scan.h"
#include "sim/trace/trace.h"

/* After the value that begins at @at, of @length bytes from @start on, quotes not counted. */
static const char *scan_value(const char *at, const char **start, size_t *length)
{
	const char *end;

	if (*at == '"') {
		*start = at + 1;
		end = strchr(at + 1, '"');
		if (!end)
			end = at + strlen(at);
		*length = (size_t)(end - *start);
		return *end ? end + 1 : end;
	}
	end = scan_word(at);
	*start = at;
	*length = (size_t)(end - at);
	return end;
}

/* NULL = there is no such key. */
static const char *find_field(const char *text, const char *key, size_t *length)
{
	size_t key_length = strlen(key);
	const char *at = scan_blanks(text);

	g_assert(key_length > 0);
	while (*at) {
		const char *name = at, *start;
		size_t name_length;

		while (*at != '=' && *at != ' ' && *at != '\t' && *at != '\0')
			at++;
		name_length = (size_t)(at - name);
		if (*at == '=') {
			at = scan_value(at + 1, &start, length);
			if (name_length == key_length && memcmp(name, key, key_length) == 0)
				return start;
		}
		at = scan_blanks(at);
	}
	return NULL;
}

bool trace_field(const char *text, const char *key, char *value, size_t size)
{
	size_t length;
	const char *start = find_field(text, key, &length);

	g_assert(size > 0);
	if (!start || length >= size)
		return false;
	memcpy(value, start, length);
	value[length] = '\0';
	return true;
}

bool trace_field_number(const char *text, const char *key, uint64_t *number)
{
	size_t length;
	const char *start = find_field(text, key, &length), *end;
	uint64_t value;

	if (!start || *start == '-')
		return false;
	end = number_scan_any(start, &value);
	if (!end || end != start + length)
		return false;
	*number = value;
	return true;
}
