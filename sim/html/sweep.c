/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The page of a sweep: a chart whose axes the reader chooses, and the rows. */
#include <inttypes.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/html/html.h"
#include "sim/html/table.h"
#include "sim/sweep/reader.h"

enum { SWEEP_BYTES_MAX = 12000000 };

/* How many rows have which outcome. */
struct outcomes {
	uint64_t rows, ok, failed;
	int column; /* -1: a summary has none */
};

static void count_outcome(struct outcomes *outcomes, const struct csv_reader *csv)
{
	const char *outcome =
		outcomes->column < 0 ? "" : csv_reader_field(csv, (unsigned)outcomes->column);

	outcomes->rows++;
	outcomes->ok += strcmp(outcome, "ok") == 0;
	outcomes->failed += strcmp(outcome, "failed") == 0;
	g_assert(outcomes->ok + outcomes->failed <= outcomes->rows);
}

static void add_outcomes(struct html_page *page, const struct outcomes *outcomes)
{
	uint64_t other = outcomes->rows - outcomes->ok - outcomes->failed;
	g_autofree char *text = NULL;

	if (outcomes->column < 0) {
		text = g_strdup_printf("Summary: %" PRIu64 " rows", outcomes->rows);
		html_page_verdict(page, HTML_NEUTRAL, text);
		return;
	}
	text = g_strdup_printf("%" PRIu64 " of %" PRIu64 " runs are ok; %" PRIu64
			       " failed, %" PRIu64 " without a verdict",
		outcomes->ok, outcomes->rows, outcomes->failed, other);
	html_page_verdict(page,
		outcomes->failed ? HTML_BAD
		: other          ? HTML_UNDECIDED
				 : HTML_GOOD,
		text);
}

/* The comments "# KEY VALUE" of @csv, as a list of terms. */
static void add_comments(struct html_page *page, const struct csv_reader *csv)
{
	g_auto(GStrv) lines = g_strsplit(csv_reader_head(csv), "\n", -1);

	g_string_append(page->body, "<dl class=\"facts\">\n");
	for (char **line = lines; *line; line++) {
		char *value = g_str_has_prefix(*line, "# ") ? strchr(*line + 2, ' ') : NULL;

		if (!value)
			continue;
		*value++ = '\0';
		g_string_append(page->body,
			strlen(value) > 40 ? "<div class=\"wide\"><dt>" : "<div><dt>");
		html_add(page->body, *line + 2);
		g_string_append(page->body, "<dd>");
		html_add(page->body, value);
		g_string_append(page->body, "</div>\n");
	}
	g_string_append(page->body, "</dl>\n");
}

static bool add_rows(struct html_page *page, struct sweep_reader *reader,
	struct outcomes *outcomes, GError **error)
{
	unsigned count = csv_reader_columns(reader->csv);
	g_autofree struct html_column *columns = g_new0(struct html_column, count);
	g_autofree const char **fields = g_new(const char *, count);
	struct html_table table;
	GError *fault = NULL;

	for (unsigned i = 0; i < count; i++)
		columns[i].name = csv_reader_name(reader->csv, i);
	html_table_begin(&table, page, "rows", columns, count);
	table.bytes_max = SWEEP_BYTES_MAX;
	while (sweep_reader_next(reader, &fault)) {
		for (unsigned i = 0; i < count; i++)
			fields[i] = csv_reader_field(reader->csv, i);
		html_table_row(&table, fields);
		count_outcome(outcomes, reader->csv);
	}
	html_table_end(&table);
	return failure_pass(error, fault);
}

/* The verdict stands at the top, but is known after the rows only. */
static void move_to(struct html_page *page, size_t top, size_t from)
{
	g_autofree char *text = g_strdup(page->body->str + from);

	g_assert(top <= from);
	g_string_truncate(page->body, from);
	g_string_insert(page->body, (gssize)top, text);
}

static bool add_sweep(struct html_page *page, struct sweep_reader *reader, GError **error)
{
	struct outcomes outcomes = { .column = csv_reader_find(reader->csv, "outcome") };
	size_t top = page->body->len, end;

	add_comments(page, reader->csv);
	html_page_place(page, "scatter");
	html_page_section(page, "points", "Rows");
	if (!add_rows(page, reader, &outcomes, error))
		return false;
	html_page_end_section(page);
	end = page->body->len;
	add_outcomes(page, &outcomes);
	move_to(page, top, end);
	return true;
}

GString *html_of_sweep(const char *path, GError **error)
{
	struct sweep_reader *reader = sweep_reader_open(path, error);
	const char *title = reader ? csv_reader_comment(reader->csv, "title") : NULL;
	struct html_page page;
	bool good;

	if (!reader)
		return NULL;
	html_page_begin(&page, "sweep", title && *title ? title : "Sweep");
	good = add_sweep(&page, reader, error);
	sweep_reader_close(reader);
	if (good)
		return html_page_end(&page);
	html_page_clear(&page);
	return NULL;
}
