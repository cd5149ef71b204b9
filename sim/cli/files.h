/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_FILES_H
#define CIDSIM_SIM_CLI_FILES_H

/* The files that a run or a replay writes: -o DIR. */

#include "sim/record/sinks.h"

/* Remove the files of @sinks if the program ends for want of memory from now on; NULL = none. They
 * stay the caller's. */
void files_guard(struct sinks *sinks);

/* Remove those that are guarded: the program is about to end. */
void files_remove_guarded(void);

/* Add report.txt and report.json to @sinks and give all files their names; frees @sinks. Returns
 * false, sets @error and leaves no file if that fails, or has failed before. */
bool files_close(struct sinks *sinks, const GString *report, const GString *json, GError **error);

/* Whether @name_of, whose result is freed, gives each of @paths a name of its own. If not the two
 * would write the same files: prints a message of @command. */
bool files_names_differ(const char *command, const GPtrArray *paths,
	char *(*name_of)(const char *path), const char *output);

/* Whether none of @paths ("-" = standard input) is a file that would be overwritten or, with
 * @traces, a trace in its folder; false after a message of @command. */
bool files_spare_inputs(const char *command, const GPtrArray *paths,
	char *(*name_of)(const char *path), const char *output, bool traces);

#endif
