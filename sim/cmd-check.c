/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/command.h"

static int check_one(const char *path, const struct scenario_overrides *overrides, GString *text)
{
	int status = EXIT_OK;
	struct scenario *scenario = command_load(path, overrides, &status);

	if (!scenario)
		return status;
	g_string_append_printf(text,
		"%s: ok: %u CPUs, %u processes, %u groups, %u actions, %u expectations\n", path,
		scenario->cpus_count, scenario->processes_count, scenario->groups_count,
		scenario->actions_count, scenario->expects_count);
	scenario_free(scenario);
	return EXIT_OK;
}

static int check_all(int argc, char **argv, const struct scenario_overrides *overrides)
{
	int status = EXIT_OK, printed;
	g_autoptr(GPtrArray) paths = command_scenarios(argc, argv, &status);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; paths && i < paths->len; i++)
		status = MAX(status, check_one(paths->pdata[i], overrides, text));
	printed = command_print(text->str, text->len);
	return MAX(status, printed);
}

int cmd_check(int argc, char **argv)
{
	char **set = NULL;
	const GOptionEntry entries[] = {
		{ "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &set,
			"Set a key of the scenario; may be repeated", "GROUP.KEY=VALUE" },
		G_OPTION_ENTRY_NULL,
	};
	struct scenario_overrides overrides = { 0 };
	bool done;
	int status = EXIT_USAGE;

	if (command_parse("FILE…",
		    "Reads scenario files and reports every fault; runs nothing.\n"
		    "FILE is as for `cidsim run`.\n",
		    entries, &argc, &argv, &done)) {
		overrides.set = (const char *const *)set;
		status = done ? EXIT_OK : check_all(argc, argv, &overrides);
	}
	g_strfreev(set);
	return status;
}
