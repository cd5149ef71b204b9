/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_CSV_H
#define CIDSIM_SIM_PLOT_CSV_H

/* Reads a CSV file of a run row by row, and says FILE:LINE if it is not one of ours. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct plot_csv;

/*
 * Open the CSV file at @path, whose column names must be @columns ("a,b,c", at most 16).
 * Returns NULL and sets @error if it cannot be read, is no regular file or has other columns.
 */
struct plot_csv *plot_csv_open(const char *path, const char *columns, GError **error);

/* What made the file, as its first line says in "# cidsim VERSION": that version, printable; "" if
 * the line is another. Valid as long as the file is open. */
const char *plot_csv_version(const struct plot_csv *csv);

/* The line of the row, from 1. */
uint64_t plot_csv_line(const struct plot_csv *csv);

/* NULL is allowed. */
void plot_csv_close(struct plot_csv *csv);

/* Step to the next row. Returns FALSE at the end, or with @error set. The number of fields is
 * right, the text is UTF-8 without control characters; a line has at most 4095 bytes. */
bool plot_csv_next(struct plot_csv *csv, GError **error);

/* Field @column of the row, unquoted; valid until the next row. */
const char *plot_csv_text(const struct plot_csv *csv, unsigned column);

/* Field @column as a decimal number from 0 to @max. On FALSE @error is set, *@value as it was. */
bool plot_csv_number(
	const struct plot_csv *csv, unsigned column, uint64_t max, uint64_t *value, GError **error);

/* Field @column as one of @words (NULL-terminated): its index. Else as above. */
bool plot_csv_word(const struct plot_csv *csv, unsigned column, const char *const *words,
	unsigned *index, GError **error);

/* Set @error to FILE:LINE of the row and the message. Returns FALSE, to be passed on. */
bool plot_csv_fail(const struct plot_csv *csv, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

#endif
