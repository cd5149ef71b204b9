/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_OPTIONS_H
#define CIDSIM_SIM_CLI_OPTIONS_H

/* The options of a command: parsed, or printed as help, man page and completions. */

#include <glib.h>
#include <stdbool.h>

/*
 * Parse the options of a command. @arguments ends the usage line ("SCENARIO…"), @description
 * follows the options; sim/cli/help.h says how both are written. What is left in @argv are the
 * arguments; those that follow "--" may begin with '-'. Returns false if there is nothing more to
 * do, *@status says how it ended: help has been printed, or an option is wrong and a message has
 * named the nearest known one.
 *
 * --help prints the help. For scripts only, as the first argument: --help=man prints the part of
 * the command's man page that the command knows (sim/cli/main.c adds the rest), --help=complete
 * what may stand in place of the last of the arguments that follow (sim/cli/complete.h).
 */
bool command_parse(const char *arguments, const char *description, const GOptionEntry *entries,
	int *argc, char ***argv, int *status);

#endif
