/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_HTML_HTML_H
#define CIDSIM_SIM_HTML_HTML_H

/*
 * One HTML file each: of a run, a sweep, a matrix. It needs nothing beside it, no network either:
 * style, script, the library that draws, and the data are in it. Without a script the verdict and
 * the tables are there as plain HTML. What is read is not trusted: it gets into the page only as
 * escaped text and as JSON. The same input gives the same bytes. The page of anything has at most
 * about HTML_BYTES_MAX; what had to be left out, the page says.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/plot/run.h"

enum { HTML_BYTES_MAX = 20000000 };

/* The part of a run that is shown. */
struct html_part {
	uint64_t from_ns, to_ns; /* from < to; the end of the run counts if it comes before to */
};

/* All of a run. */
extern const struct html_part html_whole;

/* The page of @run; NULL sets @error (FAILURE): a file is missing or damaged, or the run ends before
 * the part. */
GString *html_of_run(const struct plot_run *run, const struct html_part *part, GError **error);

/* The page of the rows that `cidsim sweep` or `cidsim merge` wrote to the file at @path; NULL sets
 * @error. */
GString *html_of_sweep(const char *path, GError **error);

/* The page of the matrix that `cidsim explore --matrix --csv` printed; NULL sets @error. */
GString *html_of_matrix(const char *path, GError **error);

/* Whether this build has the library that draws charts. A page without it has all the rest. */
bool html_has_charts(void);

#endif
