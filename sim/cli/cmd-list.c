/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/cli/command.h"

/* Also a scenario that cannot be read does not hide the others. */
static void add_line(GString *text, const char *dir, const char *name, int *status)
{
	g_autofree char *file = g_strconcat(name, ".scn", NULL);
	g_autofree char *path = g_build_filename(dir, file, NULL);
	struct scenario *scenario = command_load(path, NULL, status);

	if (!scenario)
		return;
	g_assert(scenario->title);
	g_string_append_printf(text, "%-20s %s\n", name, scenario->title);
	scenario_free(scenario);
}

static int list(const char *dir)
{
	int status = EXIT_OK;
	g_autoptr(GPtrArray) names = command_shipped_names(dir, &status);
	g_autoptr(GString) text = g_string_new(NULL);

	g_assert(*dir);
	if (names->len == 0 && status == EXIT_OK) {
		command_error("%s: there is no .scn file in this folder", dir);
		status = EXIT_USAGE;
	}
	for (guint i = 0; i < names->len; i++)
		add_line(text, dir, names->pdata[i], &status);
	return command_worse(status, command_print(text->str, text->len));
}

static int show(const char *name)
{
	g_autofree char *path = command_shipped(name);
	g_autofree char *text = NULL;
	g_autofree char *nearest = NULL;
	g_autoptr(GError) error = NULL;
	gsize length;

	if (path && g_file_get_contents(path, &text, &length, &error))
		return command_print(text, length);
	if (path) {
		command_error("%s", error->message);
		return EXIT_ENVIRONMENT;
	}
	nearest = command_nearest_shipped(name);
	if (nearest)
		command_error("list: there is no scenario '%s'; did you mean %s?", name, nearest);
	else
		command_error("list: there is no scenario '%s'; `cidsim list` names them", name);
	return EXIT_USAGE;
}

int cmd_list(int argc, char **argv)
{
	g_autofree char *dir = command_scenarios_dir();
	int status;

	if (!command_parse("[NAME]",
		    "Without NAME lists the shipped scenarios, with it prints that one.\n"
		    "\n"
		    "Examples:\n"
		    "  cidsim list vfork > mine.scn\n"
		    "  cidsim list study/ramp\n",
		    NULL, &argc, &argv, &status))
		return status;
	if (argc > 2) {
		command_error("list: takes one NAME, found '%s' too", argv[2]);
		return EXIT_USAGE;
	}
	if (!dir) {
		command_error(
			"list: the shipped scenarios are not there; CIDSIM_SCENARIOS may name "
			"their folder");
		return EXIT_ENVIRONMENT;
	}
	return argc > 1 ? show(argv[1]) : list(dir);
}
