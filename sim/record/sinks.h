/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_SINKS_H
#define CIDSIM_SIM_RECORD_SINKS_H

/*
 * The files of a run, written while it runs: all of them get their names, or none does. Where
 * records come from and what is in the files: sim/record/record.h, docs/output.md.
 *
 *     sinks = sinks_open(dir, scenario, accounts, SINKS_ALL, NULL, &error);
 *     … run, with sinks_sink(sinks) …
 *     sinks_add_file(sinks, "report.txt", text, length, &error);
 *     sinks_close(sinks, &error);      or sinks_abort(sinks)
 */

#include <glib.h>
#include <stdbool.h>

#include "sim/record/event-log.h"
#include "sim/record/record.h"
#include "sim/scenario/scenario.h"

/* Which files. */
enum {
	SINKS_SERIES = 1,
	SINKS_MODES = 2,
	SINKS_WINDOWS = 4,
	SINKS_STAYS = 8,
	SINKS_TRACE = 16,
	SINKS_NO_TRACE = 32, /* none: that of an earlier run is removed */
	SINKS_STEPS = 64,    /* of a run that plays steps; without it that of an earlier one is removed */
	SINKS_CSV = SINKS_SERIES | SINKS_MODES | SINKS_WINDOWS | SINKS_STAYS,
	SINKS_ALL = SINKS_CSV | SINKS_TRACE,
};

/* The names of the files of a run, those of event logs first; those of a replay are the rest. NULL
 * ends them. */
enum { SINKS_LOGS = 2 };
extern const char *const sinks_names[];

struct sinks;

/*
 * Begin the files @parts in @dir, which is made if it is not there; sinks_close() removes a trace
 * there if SINKS_NO_TRACE is among them, and not SINKS_TRACE. @accounts (struct
 * record_account) may be empty now and grow. @log says what is in the event log; NULL: all of
 * the run. @scenario and @accounts must outlive the sinks.
 * Returns NULL, sets @error and leaves no file if one of them cannot be written.
 */
struct sinks *sinks_open(const char *dir, const struct scenario *scenario,
	const GPtrArray *accounts, unsigned parts, const struct log_options *log, GError **error);

/* Where the records go. Functions that no file needs are NULL. */
const struct record_sink *sinks_sink(struct sinks *sinks);

/* True once something could not be written: the caller can stop; sinks_close() will say why. */
bool sinks_failed(const struct sinks *sinks);

/* Bytes of the event log so far; 0: there is none, it has not begun, or it has ended. */
uint64_t sinks_log_size(const struct sinks *sinks);

/* Did the event log end at its limit, before the run? Then *@at_ns is when. */
bool sinks_log_is_cut(const struct sinks *sinks, uint64_t *at_ns);

/* One more file @name in the directory, complete at once. On failure false and @error; the sinks
 * can then only be aborted. */
bool sinks_add_file(
	struct sinks *sinks, const char *name, const char *bytes, gsize length, GError **error);

/* Write out what is left and close the files; they keep their temporary names, so that they can be
 * read. More may be added. False and @error as sinks_close(). */
bool sinks_finish(struct sinks *sinks, GError **error);

/* After that: what the file @name of the run is called at present; NULL if it has none. Belongs to
 * the sinks. For plot_run_open_at(). */
const char *sinks_place(const struct sinks *sinks, const char *name);

/* Write out what is left, give all files their names, and free. On failure no file of the run is
 * left (but for those already named when a rename failed), @error is set, and false returned.
 * An older report.json is removed first, and the new one gets its name last: so if there is a
 * report.json, all files of its run are there. */
bool sinks_close(struct sinks *sinks, GError **error);

/* Remove all files that have no name yet, and nothing else: the program is about to end. */
void sinks_remove(struct sinks *sinks);

/* Remove all files, and free. NULL is allowed. */
void sinks_abort(struct sinks *sinks);

#endif
