/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_RESULT_H
#define CIDSIM_SIM_SWEEP_RESULT_H

/*
 * The form of a result file, shared by all that reads and writes one:
 *
 *   # cidsim VERSION sweep                       or sweep-summary
 *   # KEY VALUE                                  any number of them
 *   the line of column names
 *   the rows                                     none begins with '#'
 *   # end ROWS rows, digest 0123456789abcdef     of all bytes before this line
 *
 * A file that was cut or changed differs in the last line from one that is complete.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/hash.h" /* of the last line */
#include "sim/base/output.h"

enum { SWEEP_LAST_LINE_MAX = 80 }; /* bytes, with LF and NUL */

/* The last line, with LF and NUL. Returns its length without NUL. */
size_t sweep_last_line_format(char line[SWEEP_LAST_LINE_MAX], uint64_t rows, uint64_t digest);

/* False unless the @length bytes at @line are a last line, to the byte, with its LF. */
bool sweep_last_line_parse(const char *line, size_t length, uint64_t *rows, uint64_t *digest);

/*
 * Where the heads @found and @expected begin to differ: the number of the line, from 1, and the
 * two lines quoted, from the difference on if it is far from their beginning. The caller frees
 * them. Both are NUL-terminated. 0 if they are equal.
 */
unsigned sweep_head_difference(
	const char *found, const char *expected, char **found_line, char **expected_line);

/*
 * A result file while it is written: counts the rows and computes the digest. Errors stick in the
 * output; sweep_result_finish() reports them or, if the output is the caller's, its owner.
 */
struct sweep_result {
	struct output *out;
	uint64_t digest, rows;
};

/* Begin on @out, which becomes the result's if sweep_result_finish() or sweep_result_discard()
 * comes last. Write @head, each line with its LF. */
void sweep_result_begin(struct sweep_result *result, struct output *out, const char *head);

/* The same on the file @path (NULL: standard output). False and @error (FAILURE) if it cannot be
 * written. */
bool sweep_result_open(
	struct sweep_result *result, const char *path, const char *head, GError **error);

/* A row of @length bytes, without LF. */
void sweep_result_row(struct sweep_result *result, const char *row, size_t length);

/* Write the last line. */
void sweep_result_end(struct sweep_result *result);

/* Write the last line, let the data be on the disk and give the file its name; or remove what there
 * is. Either frees the output. */
bool sweep_result_finish(struct sweep_result *result, GError **error);
void sweep_result_discard(struct sweep_result *result);

#endif
