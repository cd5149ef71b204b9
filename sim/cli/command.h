/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_COMMAND_H
#define CIDSIM_SIM_CLI_COMMAND_H

/* What the subcommands share: exit statuses, scenarios; see messages.h and options.h too. */

#include <glib.h>
#include <stdbool.h>

#include "sim/cli/messages.h"
#include "sim/cli/options.h"
#include "sim/scenario/scenario.h"

enum exit_status {
	EXIT_OK = 0,
	EXIT_FAILED = 1,      /* an expectation or a property failed */
	EXIT_USAGE = 2,       /* bad usage or input */
	EXIT_ENVIRONMENT = 3, /* disk full, no memory, not readable, not writable */
	EXIT_UNDECIDED = 4,   /* stopped by a limit before there was a verdict */
};

int cmd_affected(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_explore(int argc, char **argv);
int cmd_html(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_kernel(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_prove(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_rerun(int argc, char **argv);
int cmd_step(int argc, char **argv);
int cmd_revisions(int argc, char **argv);
int cmd_sweep(int argc, char **argv);

/* The more serious one of two exit statuses: environment, usage, failed, undecided, well. */
int command_worse(int a, int b);

/* The scenarios behind the arguments of a command: files, folders (all .scn in them, by name,
 * numbers as numbers, but not those in their sub-folders) and names of shipped scenarios. Strings,
 * never NULL. If there is none, or a folder has none, a message is printed and *@status set. */
GPtrArray *command_scenarios(int argc, char **argv, int *status);

/* The scenario that one argument names, if it is no folder: the file, "-", or a shipped one. What
 * is not there is found out by who reads it. The caller frees it. */
char *command_scenario(const char *argument);

/* Whether each of @paths can be read more than once: standard input cannot. False after a message,
 * in which @option is what wants it: "run: --revision all". */
bool command_can_read_again(const char *option, const GPtrArray *paths);

/*
 * Call @each with each of @paths, @options, and whether it is the first one. Returns the most
 * serious status. A signal (sim/cli/stop.h) leaves out the rest, and @command says so: "2 of 3
 * WHAT were not DONE".
 */
int command_each(const char *command, const char *what, const char *done, const GPtrArray *paths,
	int (*each)(const char *path, const void *options, bool first), const void *options);

/* Load one; NULL after messages, and *@status is at least as serious. What is wrong with options is
 * printed only once, however many files they are for. */
struct scenario *command_load(
	const char *path, const struct scenario_overrides *overrides, int *status);

/* If @scenario looks for the invariant of the proof: are its rules there? False after a message,
 * and *@status. command_load() asks. */
bool command_has_rules(const struct scenario *scenario, int *status);

/* The bytes of the scenario at @path ("-" = standard input), and their number; NULL after messages,
 * and *@status. The caller frees them. */
char *command_read(const char *path, size_t *length, int *status);

/* The file @path ("-": standard input) in the usual form, see keyfile_format(). NULL after
 * messages, and *@status; what its keys mean is not looked at. The caller frees it. */
char *command_format(const char *path, int *status);

/* Like command_load() for @length bytes of @text that come from @path. */
struct scenario *command_parse_scenario(const char *path, const char *text, size_t length,
	const struct scenario_overrides *overrides, int *status);

/*
 * Before any work: can the file @output (NULL: not given) be written? Returns EXIT_OK; EXIT_USAGE
 * after a message if it is empty, a folder, or the file @input ("-" = standard input);
 * EXIT_ENVIRONMENT after one if it cannot be made. @option begins the message: "explore: -o".
 */
int command_check_output(const char *option, const char *output, const char *input);

/* This command found nothing to write to the file @path (NULL: not given). Remove the file if an
 * earlier command wrote it, because it would seem to come from this one, and print a message, which
 * @option begins, as above. Returns EXIT_OK or EXIT_ENVIRONMENT. */
int command_remove_older(const char *option, const char *path);

/* Write the file @path at once. Returns EXIT_OK or, after a message, EXIT_ENVIRONMENT. */
int command_write(const char *path, const char *text, size_t length);

/* Print @error, a FAILURE, behind @prefix ("kernel: "). Returns the exit status that it means. */
int command_failed(const char *prefix, const GError *error);

/* Print @text on standard output. Returns EXIT_OK or, after a message, EXIT_ENVIRONMENT. */
int command_print(const char *text, gsize length);

/* The file of the shipped scenario @name ("hysteresis", "hysteresis.scn" or "study/ramp"), NULL if
 * there is none. The caller frees it. */
char *command_shipped(const char *name);

/* The name of the shipped scenario that @word was probably meant to be, NULL if none is near. The
 * caller frees it. */
char *command_nearest_shipped(const char *word);

/* The names of the scenarios in @dir, then of those in its sub-folders ("study/ramp"), sorted. What
 * cannot be read is a message, and sets *@status. */
GPtrArray *command_shipped_names(const char *dir, int *status);

/* The folder of the shipped scenarios; NULL if there is none. The caller frees it. */
char *command_scenarios_dir(void);

#endif
