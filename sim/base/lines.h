/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_LINES_H
#define CIDSIM_SIM_BASE_LINES_H

/* The lines of a part of a file, in memory that does not depend on the file. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lines_result {
	LINES_GOOD,
	LINES_END,    /* there are no more */
	LINES_CUT,    /* the last line has no LF; it was stepped over */
	LINES_LONG,   /* the line is too long; it was not stepped over */
	LINES_FAILED, /* the file cannot be read, see error */
};

struct lines {
	int fd;          /* the caller's */
	uint64_t offset; /* of the next line */
	uint64_t end;    /* where the part ends */
	int error;       /* errno of a failure; 0 = the file is shorter than it should be */
	size_t max;      /* bytes of a line, without LF */
	char *buffer;    /* bytes from offset on are in [from, to) */
	size_t size, from, to;
};

/* The part of the file @fd from @offset to @end (at least @offset), in lines of at most @max bytes
 * (at least 8192). */
void lines_init(struct lines *lines, int fd, uint64_t offset, uint64_t end, size_t max);
void lines_clear(struct lines *lines);

/* Step over a line. On GOOD and CUT @text has its @length bytes, without LF or NUL; they are valid
 * until the next step. */
enum lines_result lines_next(struct lines *lines, const char **text, size_t *length);

#endif
