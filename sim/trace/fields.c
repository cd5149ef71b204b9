/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/scan.h"
#include "sim/trace/trace.h"

/* False: there is no such key. */
static bool find_field(const char *text, const char *key, struct scan_field *field)
{
	size_t length = strlen(key);

	g_assert(length > 0);
	while ((text = scan_field(text, field)) != NULL) {
		if (field->name_length == length && memcmp(field->name, key, length) == 0)
			return true;
	}
	return false;
}

bool trace_field(const char *text, const char *key, char *value, size_t size)
{
	struct scan_field field;

	g_assert(size > 0);
	return find_field(text, key, &field) &&
	       scan_field_text(field.value, field.length, value, size);
}

bool trace_field_number(const char *text, const char *key, uint64_t *number)
{
	struct scan_field field;

	return find_field(text, key, &field) &&
	       scan_field_number(field.value, field.length, number);
}
