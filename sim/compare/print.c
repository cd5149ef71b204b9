/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <string.h>

#include "sim/base/json-write.h"
#include "sim/base/text.h"
#include "sim/compare/private.h"

enum {
	NAME_MAX_SHOWN = 30, /* characters of a name */
	FIELD_MAX_SHOWN = 16,
	VALUES_MAX_SHOWN = 60,
};

/* @text, or its end if it is longer than @max characters. */
static char *shown(const char *text, glong max)
{
	g_autofree char *clean = g_strdup(text ? text_clean(text) : "-");
	glong length = g_utf8_strlen(clean, -1);

	g_assert(max > 1);
	if (length <= max)
		return g_steal_pointer(&clean);
	return g_strconcat("…", g_utf8_offset_to_pointer(clean, length - max + 1), NULL);
}

static char *ratio_text(const struct compare_value *value)
{
	uint64_t milli;

	if (!compare_ratio(value->side[0], value->side[1], &milli))
		return g_strdup("-");
	return text_milli(milli);
}

static char *time_text(const struct comparison *comparison, uint64_t ns)
{
	return comparison->unit ? g_strdup_printf("%s %" PRIu64, comparison->unit, ns / 1000)
	                        : text_time(ns);
}

/* --- text --- */

static void print_sides(GString *text, const struct comparison *comparison)
{
	for (int side = 0; side < 2; side++) {
		const char *about = comparison->about[side];

		g_string_append_printf(
			text, "%c  %s\n", "AB"[side], text_clean(comparison->names[side]));
		if (about && *about)
			g_string_append_printf(text, "   %s\n", text_clean(about));
	}
	g_string_append_c(text, '\n');
}

/* The two rows, column by column. */
static void print_event(GString *text, const struct comparison *comparison)
{
	const struct compare_event *event = comparison->first;
	g_autofree char *time = NULL;
	struct text_table *table;

	if (!event) {
		g_string_append(text, "No event differs.\n");
		return;
	}
	time = time_text(comparison, event->time_ns);
	g_string_append_printf(
		text, "First event that differs: at %s, %s (%s)\n", time, event->what, event->file);
	table = text_table_with_head("lrrl", "|A|B|");
	for (size_t i = 0; event->columns[i]; i++) {
		const char *a = event->side[0] ? event->side[0][i] : NULL;
		const char *b = event->side[1] ? event->side[1][i] : NULL;

		text_table_cell(table, event->columns[i]);
		text_table_take(table, shown(a, FIELD_MAX_SHOWN));
		text_table_take(table, shown(b, FIELD_MAX_SHOWN));
		text_table_cell(table, g_strcmp0(a, b) != 0 ? "differs" : "");
	}
	text_table_print(table, text);
	for (int side = 0; side < 2; side++) {
		if (!event->side[side])
			g_string_append_printf(
				text, "  %c has no more rows in this file.\n", "AB"[side]);
	}
}

static void print_more(GString *text, const struct comparison *comparison)
{
	if (comparison->values->len > VALUES_MAX_SHOWN)
		g_string_append_printf(text, "  … %u more, all are in --json\n",
			comparison->values->len - VALUES_MAX_SHOWN);
}

static void print_numbers(GString *text, const struct comparison *comparison)
{
	struct text_table *table;

	if (comparison->values->len == 0) {
		g_string_append(text, "No number differs.\n");
		return;
	}
	g_string_append(text, "\nNumbers that differ, and B divided by A\n");
	table = text_table_with_head("lrrr", "|A|B|B/A");
	for (guint i = 0; i < MIN(comparison->values->len, VALUES_MAX_SHOWN); i++) {
		const struct compare_value *value = comparison->values->pdata[i];

		text_table_take(table, shown(value->name, NAME_MAX_SHOWN));
		text_table_take(table, shown(value->side[0], FIELD_MAX_SHOWN));
		text_table_take(table, shown(value->side[1], FIELD_MAX_SHOWN));
		text_table_take(table, ratio_text(value));
	}
	text_table_print(table, text);
	print_more(text, comparison);
}

static void print_points(GString *text, const struct comparison *comparison)
{
	g_string_append_printf(text, "%" PRIu64 " point%s in both.\n", comparison->points,
		comparison->points == 1 ? " is" : "s are");
	for (int side = 0; side < 2; side++) {
		if (comparison->only[side] > 0)
			g_string_append_printf(text, "%" PRIu64 " only in %c, the first: %s\n",
				comparison->only[side], "AB"[side],
				text_clean(comparison->only_at[side]));
	}
}

