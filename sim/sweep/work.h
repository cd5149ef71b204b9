/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_WORK_H
#define CIDSIM_SIM_SWEEP_WORK_H

/*
 * The work file of a sweep: the rows until all are there. It is an SQLite database, beside the
 * result file (RESULT.part), with one table:
 *
 *   part(id, digest, text)
 *
 * Part 0 is the head of the result file, part N its row N. The digest is that of the result file up
 * to the end of this part.
 *
 * Only one process at a time has the file open. Rows go there in transactions. A process that is
 * killed at any moment leaves all rows of the transactions that ended; after a crash of the machine
 * there are those up to the last sweep_work_sync(), perhaps more. What SQLite then repairs the file
 * with is in RESULT.part-wal, which belongs to it. Everything else that does not fit is damage.
 *
 * Errors are FAILUREs (sim/base/failure.h).
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/sweep/result.h"

struct sweep_work;

/* The name of the work file of the result file @path. The caller frees it. */
char *sweep_work_path(const char *path);

/*
 * Begin the work file of @path, a name that is no link, or take over what an earlier process left.
 * @head: of the result file; @rows_max: of the sweep. With @force, begin anew whatever is there.
 * NULL sets @error: another process has it, it is of another sweep, damaged (all is checked), no
 * work file, no regular file, or cannot be written. Then nothing has changed.
 */
struct sweep_work *sweep_work_open(
	const char *path, const char *head, uint64_t rows_max, bool force, GError **error);

/* How many rows there are, with those that wait for their transaction. */
uint64_t sweep_work_rows(const struct sweep_work *work);

/* Append a row (without LF, at most CSV_LINE_MAX bytes). It is there for good after the next
 * sweep_work_sync(). After false only sweep_work_close() may follow, here and below. */
bool sweep_work_append(struct sweep_work *work, const char *row, GError **error);

/* Let all rows be on the disk. */
bool sweep_work_sync(struct sweep_work *work, GError **error);

/* Write all rows to @result, whose head is written. Errors of its output are not reported here. */
bool sweep_work_export(struct sweep_work *work, struct sweep_result *result, GError **error);

/* Write what the work file @path (itself, not its result file) has to @out, as a result file: its head,
 * its rows, a last line. Its rows stay. False sets @error, as sweep_work_open(), or if there is
 * no head yet; errors of the output are not reported here. */
bool sweep_work_copy(const char *path, struct output *out, GError **error);

/* Remove the file. Only sweep_work_close() follows. */
void sweep_work_remove(struct sweep_work *work);

/* Write what waits, as far as that can be, and close. NULL is allowed. */
void sweep_work_close(struct sweep_work *work);

#endif
