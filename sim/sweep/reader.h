/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_READER_H
#define CIDSIM_SIM_SWEEP_READER_H

/*
 * Reads a whole file of a sweep (sim/sweep/file.h), row by row, in memory that does not depend on
 * its length. The file is not trusted. Errors are SWEEP_ERROR, "PATH:LINE: what is wrong".
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/sweep/file.h"

struct sweep_reader;

/* Open @path and read its head. NULL sets @error: not readable, not a file of a sweep, a partial
 * one (the message says how to finish it), or one without its last line. */
struct sweep_reader *sweep_reader_open(const char *path, GError **error);
void sweep_reader_close(struct sweep_reader *reader); /* NULL is allowed */

const char *sweep_reader_path(const struct sweep_reader *reader);

/* The comment lines and the line of columns, each with its LF. */
const char *sweep_reader_head(const struct sweep_reader *reader);

/* What follows "# KEY " in the head's comment lines; NULL if there is no such line. */
const char *sweep_reader_comment(const struct sweep_reader *reader, const char *key);

/* How many rows the last line speaks of. */
uint64_t sweep_reader_rows(const struct sweep_reader *reader);

/* The columns, and the position of the one called @name; -1 if there is none. */
unsigned sweep_reader_columns(const struct sweep_reader *reader);
const char *sweep_reader_column(const struct sweep_reader *reader, unsigned column);
int sweep_reader_find(const struct sweep_reader *reader, const char *name);

/* Step to the next row. False at the end, when the number of rows and the digest have been
 * checked, or with @error set. */
bool sweep_reader_next(struct sweep_reader *reader, GError **error);

/* The row as it stands in the file, without LF, and one field of it, unquoted. Valid until the
 * next row. The text of a field is UTF-8 without control characters. */
const char *sweep_reader_row(const struct sweep_reader *reader);
const char *sweep_reader_field(const struct sweep_reader *reader, unsigned column);

/* Field @column as a decimal number with at most six decimals, in millionths. *@present tells
 * whether the field is not empty; an empty one is 0. False and @error if it is no such number or
 * 2^62 millionths or more. */
bool sweep_reader_millionths(const struct sweep_reader *reader, unsigned column, bool *present,
	int64_t *value, GError **error);

/* The position of the current row, to be returned to. Rows from there on are read again; the digest
 * is checked by who reads to the end for the first time. */
struct sweep_reader_mark {
	uint64_t offset, row, line;
};
struct sweep_reader_mark sweep_reader_mark(const struct sweep_reader *reader);
bool sweep_reader_return(
	struct sweep_reader *reader, const struct sweep_reader_mark *mark, GError **error);

/* Set @error to PATH:LINE of the row and the message. Returns false, to be passed on. */
bool sweep_reader_fail(const struct sweep_reader *reader, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

#endif
