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
	uint64_t unit = 1024, rest;
	size_t i = 0;

	if (bytes < unit)
		return g_strdup_printf("%" G_GUINT64_FORMAT " bytes", bytes);
	for (; i + 1 < G_N_ELEMENTS(units) && bytes / 1024 >= unit; i++)
		unit *= 1024;
	g_assert(bytes >= unit);
	return g_strdup_printf("%" G_GUINT64_FORMAT ".%u %s", bytes / unit,
		(unsigned)wide_quotient(wide_product(bytes % unit, 10), unit, &rest).low, units[i]);
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
	char *columns;    /* a letter for each */
	bool *breaks;     /* by column: the table may be broken before it */
	GPtrArray *cells; /* char * */
	glong *widths;    /* by column, once it is printed */
};

struct text_table *text_table_new(const char *columns)
{
	struct text_table *table = g_new(struct text_table, 1);

	g_assert(*columns && *columns != '|');
	table->columns = g_malloc0(strlen(columns) + 1);
	table->breaks = g_new0(bool, strlen(columns) + 1);
	table->widths = NULL;
	for (guint column = 0; *columns; columns++) {
		if (*columns == '|')
			table->breaks[column] = true;
		else
			table->columns[column++] = *columns;
	}
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

/* Columns @first … @end - 1 of a row, after the first column of all. */
static void print_row(const struct text_table *table, GString *text, guint row, guint first, guint end)
{
	guint count = (guint)strlen(table->columns);

	for (guint column = 0; column < end; column = column < first ? first : column + 1) {
		guint cell = row * count + column;
		glong blanks = table->widths[column] - width_of(table, cell);

		add_blanks(text, 2);
		if (table->columns[column] == 'r')
			add_blanks(text, blanks);
		g_string_append(text, g_ptr_array_index(table->cells, cell));
		if (table->columns[column] == 'l')
			add_blanks(text, blanks);
	}
	end_line(text);
}

/* The columns that each row has from @first on, if it also has the first of all: up to a place where
 * the table may be broken, as many as fit. Returns where the next ones begin. */
static guint block_end(const struct text_table *table, guint first)
{
	guint count = (guint)strlen(table->columns), end = first;
	glong width = first > 0 ? 2 + table->widths[0] : 0;

	for (guint column = first; column < count; column++) {
		width += 2 + table->widths[column];
		if (width > TEXT_WIDTH && end > first)
			return end;
		if (column + 1 == count || table->breaks[column + 1])
			end = column + 1;
	}
	return end;
}

static void measure(struct text_table *table, guint count)
{
	table->widths = g_new(glong, count);
	for (guint column = 0; column < count; column++)
		table->widths[column] = column_width(table, column, count);
}

void text_table_print(struct text_table *table, GString *text)
{
	guint count = (guint)strlen(table->columns), first = 0;

	g_assert(table->cells->len % count == 0);
	measure(table, count);
	while (first < count) {
		guint end = block_end(table, first);

		for (guint row = 0; row < table->cells->len / count; row++)
			print_row(table, text, row, first, end);
		first = end;
	}
	g_free(table->widths);
	g_free(table->breaks);
	g_free(table->columns);
	g_ptr_array_free(table->cells, TRUE);
	g_free(table);
}

/* Append @line, without its line end, in lines of @width columns: the next ones are indented by 2
 * more. Blanks at its beginning that leave no room are cut. */
static void wrap_line(GString *text, const char *line, unsigned width)
{
	unsigned indent = (unsigned)strspn(line, " ");

	if (g_utf8_strlen(line, -1) <= (glong)width) {
		g_string_append(text, line);
		return;
	}
	indent = MIN(indent, width / 2);
	add_blanks(text, indent);
	text_fill(text, line + indent, indent + 2, width);
}

void text_wrap_to(GString *text, gsize from, unsigned width)
{
	g_autofree char *rest = g_strdup(text->str + from);
	g_auto(GStrv) lines = g_strsplit(rest, "\n", -1);

	g_assert(from <= text->len);
	g_string_truncate(text, from);
	for (char **line = lines; *line; line++) {
		if (line > lines)
			g_string_append_c(text, '\n');
		wrap_line(text, *line, width);
	}
}

void text_wrap(GString *text, gsize from)
{
	text_wrap_to(text, from, TEXT_WIDTH);
}

void text_head(GString *text, const char *what, const char *how)
{
	bool fits = g_utf8_strlen(what, -1) + g_utf8_strlen(how, -1) <= TEXT_WIDTH;

	g_string_append_printf(text, "%s%s%s\n", what, fits ? "" : "\n", how);
}
