/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* SIGXFSZ */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/values.h"
#include "sim/base/version.h"
#include "sim/cli/command.h"
#include "sim/cli/files.h"

struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

/* Ended by one without name. */
static const struct command commands[] = {
	{ "run", "run scenarios: report, records, verdict", cmd_run },
	{ "sweep", "run a scenario at many points, a row for each", cmd_sweep },
	{ "merge", "put the shards of a sweep together", cmd_merge },
	{ "check", "check scenario files without running them", cmd_check },
	{ "explore", "explore all orders of steps of a small scenario", cmd_explore },
	{ "list", "list the shipped scenarios, or show one", cmd_list },
	{ "plot", "draw figures from what a run or a sweep wrote", cmd_plot },
	{ "replay", "compare the model with a trace of a real kernel", cmd_replay },
	{ "rerun", "make again what a run or replay wrote", cmd_rerun },
	{ "revisions", "list the revisions of the protocol and their flags", cmd_revisions },
	{ NULL, NULL, NULL },
};

static char *usage(void)
{
	GString *text = g_string_new(
		"Usage: cidsim COMMAND [OPTION…] [ARGUMENT…]\n\n"
		"Simulates how the Linux kernel hands out concurrency IDs (mm_cid) to threads.\n\n"
		"Commands:\n");

	for (const struct command *command = commands; command->name; command++)
		g_string_append_printf(text, "  %-10s %s\n", command->name, command->summary);
	g_string_append(text, "\n`cidsim COMMAND --help` explains a command; `cidsim --version` "
			      "names the version.\n"
			      "Exit status: 0 all well, 1 an expectation or a property failed, 2 "
			      "bad usage or input,\n"
			      "3 the environment failed (disk full, no memory), 4 undecided "
			      "(stopped by a limit).\n"
			      "\n"
			      "To begin: cidsim run hysteresis\n");
	return g_string_free(text, FALSE);
}

static int unknown_command(const char *name)
{
	g_autofree char *quoted = value_quote(name);
	const char *names[16] = { "--help", "--version" };
	size_t count = 2;
	const char *nearest;

	g_assert(G_N_ELEMENTS(commands) - 1 + count <= G_N_ELEMENTS(names));
	for (const struct command *command = commands; command->name; command++)
		names[count++] = command->name;
	g_assert(count == G_N_ELEMENTS(commands) - 1 + 2);
	nearest = value_nearest(name, names, count);
	if (nearest)
		command_error("unknown command %s; did you mean %s?", quoted, nearest);
	else
		command_error("unknown command %s; --help lists the commands", quoted);
	return EXIT_USAGE;
}

/* GLib ends the program where there is no memory; but by a signal, and with words of its own. */
static void print_log(const char *domain, GLogLevelFlags level, const char *message, void *context)
{
	const char *wanted = strstr(message, "failed to allocate");

	(void)domain;
	(void)context;
	if (wanted)
		fprintf(stderr, "cidsim: no memory: %s\n", wanted);
	else
		fprintf(stderr, "cidsim: %s\n", message);
	if (!(level & G_LOG_LEVEL_ERROR))
		return;
	files_remove_guarded();
	if (wanted || strstr(message, "no memory"))
		_exit(EXIT_ENVIRONMENT);
	abort();
}

/* A file that is opened must not become standard output or standard error. Those that are closed
 * are opened such that using them fails, but messages, which have no other place, get lost. */
static void fill_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
	}
}

static int help(void)
{
	g_autofree char *text = usage();

	return command_print(text, strlen(text));
}

static bool is_help(const char *argument)
{
	return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

static int run_command(int argc, char **argv)
{
	g_assert(argc >= 2);
	for (const struct command *command = commands; command->name; command++) {
		if (strcmp(command->name, argv[1]) == 0) {
			g_autofree char *name = g_strdup_printf("cidsim %s", command->name);

			g_assert(command->run);
			g_set_prgname(name);
			return command->run(argc - 1, argv + 1);
		}
	}
	return unknown_command(argv[1]);
}

int main(int argc, char **argv)
{
	g_autofree char *text = NULL;

	/* The locale is left at "C": what is printed must not depend on it. A closed pipe and a
	 * file that would be too large are errors of the write, reported as such. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	fill_standard_files();
	g_log_set_default_handler(print_log, NULL);
	if (argc < 2) {
		text = usage();
		fputs(text, stderr);
		return EXIT_USAGE;
	}
	if (is_help(argv[1]))
		return help();
	if (strcmp(argv[1], "--version") == 0) {
		g_autofree char *version = g_strconcat("cidsim ", version_text(), "\n", NULL);

		return command_print(version, strlen(version));
	}
	if (strcmp(argv[1], "help") == 0) {
		char *of_command[] = { argv[0], argv[argc > 2 ? 2 : 1], (char *)"--help", NULL };

		return argc > 2 && !is_help(argv[2]) ? run_command(3, of_command) : help();
	}
	return run_command(argc, argv);
}
