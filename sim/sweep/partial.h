/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_PARTIAL_H
#define CIDSIM_SIM_SWEEP_PARTIAL_H

/*
 * The rows of a sweep that is not finished (sim/sweep/file.h):
 *
 *   # cidsim unfinished sweep, format 1
 *   the head of the sweep
 *   0123456789abcdef ROW                         for each row
 *
 * The checksum before a row is the digest of the head and all rows up to and with this one, each
 * with its LF: that of the last row is the digest of the whole file. No two processes have one open
 * at once. Errors are SWEEP_ERROR.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/sweep/whole.h"

struct sweep_partial;

/* Open or create the partial file of @path, and lock it. It is loaded or begun next. */
struct sweep_partial *sweep_partial_open(const char *path, GError **error);

/*
 * Check all that is there against @head and @rows_max and cut off a last row that is not whole;
 * begin the file if there is no row and no head, or a part of it. False and @error, and nothing is
 * changed, if it is no partial file, of another sweep or damaged.
 */
bool sweep_partial_load(
	struct sweep_partial *partial, const char *head, uint64_t rows_max, GError **error);

/* Throw away what is there and write @head. */
bool sweep_partial_begin(struct sweep_partial *partial, const char *head, GError **error);

/* How many rows there are, those in memory too, and the digest up to the last of them. */
uint64_t sweep_partial_rows(const struct sweep_partial *partial);
uint64_t sweep_partial_digest(const struct sweep_partial *partial);

/* See sweep_file_append() and sweep_file_sync(). After a failure all fail. */
bool sweep_partial_append(struct sweep_partial *partial, const char *row, GError **error);
bool sweep_partial_sync(struct sweep_partial *partial, GError **error);

/* Write all rows to @whole. */
bool sweep_partial_copy(struct sweep_partial *partial, struct sweep_whole *whole, GError **error);

/* Remove the file, unless it is none of ours. */
void sweep_partial_remove(struct sweep_partial *partial);

/* Write what waits and close the file; an empty one is removed. NULL is allowed. */
void sweep_partial_close(struct sweep_partial *partial);

/* The partial file of @path, which is whole by now: remove it if there is one and nobody has it
 * open. */
void sweep_partial_remove_left_over(const char *path);

/* Let names in the directory of @path be on the disk, as far as the system can. */
void sweep_sync_directory(const char *path);

#endif
