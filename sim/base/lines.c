/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* pread */
#include "sim/base/lines.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

/* Thousands of files are read at once when shards are merged: it grows only for long lines. */
enum { BUFFER = 8192 };

void lines_init(struct lines *lines, int fd, uint64_t offset, uint64_t end, size_t max)
{
	g_assert(offset <= end && max >= BUFFER);
	*lines = (struct lines){
		.fd = fd,
		.offset = offset,
		.end = end,
		.max = max,
		.buffer = g_malloc(BUFFER),
		.size = BUFFER,
	};
}

void lines_clear(struct lines *lines)
{
	g_free(lines->buffer);
	lines->buffer = NULL;
}

/* Get more bytes behind those that are there, which are at most a line. */
static bool lines_fill(struct lines *lines)
{
	size_t have = lines->to - lines->from, want;
	uint64_t at = lines->offset + have;
	ssize_t got;

	g_assert(lines->from <= lines->to && lines->to <= lines->size);
	memmove(lines->buffer, lines->buffer + lines->from, have);
	lines->from = 0;
	lines->to = have;
	if (have == lines->size) {
		lines->size = MIN(2 * lines->size, lines->max + 1);
		lines->buffer = g_realloc(lines->buffer, lines->size);
	}
	want = (size_t)MIN(lines->size - have, lines->end - at);
	g_assert(want > 0);
	do
		got = pread(lines->fd, lines->buffer + have, want, (off_t)at);
	while (got < 0 && errno == EINTR);
	if (got <= 0) {
		lines->error = got < 0 ? errno : 0;
		return false;
	}
	lines->to += (size_t)got;
	return true;
}

enum lines_result lines_next(struct lines *lines, const char **text, size_t *length)
{
	size_t searched = 0;

	for (;;) {
		const char *line = lines->buffer + lines->from;
		size_t have = lines->to - lines->from;
		const char *lf = memchr(line + searched, '\n', have - searched);
		size_t count = lf ? (size_t)(lf - line) : have;

		if (count > lines->max)
			return LINES_LONG;
		*text = line;
		*length = count;
		if (lf) {
			lines->from += count + 1;
			lines->offset += count + 1;
			return LINES_GOOD;
		}
		if (lines->offset + have == lines->end) {
			lines->from = lines->to;
			lines->offset = lines->end;
			return have ? LINES_CUT : LINES_END;
		}
		searched = have;
		if (!lines_fill(lines))
			return LINES_FAILED;
	}
}
