/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_FILE_H
#define CIDSIM_SIM_SWEEP_FILE_H

/*
 * The file of a sweep while it grows, and once it is whole.
 *
 * A whole file is a head (comment lines, the line of column names), the rows, and a last line
 *     # end ROWS rows, digest 0123456789abcdef
 * whose digest is over all bytes before it: a file that was cut or changed is told from one that
 * is whole.
 *
 * Until then the rows are in PATH.partial, each on a line behind a checksum that depends on all
 * lines before it. Rows are only ever appended. So after a crash at any moment what is there is
 * whole up to some row; the rest, a line without end or zeros that the file system left, is cut
 * off. Anything else that does not fit is damage, and is refused. PATH.partial is locked while a
 * sweep writes it. When the last row is in, the rows are copied to a temporary file that gets the
 * name PATH, and PATH.partial is removed.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum sweep_error {
	SWEEP_ERROR_INPUT,       /* what was read is not what it should be */
	SWEEP_ERROR_ENVIRONMENT, /* disk full, not writable, locked by another process */
};

#define SWEEP_ERROR sweep_error_quark()
GQuark sweep_error_quark(void);

enum {
	SWEEP_ROW_MAX = 1 << 20, /* bytes of a line */
};

/* The digest of the last line, and the chain of the partial file: FNV-1a of 64 bits. */
#define SWEEP_DIGEST_START UINT64_C(0xcbf29ce484222325)
uint64_t sweep_digest(uint64_t digest, const char *bytes, size_t length);

struct sweep_file;

/*
 * Begin the file @path of @rows rows, or go on with what an earlier one left. @head: its first
 * lines, each with its LF. *@done is set to the number of rows that are there already; it is
 * @rows, and nothing is to be appended, if @path is there and whole and has the same head.
 * NULL and @error if @path or its partial file is of another sweep (the message names the first
 * line of the head that differs and says what to do), is damaged (names the line), is being
 * written by another process, or cannot be written. With @force both are begun anew, but not if
 * another process writes them.
 */
struct sweep_file *sweep_file_open(const char *path, const char *head, uint64_t rows, bool force,
	uint64_t *done, GError **error);

/* Append a row (without LF). It may stay in memory until sweep_file_sync(). False and @error if
 * it cannot be written: the file then ends with the last whole row that could. */
bool sweep_file_append(struct sweep_file *file, const char *row, GError **error);

/* Let all rows be on the disk. */
bool sweep_file_sync(struct sweep_file *file, GError **error);

/* All rows are in: give the file its name. To be called once, then only sweep_file_close(). */
bool sweep_file_finish(struct sweep_file *file, GError **error);

/* Close; what is not finished stays as the partial file. NULL is allowed. */
void sweep_file_close(struct sweep_file *file);

/* The name of the partial file of @path. The caller frees it. */
char *sweep_file_partial(const char *path);

#endif
