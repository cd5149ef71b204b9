/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_ROUND_TRIP_H
#define CIDSIM_TESTS_LIB_ROUND_TRIP_H

/* Runs a scenario, and replays the log that it wrote: both with all files, in a folder that is
 * removed at the end. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/record/record.h"
#include "sim/replay/replay.h"

struct round_trip {
	char *dir;
	char *log; /* path */
	struct record_result *run;
	/* the replay; scenario NULL: there is none */
	struct scenario *scenario;
	struct record_result *result;
	struct replay_verdict *verdict;
	GError *error; /* NULL: the log is complete */
	struct sinks *sinks;
};

/* The scenario of @text, which must be good. */
struct scenario *trip_parse(const char *text);

/* Run @scenario, which must outlive @trip, with all files. Ends with trip_free(). */
void trip_run(struct round_trip *trip, const struct scenario *scenario);

/* Replay the log; with @revision, not NULL, instead of its own; CSV files only with @files. */
void trip_replay(struct round_trip *trip, const char *revision, bool files);

/* What is in the file @name of @folder, "run" or "replay". The caller frees it. */
char *trip_file(const struct round_trip *trip, const char *folder, const char *name);

/* Also removes the folder; @trip itself is the caller's. */
void trip_free(struct round_trip *trip);

/* What does not agree, as far as it was compared. */
uint64_t trip_unexplained(const struct round_trip *trip);

/* The first difference, or what is wrong with the log; the caller frees it. */
char *trip_complaint(const struct round_trip *trip);

#endif
