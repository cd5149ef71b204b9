/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_READER_H
#define CIDSIM_SIM_SWEEP_READER_H

/*
 * Reads a whole file of a sweep (sim/sweep/whole.h), row by row, in memory that does not depend on
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

/* The comment lines and the line of columns, each with its LF. Without control characters; the
 * comments may hold names of files, in whatever encoding. */
const char *sweep_reader_head(const struct sweep_reader *reader);

/* What follows "# KEY " in the first comment line of the head that has it; NULL if none has. That
 * of "cidsim" is "VERSION sweep" or "VERSION sweep-summary". */
const char *sweep_reader_comment(const struct sweep_reader *reader, const char *key);

/* True if the file is a summary, not rows of runs. */
bool sweep_reader_is_summary(const struct sweep_reader *reader);

/* How many rows the last line speaks of. It is to be trusted only when all have been read. */
uint64_t sweep_reader_rows(const struct sweep_reader *reader);

/* The columns, and the position of the one called @name; -1 if there is none. */
unsigned sweep_reader_columns(const struct sweep_reader *reader);
const char *sweep_reader_column(const struct sweep_reader *reader, unsigned column);
int sweep_reader_find(const struct sweep_reader *reader, const char *name);

/* Step to the next row. False at the end, when the number of rows and the digest have been
 * checked, or with @error set. */
bool sweep_reader_next(struct sweep_reader *reader, GError **error);

/* The row as it stands in the file, without LF, and one field of it, unquoted. There must be a
 * current row; valid until the next one. The text is UTF-8 without control characters. */
const char *sweep_reader_row(const struct sweep_reader *reader);
const char *sweep_reader_field(const struct sweep_reader *reader, unsigned column);

/* Field @column as a decimal number with at most six decimals, in millionths; it may be negative.
 * *@present tells whether the field is not empty; an empty one is 0. False and @error if it is no
 * such number, or if its size is 2^62 millionths or more. */
bool sweep_reader_millionths(const struct sweep_reader *reader, unsigned column, bool *present,
	int64_t *value, GError **error);

/* Set @error to PATH:LINE of the row and the message. Returns false, to be passed on. */
bool sweep_reader_fail(const struct sweep_reader *reader, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

#endif
