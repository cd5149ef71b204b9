/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_FILE_H
#define CIDSIM_SIM_SWEEP_FILE_H

/*
 * The file of a sweep while it grows, and once it is whole.
 *
 * A whole file (sim/sweep/whole.h) has a head (comment lines, the line of column names), the rows,
 * and a last line with the number of rows and a digest of all bytes before it: a file that was cut
 * or changed is told from one that is whole.
 *
 * Until then the rows are in PATH.partial (sim/sweep/partial.h), each on a line behind a checksum
 * that depends on all lines before it. Rows are only ever appended. So after a crash at any moment
 * what is there is whole up to some row; the rest, a line without end or zeros that the file system
 * left, is cut off. Anything else that does not fit is damage, and is refused. PATH.partial is
 * locked while a sweep writes it. When the last row is in, the rows are copied to a temporary file,
 * which gets the name PATH when it is on the disk; then PATH.partial is removed. The temporary file
 * is DIR/.cidsim-HEX16, the digest of PATH's name: what a crash at that moment leaves is taken by
 * the next one to finish.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/sweep/whole.h"

struct sweep_file;

/*
 * Begin the file @path of @rows rows, or go on with what an earlier one left. @head: its first
 * lines, each with its LF. *@done is set to the number of rows that are there already. Then the
 * rows from *@done on are appended and sweep_file_finish() is called; that does nothing if @path
 * was there, whole and with the same head.
 *
 * NULL and @error if @path or its partial file is of another sweep (the message names the first
 * line of the head that differs and says what to do), is none of a sweep, is damaged (names the
 * line), is being written by another process, or cannot be written. A device, pipe or directory
 * cannot be gone on with and is refused; an empty file is as good as none. With @force both are
 * begun anew, but not if another process writes them.
 */
struct sweep_file *sweep_file_open(const char *path, const char *head, uint64_t rows, bool force,
	uint64_t *done, GError **error);

/* Append a row (without LF). It may stay in memory until sweep_file_sync(). False and @error if
 * it cannot be written: the file then ends with the last whole row that could, and whatever else
 * is done with it but sweep_file_close() fails, too. */
bool sweep_file_append(struct sweep_file *file, const char *row, GError **error);

/* Let all rows be on the disk. */
bool sweep_file_sync(struct sweep_file *file, GError **error);

/* All rows are in: give the file its name. To be called once, then only sweep_file_close(). On
 * false and @error all rows stay in the partial file. */
bool sweep_file_finish(struct sweep_file *file, GError **error);

/* Close; what is not finished stays as the partial file. Rows that were not synced are written, as
 * far as they can be. NULL is allowed. */
void sweep_file_close(struct sweep_file *file);

#endif
