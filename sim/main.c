/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "sim/command.h"
#include "sim/values.h"

static char *usage(void)
{
	GString *text = g_string_new(
		"Usage: cidsim COMMAND [OPTION…] [ARGUMENT…]\n\n"
		"Simulates how the Linux kernel hands out concurrency IDs (mm_cid) to threads.\n\n"
		"Commands:\n");

	for (const struct command *command = commands; command->name; command++)
		g_string_append_printf(text, "  %-10s %s\n", command->name, command->summary);
	g_string_append(text,
		"\n`cidsim COMMAND --help` explains a command; `cidsim --version` names the version.\n"
		"Exit status: 0 all well, 1 an expectation or a property failed, 2 bad usage or input,\n"
		"3 the environment failed (disk full, no memory), 4 undecided (stopped by a limit).\n");
	return g_string_free(text, FALSE);
}

static int unknown_command(const char *name)
{
	const char *names[16];
	size_t count = 0;
	const char *nearest;

	for (; commands[count].name; count++)
		names[count] = commands[count].name;
	nearest = value_nearest(name, names, count);
	if (nearest)
		command_error("unknown command '%s'; did you mean %s?", name, nearest);
	else
		command_error("unknown command '%s'; --help lists the commands", name);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	/* The locale is left at "C": what is printed must not depend on it. A closed pipe is an
	 * error of the write, reported as such. */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		g_autofree char *text = usage();

		fputs(text, stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		strcmp(argv[1], "help") == 0) {
		g_autofree char *text = usage();

		return command_print(text, strlen(text));
	}
	if (strcmp(argv[1], "--version") == 0) {
		static const char version[] = "cidsim " CIDSIM_VERSION "\n";

		return command_print(version, sizeof(version) - 1);
	}
	for (const struct command *command = commands; command->name; command++) {
		if (strcmp(command->name, argv[1]) == 0) {
			g_autofree char *name = g_strdup_printf("cidsim %s", command->name);

			g_set_prgname(name);
			return command->run(argc - 1, argv + 1);
		}
	}
	return unknown_command(argv[1]);
}
