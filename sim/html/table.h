/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_HTML_TABLE_H
#define CIDSIM_SIM_HTML_TABLE_H

/*
 * A table of a page. All its rows, up to a limit, are data for the script, which lets the reader
 * sort and filter them. The first ones are plain HTML, too.
 *
 *     html_table_begin(&table, &page, "modes", columns, count);
 *     html_table_row(&table, fields)        for each row
 *     html_table_end(&table);
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/csv.h"
#include "sim/html/page.h"

enum {
	HTML_PLAIN_ROWS = 100,
	HTML_TABLE_ROWS_MAX = 20000,
	HTML_TABLE_BYTES_MAX = 2000000, /* of the data, about */
};

/* How a field is shown, and sorted. A time is ns, or what the unit of the page is. */
enum html_kind { HTML_TEXT, HTML_NUMBER, HTML_INSTANT, HTML_LENGTH };

struct html_column {
	const char *name; /* NULL: of a CSV file, not shown */
	enum html_kind kind;
};

struct html_table {
	struct html_page *page;
	const struct html_column *columns; /* the caller's */
	unsigned count;
	uint64_t rows, kept; /* all of them, those in the data */
	uint64_t bytes_max; /* of the data, about: HTML_TABLE_BYTES_MAX, if nobody changes it */
	struct json data;
	const char *id;
};

void html_table_begin(struct html_table *table, struct html_page *page, const char *id,
	const struct html_column *columns, unsigned count);

/* A row with a field for each column. */
void html_table_row(struct html_table *table, const char *const *fields);

/* Says how many rows were left out. */
void html_table_end(struct html_table *table);

/* All rows of @csv, of @columns in its order. False sets @error. */
bool html_table_of_csv(struct html_page *page, const char *id, struct csv_reader *csv,
	const struct html_column *columns, unsigned count, GError **error);

#endif
