/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_WHOLE_H
#define CIDSIM_SIM_SWEEP_WHOLE_H

/*
 * The form of a whole file of a sweep, shared by all that reads and writes one:
 *
 *   # cidsim VERSION sweep                       or sweep-summary
 *   # KEY VALUE                                  any number of them
 *   the line of column names
 *   the rows                                     none begins with '#'
 *   # end ROWS rows, digest 0123456789abcdef     of all bytes before this line
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/hash.h" /* of the last line, and the chain of the partial file */
#include "sim/base/output.h"

enum sweep_error {
	SWEEP_ERROR_INPUT,       /* what was read is not what it should be */
	SWEEP_ERROR_ENVIRONMENT, /* disk full, not writable, locked by another process */
};

#define SWEEP_ERROR sweep_error_quark()
GQuark sweep_error_quark(void);

enum {
	SWEEP_ROW_MAX = 1 << 20,  /* bytes of a line, without its LF; of the head too */
	SWEEP_HEAD_MAX = 1 << 22, /* bytes of all lines of a head */
	SWEEP_COLUMNS_MAX = 4096,
	SWEEP_END_MAX = 80, /* bytes of the last line, with LF and NUL */
};

/* The first line of a partial file, without its LF. The head of the sweep follows it. */
extern const char sweep_partial_magic[];

/* The name of the partial file of @path. The caller frees it. */
char *sweep_file_partial(const char *path);

/* The last line, with LF and NUL. Returns its length without NUL. */
size_t sweep_end_format(char line[SWEEP_END_MAX], uint64_t rows, uint64_t digest);

/* False unless the @length bytes at @line are a last line, to the byte, with its LF. */
bool sweep_end_parse(const char *line, size_t length, uint64_t *rows, uint64_t *digest);

/* Set @error. Both return false, to be passed on. The second is for errno @number; a name that
 * does not exist is the caller's mistake, anything else the machine's. */
bool sweep_fail(GError **error, enum sweep_error code, const char *format, ...) G_GNUC_PRINTF(3, 4);
bool sweep_fail_file(GError **error, const char *path, int number);

/*
 * Where the heads @found and @expected begin to differ: the number of the line, from 1, and the
 * two lines quoted, from the difference on if it is far from their beginning. The caller frees
 * them. Both are NUL-terminated; @found may lack its last lines. 0 if they are equal.
 */
unsigned sweep_head_difference(
	const char *found, const char *expected, char **found_line, char **expected_line);

/*
 * A whole file as it is written: counts the rows and adds up the digest. Errors stick in the
 * output; sweep_whole_finish() or, for an output of the caller's, the output tells them.
 */
struct sweep_whole {
	struct output *out;
	uint64_t digest, rows;
};

/* Begin on @path (NULL: standard output) and write @head, each line with its LF. False and @error
 * (SWEEP_ERROR) if it cannot be written. */
bool sweep_whole_open(
	struct sweep_whole *whole, const char *path, const char *head, GError **error);

/* The same on an output that stays the caller's; sweep_whole_end() then comes last. */
void sweep_whole_begin(struct sweep_whole *whole, struct output *out, const char *head);

/* A row of @length bytes, without LF. */
void sweep_whole_row(struct sweep_whole *whole, const char *row, size_t length);

/* Write the last line. */
void sweep_whole_end(struct sweep_whole *whole);

/* After sweep_whole_open(): write the last line, let the data be on the disk and give the file its
 * name; or remove what there is. Either frees what the file took. */
bool sweep_whole_finish(struct sweep_whole *whole, GError **error);
void sweep_whole_discard(struct sweep_whole *whole);

#endif
