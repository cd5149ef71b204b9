/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

void progress_begin(
	struct progress_line *line, const char *what, uint64_t before, uint64_t total, bool rows)
{
	g_assert(before <= total);
	*line = (struct progress_line){
		.what = what,
		.before = before,
		.total = total,
		.terminal = isatty(STDERR_FILENO) && !(rows && isatty(STDOUT_FILENO)),
		.started_us = g_get_monotonic_time(),
	};
}

void progress_show(const struct progress_line *line, uint64_t done)
{
	uint64_t ms = (uint64_t)(g_get_monotonic_time() - line->started_us) / 1000;
	uint64_t here = done - line->before, left_s;

	g_assert(line->before <= done && done <= line->total);
	if (!line->terminal)
		return;
	fprintf(stderr, "\r\033[K%" PRIu64 " of %" PRIu64 " %s", done, line->total, line->what);
	if (here > 0 && ms > 0) {
		left_s = (line->total - done) * ms / here / 1000;
		fprintf(stderr,
			", %" PRIu64 " per second, %" PRIu64 ":%02" PRIu64 ":%02" PRIu64 " left",
			here * 1000 / ms, left_s / 3600, left_s / 60 % 60, left_s % 60);
	}
	fflush(stderr);
}

void progress_clear(const struct progress_line *line)
{
	if (line->terminal)
		fputs("\r\033[K", stderr);
}