static void print_columns(GString *text, const struct comparison *comparison)
{
	struct text_table *table;

	if (comparison->values->len == 0) {
		g_string_append(text, "No number differs.\n");
		return;
	}
	g_string_append(text, "\nColumns that differ, at the point where B/A is farthest from 1\n");
	table = text_table_with_head("lrrrrl", "|points|A|B|B/A|at");
	for (guint i = 0; i < MIN(comparison->values->len, VALUES_MAX_SHOWN); i++) {
		const struct compare_value *value = comparison->values->pdata[i];

		text_table_cell(table, value->name);
		text_table_number(table, value->points);
		text_table_take(table, shown(value->side[0], FIELD_MAX_SHOWN));
		text_table_take(table, shown(value->side[1], FIELD_MAX_SHOWN));
		text_table_take(table, ratio_text(value));
		text_table_take(table, shown(value->at, NAME_MAX_SHOWN));
	}
	text_table_print(table, text);
	print_more(text, comparison);
}

void comparison_print(GString *text, const struct comparison *comparison)
{
	print_sides(text, comparison);
	if (comparison->sweeps) {
		print_points(text, comparison);
		print_columns(text, comparison);
	} else {
		print_event(text, comparison);
		print_numbers(text, comparison);
	}
	g_string_append(text,
		comparison_same(comparison) ? "\nA and B are the same.\n" : "\nA and B differ.\n");
}

/* --- JSON --- */

static void add_side(struct json *json, const struct comparison *comparison, int side)
{
	json_begin_object(json, side == 0 ? "a" : "b");
	json_add_text(json, "path", comparison->names[side]);
	json_add_text(json, "about", comparison->about[side]);
	if (comparison->sweeps) {
		json_add_number(json, "only", comparison->only[side]);
		json_add_text_if(json, "only_first", comparison->only_at[side]);
	}
	json_end_object(json);
}

static void add_row(
	struct json *json, const char *name, const struct compare_event *event, int side)
{
	if (!event->side[side]) {
		json_add_null(json, name);
		return;
	}
	json_begin_object(json, name);
	for (size_t i = 0; event->columns[i]; i++)
		json_add_text(json, event->columns[i], event->side[side][i]);
	json_end_object(json);
}

static void add_first(struct json *json, const struct comparison *comparison)
{
	const struct compare_event *event = comparison->first;

	if (!event) {
		json_add_null(json, "first");
		return;
	}
	json_begin_object(json, "first");
	json_add_text(json, "what", event->what);
	json_add_text(json, "file", event->file);
	json_add_number(json, "time_ns", event->time_ns);
	add_row(json, "a", event, 0);
	add_row(json, "b", event, 1);
	json_end_object(json);
}

static void add_value(
	struct json *json, const struct comparison *comparison, const struct compare_value *value)
{
	uint64_t milli;

	json_begin_object(json, NULL);
	json_add_text(json, "name", value->name);
	if (comparison->sweeps) {
		json_add_number(json, "points", value->points);
		json_add_text(json, "at", value->at);
	}
	json_add_text_if(json, "a", value->side[0]);
	json_add_text_if(json, "b", value->side[1]);
	if (compare_ratio(value->side[0], value->side[1], &milli))
		json_add_decimal(json, "ratio", milli, 3);
	else
		json_add_null(json, "ratio");
	json_end_object(json);
}

void comparison_print_json(GString *text, const struct comparison *comparison)
{
	struct json json = { .text = text };

	json_begin_object(&json, NULL);
	json_add_text(&json, "kind", comparison->sweeps ? "sweeps" : "runs");
	json_add_bool(&json, "same", comparison_same(comparison));
	add_side(&json, comparison, 0);
	add_side(&json, comparison, 1);
	if (comparison->sweeps)
		json_add_number(&json, "points", comparison->points);
	else
		add_first(&json, comparison);
	json_begin_array(&json, "values");
	for (guint i = 0; i < comparison->values->len; i++)
		add_value(&json, comparison, comparison->values->pdata[i]);
	json_end_array(&json);
	json_end_object(&json);
	json_end_line(&json);
}
