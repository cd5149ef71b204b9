/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_LINES_H
#define CIDSIM_SIM_SWEEP_LINES_H

/* The lines of a part of a file, in memory that does not depend on what is in it. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sweep_lines_result {
	SWEEP_LINES_GOOD,
	SWEEP_LINES_END,    /* there are no more */
	SWEEP_LINES_CUT,    /* the last line has no LF; it was not stepped over */
	SWEEP_LINES_LONG,   /* the line is too long; it was not stepped over */
	SWEEP_LINES_FAILED, /* the file cannot be read, see error */
};

struct sweep_lines {
	int fd;          /* the caller's */
	uint64_t offset; /* of the next line */
	uint64_t end;    /* where the part ends */
	int error;       /* errno of a failure; 0 = the file is shorter than it should be */
	size_t max;      /* bytes of a line, without LF */
	char *buffer;    /* bytes from offset on are in [from, to) */
	size_t size, from, to;
};

/* The part of the file @fd from @offset to @end, in lines of at most @max bytes. */
void sweep_lines_init(struct sweep_lines *lines, int fd, uint64_t offset, uint64_t end, size_t max);
void sweep_lines_clear(struct sweep_lines *lines);

/* Step over a line. On GOOD and CUT @text has its @length bytes, without LF or NUL; they are valid
 * until the next step. */
enum sweep_lines_result sweep_lines_next(
	struct sweep_lines *lines, const char **text, size_t *length);

#endif
