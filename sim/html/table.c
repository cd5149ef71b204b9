/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/html/table.h"

#include <inttypes.h>

#include "sim/base/failure.h"
#include "sim/base/numbers.h"
#include "sim/base/text.h"

enum { UNIT_NS = 1000 }; /* what a step or an event takes in the records */

/* @text as people read it. The caller frees it. */
static char *shown(const struct html_page *page, enum html_kind kind, const char *text)
{
	uint64_t ns;

	if (kind < HTML_INSTANT || !number_read(text, UINT64_MAX, &ns))
		return g_strdup(text);
	if (!page->unit)
		return text_time(ns);
	if (kind == HTML_INSTANT)
		return g_strdup_printf("%s %" PRIu64, page->unit, ns / UNIT_NS);
	return g_strdup_printf("%" PRIu64 " %s%s", ns / UNIT_NS, page->unit,
		ns == UNIT_NS ? "" : "s");
}

static void add_plain_row(struct html_table *table, const char *const *fields)
{
	GString *body = table->page->body;

	g_assert(table->rows < HTML_PLAIN_ROWS);
	g_string_append(body, "<tr>");
	for (unsigned i = 0; i < table->count; i++) {
		enum html_kind kind = table->columns[i].kind;
		/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): a field for each column */
		g_autofree char *text = shown(table->page, kind, fields[i]);

		g_string_append(body, kind == HTML_TEXT ? "<td>" : "<td class=\"n\">");
		html_add(body, text);
	}
	g_string_append(body, "\n");
}

static void add_data_row(struct html_table *table, const char *const *fields)
{
	json_begin_array(&table->data, NULL);
	for (unsigned i = 0; i < table->count; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): a field for each column */
		json_add_text(&table->data, NULL, fields[i]);
	json_end_array(&table->data);
	table->kept++;
}

/* The names of the columns, in the data and as the head of the plain table. */
static void add_columns(struct html_table *table)
{
	GString *body = table->page->body;

	json_begin_array(&table->data, "columns");
	for (unsigned i = 0; i < table->count; i++) {
		g_string_append(body, "<th scope=\"col\">");
		html_add(body, table->columns[i].name);
		json_begin_array(&table->data, NULL);
		json_add_text(&table->data, NULL, table->columns[i].name);
		json_add_number(&table->data, NULL, table->columns[i].kind);
		json_end_array(&table->data);
	}
	json_end_array(&table->data);
}

void html_table_begin(struct html_table *table, struct html_page *page, const char *id,
	const struct html_column *columns, unsigned count)
{
	*table = (struct html_table){ .page = page,
		.columns = columns,
		.count = count,
		.bytes_max = HTML_TABLE_BYTES_MAX,
		.data = { .text = g_string_new(NULL) },
		.id = id };
	g_assert(count > 0);
	g_string_append_printf(page->body, "<div class=\"table\" id=\"%s\">\n<table>\n<thead><tr>", id);
	json_begin_object(&table->data, NULL);
	add_columns(table);
	g_string_append(page->body, "\n<tbody>\n");
	json_begin_array(&table->data, "rows");
}

void html_table_row(struct html_table *table, const char *const *fields)
{
	if (table->rows < HTML_PLAIN_ROWS)
		add_plain_row(table, fields);
	if (table->rows < HTML_TABLE_ROWS_MAX && table->data.text->len < table->bytes_max)
		add_data_row(table, fields);
	table->rows++;
	g_assert(table->kept <= table->rows);
}

void html_table_end(struct html_table *table)
{
	GString *body = table->page->body;
	g_autofree char *data_id = g_strdup_printf("%s-data", table->id);

	json_end_array(&table->data);
	json_add_number(&table->data, "total", table->rows);
	json_end_object(&table->data);
	json_end_line(&table->data);
	g_string_append(body, "</table>\n");
	if (table->rows > HTML_PLAIN_ROWS)
		g_string_append_printf(body, "<p class=\"note\">The first %d of %" PRIu64 " rows.</p>\n",
			HTML_PLAIN_ROWS, table->rows);
	g_string_append(body, "</div>\n");
	html_add_data(body, data_id, table->data.text->str);
	g_string_free(table->data.text, TRUE);
}

/* --- of a CSV file --- */

/* Those of @columns that are shown go to @kept, and their positions to @from. */
static unsigned choose_columns(const struct html_column *columns, unsigned count,
	struct html_column *kept, unsigned *from)
{
	unsigned shown_count = 0;

	for (unsigned i = 0; i < count; i++) {
		if (!columns[i].name)
			continue;
		kept[shown_count] = columns[i];
		from[shown_count++] = i;
	}
	g_assert(shown_count <= count);
	return shown_count;
}

bool html_table_of_csv(struct html_page *page, const char *id, struct csv_reader *csv,
	const struct html_column *columns, unsigned count, GError **error)
{
	g_autofree struct html_column *kept = g_new(struct html_column, count);
	g_autofree unsigned *from = g_new(unsigned, count);
	g_autofree const char **fields = g_new(const char *, count);
	unsigned shown_count = choose_columns(columns, count, kept, from);
	struct html_table table;
	GError *fault = NULL;

	g_assert(csv_reader_columns(csv) == count);
	html_table_begin(&table, page, id, kept, shown_count);
	while (csv_reader_next(csv, &fault)) {
		for (unsigned i = 0; i < shown_count; i++)
			fields[i] = csv_reader_field(csv, from[i]);
		html_table_row(&table, fields);
	}
	html_table_end(&table);
	return failure_pass(error, fault);
}
