/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_FILE_H
#define CIDSIM_SIM_SWEEP_FILE_H

/*
 * The files of a sweep: a work file (sim/sweep/work.h) until all rows are there, then the result
 * file (sim/sweep/result.h) under the name that the user gave. What is in the folder:
 *
 *                         append           all rows       on the disk        named
 *   nothing --open--> R.part --> R.part ... --finish--> R.part --rename--> R.part --unlink--> R
 *                                                       R.part-csv         R
 *
 * R.part-csv is the result file while it is written. Killed at any moment, the same sweep opens
 * what is there and continues: R.part with the rows that it has; R.part-csv is written anew; R, if
 * it is complete, needs nothing, and R.part is removed. The work file is locked all the time, so
 * that no other process has any of these names.
 *
 * If R is a link, all of these names are beside the file that it leads to.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct sweep_file;

/*
 * Begin the result file @path of @rows rows, or continue what an earlier process left. @head: its
 * first lines, each with its LF. *@done is set to the number of rows that are there already. Then
 * the rows from *@done on are appended and sweep_file_finish() is called; that does nothing if
 * @path was there, complete and with the same head.
 *
 * NULL and @error (FAILURE) if @path or its work file is of another sweep (the message names the
 * first line of the head that differs and says what to do), is none of a sweep, is damaged, is
 * being written by another process, or cannot be written. A device, pipe or directory is refused;
 * an empty file is as good as none. With @force both begin anew, but not if another process writes
 * them.
 */
struct sweep_file *sweep_file_open(const char *path, const char *head, uint64_t rows, bool force,
	uint64_t *done, GError **error);

/* The name of the result file; where @path is a link, what it leads to. As long as @file. */
const char *sweep_file_target(const struct sweep_file *file);

/* Append a row (without LF). It may stay in memory until sweep_file_sync(). False and @error if it
 * cannot be written: what is there then ends with the last transaction that could. There must be
 * rows missing. After false only sweep_file_close() may follow, here and below. */
bool sweep_file_append(struct sweep_file *file, const char *row, GError **error);

/* Let all rows be on the disk. */
bool sweep_file_sync(struct sweep_file *file, GError **error);

/* All rows are in: write the result file. To be called once, then only sweep_file_close(). On
 * false and @error all rows stay in the work file. */
bool sweep_file_finish(struct sweep_file *file, GError **error);

/* Close; what is not finished stays in the work file. Rows that were not synced are written, as
 * far as they can be. NULL is allowed. */
void sweep_file_close(struct sweep_file *file);

#endif
