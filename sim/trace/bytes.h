/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_BYTES_H
#define CIDSIM_SIM_TRACE_BYTES_H

/* The bytes of a trace, line by line, in memory that does not depend on how many there are. Their
 * first bytes, not the name of the file, say whether they are compressed. */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BYTES_LINE_MAX = 64 << 10 }; /* of a line, without LF */

struct bytes;

/* Open @path, "-" = standard input. NULL, and @error of G_FILE_ERROR, if it cannot be read. */
struct bytes *bytes_open(const char *path, GError **error);

/* Take over @fd, of a pipe or file: bytes_close() closes it. */
struct bytes *bytes_new(int fd);

/* NULL is allowed. */
void bytes_close(struct bytes *bytes);

/* The first bytes, @count of them or all there are if that is less; @length: how many. A byte order
 * mark is left out, here and later. Before the first line only. NULL and @error as bytes_line(). */
const char *bytes_peek(struct bytes *bytes, size_t count, size_t *length, GError **error);

/*
 * The next line, with NUL instead of LF or CR LF, and its @length; valid and the caller's to change
 * until the next call. It is UTF-8 without control characters: a TAB becomes a blank, and each byte
 * of other control characters and of broken UTF-8 becomes '?'. NULL at the end, and after an error,
 * which sets @error:
 * G_FILE_ERROR if reading fails, TRACE_ERROR where the bytes are wrong: a line that is too
 * long or cut off, a NUL, a damaged stream or one that is cut off.
 */
char *bytes_line(struct bytes *bytes, size_t *length, GError **error);

/* Lines that bytes_line() gave. */
uint64_t bytes_lines(const struct bytes *bytes);

/*
 * All bytes, uncompressed, as a file whose place is its start, for a reader that has to seek;
 * before the first line only, after bytes_peek(). It is the file of the path if that is one and not
 * compressed; else a copy in the temporary folder, which has no name any more, of at most @max
 * bytes and at most half of the free space there. Returns a descriptor, the caller's to close; or
 * -1 and @error, also if there are more bytes than that.
 */
int bytes_seekable(struct bytes *bytes, uint64_t max, GError **error);

#endif
