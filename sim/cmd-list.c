/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/command.h"

static void add_line(GString *text, const char *path)
{
	int status = EXIT_OK;
	struct scenario *scenario = command_load(path, NULL, &status);
	g_autofree char *base = g_path_get_basename(path);

	if (!scenario)
		return;
	base[strlen(base) - strlen(".scn")] = '\0';
	g_string_append_printf(text, "%-20s %s\n", base, scenario->title);
	scenario_free(scenario);
}

static int list(const char *dir)
{
	char *argv[] = { (char *)"list", (char *)dir };
	int status = EXIT_OK;
	g_autoptr(GPtrArray) paths = command_scenarios(2, argv, &status);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; paths && i < paths->len; i++)
		add_line(text, paths->pdata[i]);
	return paths ? command_print(text->str, text->len) : status;
}

static int show(char *name)
{
	char *argv[] = { (char *)"list", name };
	int status = EXIT_OK;
	g_autoptr(GPtrArray) paths = command_scenarios(2, argv, &status);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	gsize length;

	if (!paths)
		return status;
	if (!g_file_get_contents(paths->pdata[0], &text, &length, &error)) {
		command_error("%s: there is no such scenario; `cidsim list` names them", name);
		return EXIT_USAGE;
	}
	return command_print(text, length);
}

int cmd_list(int argc, char **argv)
{
	g_autofree char *dir = command_scenarios_dir();
	bool done;

	if (!command_parse("[NAME]",
		    "Without NAME lists the shipped scenarios, with it prints that one.\n", NULL, &argc,
		    &argv, &done))
		return EXIT_USAGE;
	if (done)
		return EXIT_OK;
	if (argc > 1)
		return show(argv[1]);
	if (dir)
		return list(dir);
	command_error("the shipped scenarios are not there; CIDSIM_SCENARIOS may name their folder");
	return EXIT_ENVIRONMENT;
}
