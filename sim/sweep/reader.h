/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_READER_H
#define CIDSIM_SIM_SWEEP_READER_H

/*
 * Reads a result file (sim/sweep/result.h) row by row: a CSV file that says of itself what it is
 * and whether it is complete. Errors are FAILUREs (sim/base/failure.h).
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/csv.h"

struct sweep_reader {
	struct csv_reader *csv; /* its head is read; ask it for columns and fields */
	uint64_t rows;          /* that the last line names; certain only when all have been read */
	uint64_t digest;        /* the same */
	uint64_t rows_read, digest_read;
};

/* Open @path and read its head. NULL sets @error: not readable, no result file, one without its
 * last line, or a sweep that is not finished (the message says how to finish it). */
struct sweep_reader *sweep_reader_open(const char *path, GError **error);
/* The same; @path can also be the work file of a sweep that is not finished: what is there counts as
 * a complete file, with fewer rows than its comment "points" says. */
struct sweep_reader *sweep_reader_open_partial(const char *path, GError **error);
void sweep_reader_close(struct sweep_reader *reader); /* NULL is allowed */

/* True if the file is a summary, not rows of runs. */
bool sweep_reader_is_summary(const struct sweep_reader *reader);

/* Where the column @name is, which may be "cpus" for the axis machine.cpus; -1 sets @error, which
 * names all columns and the one that may be meant. */
int sweep_reader_column(const struct csv_reader *csv, const char *name, GError **error);

/* Step to the next row. False at the end, when the number of rows and the digest have been
 * checked, or with @error set. */
bool sweep_reader_next(struct sweep_reader *reader, GError **error);

#endif
