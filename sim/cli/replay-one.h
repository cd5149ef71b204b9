/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_REPLAY_ONE_H
#define CIDSIM_SIM_CLI_REPLAY_ONE_H

/* One replay of `cidsim replay`. */

#include "sim/cli/command.h"
#include "sim/cli/files.h"
#include "sim/record/tee.h"
#include "sim/replay/replay.h"
#include "sim/replay/report.h"

/* The options of the command, and what was read of them. */
struct replay_command {
	char *revision, *comm, *pid, *possible, *orders, *output, *from, *to;
	char **set;
	gboolean json, quiet, list, explain, invariant;
	gboolean timeline, compact;
	uint32_t pid_number, orders_max;
	struct replay_time from_time, to_time;
};

/* Where the records of a replay go: to files, and to a timeline. */
struct replay_files {
	const struct replay_command *options;
	struct lanes *lanes; /* NULL: none is wanted, or not yet */
	struct record_tee both;
	struct sinks *sinks; /* NULL: none, or not yet */
	const char *dir;     /* NULL: none is wanted */
	const struct scenario *scenario;
	GError *error;
};

/* The outcome of one replay; to be freed with replay_done_free(). */
struct replay_done {
	struct trace *trace;
	struct scenario *scenario;
	struct replay_report report;
	bool selects_nothing; /* what the options select is not there: no report */
	int status;
};

/* Prints why @path cannot be read and what could be done; returns the status. */
int replay_report_error(const char *path, const GError *error);

/* The trace at @path. NULL after a message, and *@status. */
struct trace *replay_open(const char *path, int *status);

/* Replay @path as @revision (NULL: that of the trace), with @files. Faults are printed; *@done says
 * what there is then. */
void replay_one(const char *path, const struct replay_command *options, const char *revision,
	struct replay_files *files, struct replay_done *done);
void replay_done_free(struct replay_done *done);

/* Finish the files, with the reports. False, and files->error, if that fails. */
bool replay_close_files(struct replay_files *files, const struct replay_report *report);

/* Print a table: with which revisions does each of @paths agree? Returns the exit status. */
int replay_as_all(GPtrArray *paths, const struct replay_command *options);

/* Print the processes of each of @paths. Returns the exit status. */
int replay_list(const GPtrArray *paths, const struct replay_command *options);

#endif
