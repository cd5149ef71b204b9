/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/keyfile.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/command.h"
#include "sim/import/rt-app.h"

static const char description[] =
	"FILE (\"-\" = standard input) is a load of rt-app in JSON. The scenario that is printed "
	"has its threads as tasks of one process, with their instances, delays, affinities, runs, "
	"sleeps, timers, loops, phases and forks. What it does not have is named line by line on "
	"standard error, and at the beginning of the scenario; docs/rt-app.md explains it.\n"
	"\n"
	"Comments, members of the same name and a comma before a closing bracket are allowed, as "
	"in files for workgen.\n"
	"\n"
	"Examples:\n"
	"  cidsim import load.json -o load.scn\n"
	"  cidsim import load.json --cpus 8 | cidsim run -\n";

struct import_options {
	char *output, *cpus;
	gboolean quiet;
	uint32_t cpus_number;
};

/* The scenario; NULL after messages, and *@status. */
static char *import_text(
	const char *path, const struct import_options *options, GPtrArray *left_out, int *status)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct faults *faults = faults_new(text_path(path));
	size_t length = 0;
	bool environment = false;
	g_autofree char *text = keyfile_read(path, &length, faults, &environment);
	char *scenario = NULL;

	if (text)
		scenario = rt_app_import(
			text_path(path), text, length, options->cpus_number, faults, left_out);
	faults_list(faults, errors);
	for (guint i = 0; i < errors->len; i++)
		command_error("%s", (const char *)errors->pdata[i]);
	if (errors->len > 0)
		*status = environment ? EXIT_ENVIRONMENT : EXIT_USAGE;
	faults_free(faults);
	return scenario;
}

/* What is written must be a scenario: there may be more tasks than one can have. */
static bool check_text(const char *path, const char *text, int *status)
{
	const struct scenario_overrides none = { 0 };
	g_autofree char *name = g_strdup_printf("import: %s: the scenario", text_path(path));
	struct scenario *scenario = command_parse_scenario(name, text, strlen(text), &none, status);

	scenario_free(scenario);
	return scenario;
}

static int import(const char *path, const struct import_options *options)
{
	g_autoptr(GPtrArray) left_out = g_ptr_array_new_with_free_func(g_free);
	int status = EXIT_OK;
	g_autofree char *text = import_text(path, options, left_out, &status);

	if (!text || !check_text(path, text, &status))
		return status;
	for (guint i = 0; !options->quiet && i < left_out->len; i++)
		command_error("%s", (const char *)left_out->pdata[i]);
	return options->output ? command_write(options->output, text, strlen(text))
	                       : command_print(text, strlen(text));
}

/* Returns a status. */
static int check_options(int argc, const char *path, struct import_options *options)
{
	uint64_t cpus = 0;
	g_autofree char *wrong =
		options->cpus ? value_read_count_in(options->cpus, 1, SCENARIO_CPUS_MAX, &cpus)
			      : NULL;

	options->cpus_number = (uint32_t)cpus;
	if (argc != 2)
		command_error(
			"import: %s; --help explains", argc < 2 ? "no FILE" : "more than one FILE");
	else if (wrong)
		command_error("import: --cpus: %s", wrong);
	else
		return command_check_output("import: -o", options->output, path);
	return EXIT_USAGE;
}

int cmd_import(int argc, char **argv)
{
	struct import_options options = { 0 };
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
			"Write the scenario there, in place of standard output", "FILE" },
		{ "cpus", 0, 0, G_OPTION_ARG_FILENAME, &options.cpus,
			"Possible CPUs (default: as many as the affinities need, at least 4)",
			"N" },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet,
			"Do not name what is left out", NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (command_parse("FILE", description, entries, &argc, &argv, &status) &&
		(status = check_options(argc, argv[1], &options)) == EXIT_OK)
		status = import(argv[1], &options);
	g_free(options.output);
	g_free(options.cpus);
	return status;
}
