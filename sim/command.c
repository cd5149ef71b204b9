/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/output.h"
#include "sim/values.h"

const struct command commands[] = {
	{ "run", "run scenarios: report, records, verdict", cmd_run },
	{ "check", "check scenario files without running them", cmd_check },
	{ "list", "list the shipped scenarios, or show one", cmd_list },
	{ "plot", "draw figures from what a run wrote", cmd_plot },
	{ "revisions", "list the revisions of the protocol and their flags", cmd_revisions },
	{ NULL, NULL, NULL },
};

void command_error(const char *format, ...)
{
	va_list arguments;
	g_autofree char *text = NULL;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	fprintf(stderr, "cidsim: %s\n", text);
}

/* GLib says "Unknown option --x": add the nearest one there is. */
static void tell_option_error(const GError *error, const GOptionEntry *entries)
{
	const char *unknown = strstr(error->message, "--");
	const char *names[64];
	size_t count = 0;
	const char *nearest = NULL;

	for (; entries && entries[count].long_name && count < G_N_ELEMENTS(names) - 1; count++)
		names[count] = entries[count].long_name;
	if (unknown && g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
		nearest = value_nearest(unknown + 2, names, count);
	if (nearest)
		command_error("%s; did you mean --%s?", error->message, nearest);
	else
		command_error("%s; --help lists the options", error->message);
}

bool command_parse(const char *summary, const char *description, const GOptionEntry *entries,
	int *argc, char ***argv, bool *done)
{
	g_autoptr(GOptionContext) context = g_option_context_new(summary);
	g_autoptr(GError) error = NULL;
	g_autofree char *help = NULL;
	gboolean asked = FALSE;
	GOptionEntry help_entries[] = {
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &asked, "Show this help", NULL },
		G_OPTION_ENTRY_NULL,
	};
	GOptionGroup *group = g_option_group_new("main", "", "", NULL, NULL);

	*done = false;
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_set_description(context, description);
	g_option_group_add_entries(group, help_entries);
	if (entries)
		g_option_group_add_entries(group, entries);
	g_option_context_set_main_group(context, group);
	if (!g_option_context_parse(context, argc, argv, &error)) {
		tell_option_error(error, entries);
		return false;
	}
	if (!asked)
		return true;
	*done = true;
	help = g_option_context_get_help(context, TRUE, NULL);
	command_print(help, strlen(help));
	return true;
}

char *command_scenarios_dir(void)
{
	const char *places[] = { g_getenv("CIDSIM_SCENARIOS"), CIDSIM_SCENARIOS_DIR,
		CIDSIM_SCENARIOS_SOURCE };

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		if (places[i] && g_file_test(places[i], G_FILE_TEST_IS_DIR))
			return g_strdup(places[i]);
	}
	return NULL;
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add_folder(GPtrArray *paths, const char *folder, int *status)
{
	g_autoptr(GError) error = NULL;
	GDir *dir = g_dir_open(folder, 0, &error);
	g_autoptr(GPtrArray) found = g_ptr_array_new();
	const char *name;

	if (!dir) {
		command_error("%s", error->message);
		*status = EXIT_ENVIRONMENT;
		return false;
	}
	while ((name = g_dir_read_name(dir))) {
		if (g_str_has_suffix(name, ".scn"))
			g_ptr_array_add(found, g_build_filename(folder, name, NULL));
	}
	g_dir_close(dir);
	if (found->len == 0) {
		command_error("%s: there is no .scn file in this folder", folder);
		*status = EXIT_USAGE;
		return false;
	}
	g_ptr_array_sort(found, compare_paths);
	for (guint i = 0; i < found->len; i++)
		g_ptr_array_add(paths, found->pdata[i]);
	return true;
}

/* "hysteresis" stands for the shipped hysteresis.scn if there is no such file here. */
static char *shipped(const char *name)
{
	g_autofree char *dir = command_scenarios_dir();
	g_autofree char *file = g_strconcat(name, g_str_has_suffix(name, ".scn") ? "" : ".scn", NULL);
	char *path;

	if (!dir || strchr(name, '/'))
		return NULL;
	path = g_build_filename(dir, file, NULL);
	if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return path;
	g_free(path);
	return NULL;
}

GPtrArray *command_scenarios(int argc, char **argv, int *status)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

	if (argc < 2) {
		command_error("%s: no scenario given; a FILE, a folder, - or a name of `cidsim list`",
			argv[0]);
		*status = EXIT_USAGE;
		return NULL;
	}
	for (int i = 1; i < argc; i++) {
		char *path = strcmp(argv[i], "-") != 0 && !g_file_test(argv[i], G_FILE_TEST_EXISTS)
				     ? shipped(argv[i])
				     : NULL;

		if (!path && g_file_test(argv[i], G_FILE_TEST_IS_DIR)) {
			if (!add_folder(paths, argv[i], status))
				return NULL;
			continue;
		}
		g_ptr_array_add(paths, path ? path : g_strdup(argv[i]));
	}
	return g_steal_pointer(&paths);
}

struct scenario *command_load(const char *path, const struct scenario_overrides *overrides,
	int *status)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	bool environment = false;
	struct scenario *scenario = scenario_load(path, overrides, errors, &environment);

	if (scenario)
		return scenario;
	for (guint i = 0; i < errors->len; i++)
		command_error("%s", (const char *)errors->pdata[i]);
	*status = environment ? EXIT_ENVIRONMENT : EXIT_USAGE;
	return NULL;
}

int command_print(const char *text, gsize length)
{
	g_autoptr(GError) error = NULL;
	struct output *output = output_on_descriptor(STDOUT_FILENO, "standard output");

	output_bytes(output, text, length);
	if (output_close(output, &error))
		return EXIT_OK;
	command_error("%s", error->message);
	return EXIT_ENVIRONMENT;
}
