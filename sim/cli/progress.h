/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_PROGRESS_H
#define CIDSIM_SIM_CLI_PROGRESS_H

/* The line on a terminal that says how far long work is. In a pipe there is none. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct progress_line {
	const char *what;       /* "points" */
	uint64_t before, total; /* done before it began, at all */
	bool terminal;          /* standard error is one, and rows do not go to the same */
	gint64 started_us;
};

/* Begin a line about @total of @what, of which @before are done. @rows: standard output gets rows
 * meanwhile; if that is a terminal too, the line would tear them, so there is none. */
void progress_begin(
	struct progress_line *line, const char *what, uint64_t before, uint64_t total, bool rows);

/* "7 of 100 points, 12 per second, 0:00:07 left": @done of them, at least those before. */
void progress_show(const struct progress_line *line, uint64_t done);

/* Take the line away. */
void progress_clear(const struct progress_line *line);

#endif
