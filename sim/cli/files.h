/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_FILES_H
#define CIDSIM_SIM_CLI_FILES_H

/* The files that a run or a replay writes: -o DIR. */

#include "sim/record/sinks.h"

/* Remove the files of @sinks if the program ends for want of memory from now on, until
 * files_unguard(). They stay the caller's. In any thread. */
void files_guard(struct sinks *sinks);
void files_unguard(struct sinks *sinks);

/* Remove those that are guarded: the program is about to end. Threads may still write into them. */
void files_remove_guarded(void);

/* Add report.txt, report.json and report.html to @sinks and give all files their names; frees
 * @sinks. Returns false, sets @error and leaves no file if that fails, or has failed before. Where
 * the records cannot be read again, because they went to a device, a message says that there is no
 * report.html. */
bool files_close(struct sinks *sinks, const GString *report, const GString *json, GError **error);

/* The name of the folder for what becomes of @path ("-" = standard input): its file name without
 * those of @endings (NULL-terminated) that it has, from the first to the last. Never ".", ".." or
 * empty. The caller frees it. */
char *files_name(const char *path, const char *const *endings);

/* Whether what becomes of each of @paths ("-" = standard input) can be written to the folder that
 * @name_of gives it in @output. @name_of's result is freed. False after a message of @command:
 * @output is a file, two would write the same folder, or one of @paths would be overwritten (with
 * @traces, also a trace in a folder). */
bool files_can_write(const char *command, const GPtrArray *paths,
	char *(*name_of)(const char *path), const char *output, bool traces);

#endif
