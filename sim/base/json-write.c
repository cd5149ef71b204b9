/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/json-write.h"

#include <inttypes.h>
#include <string.h>

enum { DECIMALS_MIN = 3, DECIMALS_MAX = 6 };

static void append_character(GString *text, char c)
{
	static const char letters[] = { ['\b'] = 'b',
		['\f'] = 'f',
		['\n'] = 'n',
		['\r'] = 'r',
		['\t'] = 't',
		['"'] = '"',
		['\\'] = '\\' };
	unsigned char code = (unsigned char)c;

	if (code < sizeof(letters) && letters[code]) {
		g_string_append_c(text, '\\');
		g_string_append_c(text, letters[code]);
	} else if (g_ascii_iscntrl(c)) {
		g_string_append_printf(text, "\\u%04x", code);
	} else {
		g_string_append_c(text, c);
	}
}

static void append_string(GString *text, const char *string)
{
	g_autofree char *valid = g_utf8_make_valid(string ? string : "", -1);

	g_string_append_c(text, '"');
	for (const char *c = valid; *c; c++)
		append_character(text, *c);
	g_string_append_c(text, '"');
}

/* What stands before a value: a comma, its name. */
static void begin_value(struct json *json, const char *name)
{
	bool in_object = json->depth > 0 && json->objects >> (json->depth - 1) & 1;

	g_assert(in_object == (name != NULL));
	g_assert(json->depth > 0 || !json->follows);
	if (json->follows)
		g_string_append_c(json->text, ',');
	json->follows = true;
	if (!name)
		return;
	append_string(json->text, name);
	g_string_append_c(json->text, ':');
}

static void begin_nested(struct json *json, const char *name, bool is_object)
{
	begin_value(json, name);
	g_assert(json->depth < JSON_DEPTH_MAX);
	json->objects &= ~(UINT32_C(1) << json->depth);
	json->objects |= (uint32_t)is_object << json->depth++;
	json->follows = false;
	g_string_append_c(json->text, is_object ? '{' : '[');
}

static void end_nested(struct json *json, bool is_object)
{
	g_assert(json->depth > 0);
	json->depth--;
	g_assert((json->objects >> json->depth & 1) == is_object);
	json->follows = true;
	g_string_append_c(json->text, is_object ? '}' : ']');
}

void json_begin_object(struct json *json, const char *name)
{
	begin_nested(json, name, true);
}

void json_end_object(struct json *json)
{
	end_nested(json, true);
}

void json_begin_array(struct json *json, const char *name)
{
	begin_nested(json, name, false);
}

void json_end_array(struct json *json)
{
	end_nested(json, false);
}

void json_add_text(struct json *json, const char *name, const char *text)
{
	begin_value(json, name);
	append_string(json->text, text);
}

void json_add_text_if(struct json *json, const char *name, const char *text)
{
	if (text)
		json_add_text(json, name, text);
	else
		json_add_null(json, name);
}

void json_add_number(struct json *json, const char *name, uint64_t number)
{
	begin_value(json, name);
	g_string_append_printf(
		json->text, number > INT64_MAX ? "\"%" PRIu64 "\"" : "%" PRIu64, number);
}

void json_add_number_if(struct json *json, const char *name, bool exists, uint64_t number)
{
	if (exists)
		json_add_number(json, name, number);
	else
		json_add_null(json, name);
}

void json_add_decimal(struct json *json, const char *name, uint64_t value, unsigned decimals)
{
	uint64_t scale = 1;

	g_assert(decimals >= DECIMALS_MIN && decimals <= DECIMALS_MAX);
	for (unsigned i = 0; i < decimals; i++)
		scale *= 10;
	begin_value(json, name);
	g_string_append_printf(
		json->text, "%" PRIu64 ".%0*" PRIu64, value / scale, (int)decimals, value % scale);
	for (; decimals > DECIMALS_MIN && json->text->str[json->text->len - 1] == '0'; decimals--)
		g_string_truncate(json->text, json->text->len - 1);
}

void json_add_bool(struct json *json, const char *name, bool value)
{
	begin_value(json, name);
	g_string_append(json->text, value ? "true" : "false");
}

void json_add_null(struct json *json, const char *name)
{
	begin_value(json, name);
	g_string_append(json->text, "null");
}

void json_end_line(struct json *json)
{
	g_assert(json->depth == 0 && json->follows);
	json->follows = false;
	g_string_append_c(json->text, '\n');
}
