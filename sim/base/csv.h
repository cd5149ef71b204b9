/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_CSV_H
#define CIDSIM_SIM_BASE_CSV_H

/*
 * The CSV files of this program: comment lines that begin with '#', a line of column names, rows.
 * Lines end with LF; fields are quoted as RFC 4180 says, but never hold a control character.
 *
 * The reader takes row by row, in memory that does not depend on the length of the file. It does
 * not trust the file. Its errors are FAILUREs (sim/base/failure.h), "PATH:LINE: what is wrong".
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CSV_LINE_MAX = 1 << 20, /* bytes of a line, without its LF */
	CSV_HEAD_MAX = 1 << 22, /* bytes of all lines before the rows */
	CSV_COLUMNS_MAX = 4096,
};

/* --- fields and comments --- */

/* Whether @text is its own field, without quotes. */
bool csv_is_plain(const char *text);

/* Append a field: quoted if its text asks for it. */
void csv_quote(GString *row, const char *text);

/* Append the comment line "# KEY VALUE". @key: not empty, without blanks. Control characters of
 * @value become blanks. */
void csv_add_comment(GString *head, const char *key, const char *value);

/* Cut @line into its fields, in place: quoting undone, NULs at their ends. The first @max get into
 * @fields. Returns how many there are; 0 if quotes do not match. */
unsigned csv_split(char *line, const char **fields, unsigned max);

/* --- files --- */

struct csv_reader;

/* Open the regular file @path. NULL sets @error. Call csv_reader_read_head() before the functions
 * that follow it here. */
struct csv_reader *csv_reader_open(const char *path, GError **error);
/* The same of @fd, which becomes the reader's; messages name @path. */
struct csv_reader *csv_reader_open_fd(const char *path, int fd, GError **error);
void csv_reader_close(struct csv_reader *reader); /* NULL is allowed */

const char *csv_reader_path(const struct csv_reader *reader);

/* Bytes of the file when it was opened; later ones are not read. */
uint64_t csv_reader_size(const struct csv_reader *reader);

/* Read exactly @length bytes from @offset on; together they are within the size. */
bool csv_reader_bytes(const struct csv_reader *reader, char *bytes, size_t length, uint64_t offset,
	GError **error);

/* The rows end at @offset, which is at most the size and the beginning of a line. */
void csv_reader_end_at(struct csv_reader *reader, uint64_t offset);

/* Read the comments and the line of column names. To be called once. */
bool csv_reader_read_head(struct csv_reader *reader, GError **error);

/* Open @path and read its head, whose line of column names must be @columns. NULL sets @error. */
struct csv_reader *csv_reader_open_with(const char *path, const char *columns, GError **error);

/* The lines that were read, each with its LF. Without control characters; the comments may hold
 * names of files, in any encoding. */
const char *csv_reader_head(const struct csv_reader *reader);

/* What follows "# KEY " in the first comment that has it; NULL if none has. */
const char *csv_reader_comment(const struct csv_reader *reader, const char *key);

/* The columns, and the position of the one called @name; -1 if there is none. */
unsigned csv_reader_columns(const struct csv_reader *reader);
const char *csv_reader_name(const struct csv_reader *reader, unsigned column);
int csv_reader_find(const struct csv_reader *reader, const char *name);

/* Step to the next row. False at the end, or with @error set. */
bool csv_reader_next(struct csv_reader *reader, GError **error);

/* The line of the row, from 1; at the end that behind the last one. */
uint64_t csv_reader_line(const struct csv_reader *reader);

/* The row as it stands in the file, without LF, and one field of it, unquoted. There must be a
 * current row; valid until the next one. The text is UTF-8 without control characters. */
const char *csv_reader_row(const struct csv_reader *reader);
const char *csv_reader_field(const struct csv_reader *reader, unsigned column);

/* Field @column as a decimal number from 0 to @max. On false @error is set, *@value as it was. */
bool csv_reader_number(const struct csv_reader *reader, unsigned column, uint64_t max,
	uint64_t *value, GError **error);

/* Field @column as a decimal number with at most six decimals, in millionths; it may be negative.
 * *@present = whether the field is not empty; an empty one is 0. False and @error if it is no
 * such number, or if its size is 2^62 millionths or more. */
bool csv_reader_millionths(const struct csv_reader *reader, unsigned column, bool *present,
	int64_t *value, GError **error);

/* Field @column as one of @words (NULL-terminated): its position. Else as csv_reader_number(). */
bool csv_reader_word(const struct csv_reader *reader, unsigned column, const char *const *words,
	unsigned *position, GError **error);

/* Set @error to PATH:LINE of the row and the message. Returns false, to be passed on. */
bool csv_reader_fail(const struct csv_reader *reader, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

#endif
