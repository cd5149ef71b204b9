/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_COMMAND_H
#define CIDSIM_SIM_COMMAND_H

/* What the subcommands share: exit statuses, messages, options. */

#include <glib.h>
#include <stdbool.h>

#include "sim/scenario.h"

enum exit_status {
	EXIT_OK = 0,
	EXIT_FAILED = 1,      /* an expectation or a property failed */
	EXIT_USAGE = 2,       /* bad usage or input */
	EXIT_ENVIRONMENT = 3, /* disk full, no memory, not readable, not writable */
	EXIT_UNDECIDED = 4,   /* stopped by a limit before there was a verdict */
};

struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

/* All commands, ended by one without name. */
extern const struct command commands[];

int cmd_run(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_revisions(int argc, char **argv);

/* "cidsim: text" and a line end on standard error. */
void command_error(const char *format, ...) G_GNUC_PRINTF(1, 2);

/*
 * Parse the options of a command. @summary ends the usage line ("FILE…"), @description follows
 * the options. --help prints and sets *@done. Returns false, after a message that names the
 * nearest known option, if an option is wrong.
 */
bool command_parse(const char *summary, const char *description, const GOptionEntry *entries,
	int *argc, char ***argv, bool *done);

/* The scenarios behind the arguments of a command: files, folders (all .scn in them, by name) and
 * names of shipped scenarios. Strings. NULL, after a message, if one of them is none of these;
 * *@status is then the exit status. */
GPtrArray *command_scenarios(int argc, char **argv, int *status);

/* Load one; NULL after messages, and *@status. */
struct scenario *command_load(const char *path, const struct scenario_overrides *overrides,
	int *status);

/* Print @text on standard output. Returns EXIT_OK or, after a message, EXIT_ENVIRONMENT. */
int command_print(const char *text, gsize length);

/* The folder of the shipped scenarios; NULL if there is none. The caller frees it. */
char *command_scenarios_dir(void);

#endif
