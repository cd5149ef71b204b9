/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "sim/base/numbers.h"
#include "sim/base/units.h"
#include "sim/base/values.h"

char *text_time(uint64_t ns)
{
	const struct time_unit *unit = time_unit_for(ns, 1);

	if (unit->ns == 1)
		return g_strdup_printf("%" PRIu64 " ns", ns);
	return g_strdup_printf("%" PRIu64 ".%03" PRIu64 " %s", ns / unit->ns,
		ns % unit->ns / (unit->ns / 1000), unit->name);
}

char *text_size(uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	uint64_t unit = 1024;
	size_t i = 0;

	if (bytes < unit)
		return g_strdup_printf("%" G_GUINT64_FORMAT " bytes", bytes);
	for (; i + 1 < G_N_ELEMENTS(units) && bytes / 1024 >= unit; i++)
		unit *= 1024;
	g_assert(bytes >= unit);
	return g_strdup_printf("%" G_GUINT64_FORMAT ".%u %s", bytes / unit,
		(unsigned)((uint128)(bytes % unit) * 10 / unit), units[i]);
}

char *text_milli(uint64_t milli)
{
	return g_strdup_printf("%" PRIu64 ".%03" PRIu64, milli / 1000, milli % 1000);
}

char *text_percent(uint64_t part, uint64_t total)
{
	uint64_t permille;

	if (!total)
		return g_strdup("-");
	permille = number_ratio(part, total, 1000);
	if (part && !permille)
		return g_strdup("<0.1 %");
	if (part < total && permille == 1000)
		return g_strdup(">99.9 %");
	return g_strdup_printf("%" PRIu64 ".%" PRIu64 " %%", permille / 10, permille % 10);
}

const char *text_clean(const char *text)
{
	g_autofree char *clean = value_is_text(text) ? NULL : value_clean(text, G_MAXSSIZE);

	return clean ? g_intern_string(clean) : text;
}

const char *text_path(const char *path)
{
	if (!*path)
		return "''";
	return strcmp(path, "-") == 0 ? "<stdin>" : text_clean(path);
}

char *text_shell_line(const char *const *words)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=:,./@%";
	GString *line = g_string_new(NULL);

	g_assert(words[0]);
	for (size_t i = 0; words[i]; i++) {
		g_autofree char *quoted = g_shell_quote(words[i]);
		bool is_plain = *words[i] && words[i][strspn(words[i], plain)] == '\0';

		if (i > 0)
			g_string_append_c(line, ' ');
		g_string_append(line, is_plain ? words[i] : quoted);
	}
	return g_string_free(line, FALSE);
}

void text_fill(GString *text, const char *words, unsigned indent, unsigned width)
{
	g_auto(GStrv) list = g_strsplit_set(words, " \n", -1);
	size_t column = indent;

	g_assert(indent < width);
	for (char **word = list; *word; word++) {
		size_t length = (size_t)g_utf8_strlen(*word, -1);
		bool is_first = column == indent;

		if (length == 0)
			continue;
		if (!is_first && column + 1 + length > width) {
			g_string_append_printf(text, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!is_first) {
			g_string_append_c(text, ' ');
			column++;
		}
		g_string_append(text, *word);
		column += length;
	}
}

struct text_table {
	char *columns;
	GPtrArray *cells; /* char * */
};

struct text_table *text_table_new(const char *columns)
{
	struct text_table *table = g_new(struct text_table, 1);

	g_assert(*columns);
	table->columns = g_strdup(columns);
	table->cells = g_ptr_array_new_with_free_func(g_free);
	return table;
}

struct text_table *text_table_with_head(const char *columns, const char *head)
{
	struct text_table *table = text_table_new(columns);
	char **cells = g_strsplit(head, "|", 0);

	for (char **cell = cells; *cell; cell++)
		text_table_cell(table, *cell);
	g_strfreev(cells);
	return table;
}

void text_table_cell(struct text_table *table, const char *text)
{
	text_table_take(table, g_strdup(text));
}

void text_table_take(struct text_table *table, char *text)
{
	g_assert(text);
	if (!value_is_text(text)) {
		g_ptr_array_add(table->cells, value_clean(text, G_MAXSSIZE));
		g_free(text);
		return;
	}
	g_ptr_array_add(table->cells, text);
}

void text_table_number(struct text_table *table, uint64_t number)
{
	text_table_take(table, g_strdup_printf("%" PRIu64, number));
}

static glong width_of(const struct text_table *table, guint cell)
{
	return g_utf8_strlen(g_ptr_array_index(table->cells, cell), -1);
}

static glong column_width(const struct text_table *table, guint column, guint count)
{
	g_assert(column < count);
	glong widest = 0;

	for (guint cell = column; cell < table->cells->len; cell += count)
		widest = MAX(widest, width_of(table, cell));
	return widest;
}

static void add_blanks(GString *text, glong count)
{
	for (; count > 0; count--)
		g_string_append_c(text, ' ');
}

static void end_line(GString *text)
{
	while (text->len && text->str[text->len - 1] == ' ')
		g_string_truncate(text, text->len - 1);
	g_string_append_c(text, '\n');
}

void text_table_print(struct text_table *table, GString *text)
{
	guint count = (guint)strlen(table->columns);
	glong *widths = g_new(glong, count);

	g_assert(table->cells->len % count == 0);
	for (guint column = 0; column < count; column++)
		widths[column] = column_width(table, column, count);
	for (guint cell = 0; cell < table->cells->len; cell++) {
		guint column = cell % count;
		glong blanks = widths[column] - width_of(table, cell);

		add_blanks(text, 2);
		if (table->columns[column] == 'r')
			add_blanks(text, blanks);
		g_string_append(text, g_ptr_array_index(table->cells, cell));
		if (table->columns[column] == 'l')
			add_blanks(text, blanks);
		if (column == count - 1)
			end_line(text);
	}
	g_free(widths);
	g_free(table->columns);
	g_ptr_array_free(table->cells, TRUE);
	g_free(table);
}
