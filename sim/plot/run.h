/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_RUN_H
#define CIDSIM_SIM_PLOT_RUN_H

/* The directory of a run and what its report.json says. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/csv.h"

enum { PLOT_USERS_MAX = 4194304 }; /* of an mm, at once */

/* One of "mms" in the report. */
struct plot_mm {
	char *name;
	uint64_t users_max;
	uint64_t switches;    /* of the mode, both directions */
	int64_t enter, leave; /* users, by the formula; -1 = never */
};

/* Where the file @name of a run is; a caller that has not given the files their names yet says it.
 * Valid as long as @context. */
typedef const char *(*plot_run_place)(const void *context, const char *name);

enum plot_run_verdict { PLOT_RUN_OK, PLOT_RUN_FAILED, PLOT_RUN_UNDECIDED };

struct plot_run {
	char *dir;
	plot_run_place place; /* NULL: in dir, under their names */
	const void *context;
	char *report; /* the text of report.json: one JSON object */
	enum plot_run_verdict verdict;
	char *title, *revision; /* as text, not safe for anything */
	char *flags;            /* of the protocol that differ from the revision's, maybe "" */
	char *seed;             /* the same; NULL: of a replay */
	char *made_by;          /* "cidsim 0.1.0 (1a2b3c4d5e6f)" */
	char **command;         /* at least three words; NULL: an older cidsim wrote the report */
	uint64_t sim_time_ns;
	const char *clock; /* "step", "event": what a microsecond is; NULL: a microsecond */
	GPtrArray *mms;    /* struct plot_mm, in the order of the report */
};

/* Open the run in @dir or in its only subdirectory that holds one. NULL sets @error. */
struct plot_run *plot_run_open(const char *dir, GError **error);

/* The same of files that are elsewhere; @dir is only for messages. */
struct plot_run *plot_run_open_at(
	const char *dir, plot_run_place place, const void *context, GError **error);

void plot_run_free(struct plot_run *run);

/* The mm called @name; NULL sets @error: there is none, or no mm at all. The one with the most mode
 * switches if @name is NULL, of several such the one with the most users, of these the first. */
const struct plot_mm *plot_run_mm(const struct plot_run *run, const char *name, GError **error);

/* The values of @option, "--set", in the command; maybe none. The caller frees it. */
char **plot_run_option(const struct plot_run *run, const char *option);

/* The name of file @name of the run. The caller frees it. */
char *plot_run_file(const struct plot_run *run, const char *name);

/* Open the CSV file @name of the run and read its head. Its line of column names must be @columns.
 * Returns NULL and sets @error if that fails, and if the head names another run than report.json:
 * then two programs wrote to the folder. */
struct csv_reader *plot_run_csv(
	const struct plot_run *run, const char *name, const char *columns, GError **error);

#endif
