/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_BYTES_H
#define CIDSIM_SIM_TRACE_BYTES_H

/* The bytes of a trace, line by line, in memory that does not depend on how many there are. Whether
 * they are compressed their first bytes tell, not the name of the file. */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BYTES_LINE_MAX = 64 << 10 }; /* of a line, without LF */

struct bytes;

/* Open @path, "-" = standard input. NULL, and @error of G_FILE_ERROR, if it cannot be read. */
struct bytes *bytes_open(const char *path, GError **error);

/* Take over @fd, of a pipe or file. */
struct bytes *bytes_new(int fd);

/* NULL is allowed. */
void bytes_close(struct bytes *bytes);

/* The first bytes, @count of them or all there are if that is less; @length: how many. Before the
 * first line only. NULL and @error as bytes_line(). */
const char *bytes_peek(struct bytes *bytes, size_t count, size_t *length, GError **error);

/*
 * The next line, with NUL instead of LF or CR LF, and its @length; valid and the caller's to change
 * until the next call. NULL at the end, and after an error, which sets @error:
 * G_FILE_ERROR if reading fails, TRACE_ERROR where the bytes are wrong: a line that is too
 * long or breaks off, a NUL, a damaged or broken-off stream.
 */
char *bytes_line(struct bytes *bytes, size_t *length, GError **error);

/* Lines that bytes_line() gave. */
uint64_t bytes_lines(const struct bytes *bytes);

/* A file of its own, at its start, with all bytes, uncompressed, for who has to seek; before the
 * first line only. That of the path if it is one; else an unnamed temporary one. -1 and @error on
 * failure. */
int bytes_seekable(struct bytes *bytes, GError **error);

#endif
