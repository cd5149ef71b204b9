/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-run.h"

#include <string.h>

#include "sim/base/text.h"
#include "sim/cli/files.h"
#include "sim/cli/run-one.h"

static const char description[] =
	"FILE is a scenario (\"-\" = standard input), a folder of them, or the name of a shipped "
	"one.\n"
	"\n"
	"With --revision all the result is a table: the verdict of each scenario with each "
	"revision.\n"
	"With --seeds each scenario runs with the seeds from --seed on, until one fails.\n"
	"\n"
	"The steps of a scenario with [steps] are played in their order; nothing is random.\n"
	"\n"
	"^C ends a run early: it reports the results so far, and its files are kept. Exit status: "
	"0 all\n"
	"well, 1 an expectation or a property failed, 2 bad usage or input, 3 the environment "
	"failed,\n"
	"4 undecided (interrupted, or stopped by max-events); with several runs, the most "
	"serious.\n"
	"\n"
	"Examples:\n"
	"  cidsim run hysteresis\n"
	"  cidsim run pools-32x32 --revision 6.19 --seed 7 -o out\n"
	"  cidsim run scenarios --json\n"
	"  cidsim run scenarios --revision all\n"
	"  cidsim run oversubscribed --seeds 1000\n";

/* A counterexample means less for a revision that it was not found with. */
static void warn_found_with(const struct scenario *scenario)
{
	if (scenario->found_with && scenario->found_with != scenario->revision)
		command_error("%s: this counterexample is of revision %s, run with %s",
			text_path(scenario->path), scenario->found_with->name,
			scenario->revision->name);
}

static int run_path(const char *path, const void *context, bool first)
{
	const struct run_options *options = context;
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *name = run_name(path);
	g_autofree char *dir =
		options->output ? g_build_filename(options->output, name, NULL) : NULL;
	int status = EXIT_OK;
	struct record_result *result;
	struct scenario *scenario = run_load(path, options, &status);

	g_assert(!options->seeds);
	if (!scenario)
		return status;
	if (!options->quiet)
		warn_found_with(scenario);
	status = run_scenario(scenario, dir, options, &result);
	g_assert(result || status != EXIT_OK);
	if (result && !options->quiet) {
		if (!first && !options->json)
			g_string_append_c(text, '\n');
		run_print(text, result, options);
		status = command_worse(status, command_print(text->str, text->len));
	}
	record_result_free(result);
	scenario_free(scenario);
	return status;
}

static bool check_options(const struct run_options *options)
{
	bool all = g_strcmp0(options->revision, "all") == 0;

	if (options->log && strcmp(options->log, "ftrace") != 0 &&
		strcmp(options->log, "none") != 0)
		command_error("run: --log: '%s' is unknown; ftrace or none", options->log);
	else if (options->log && !options->output)
		command_error("run: --log has no effect without -o DIR");
	else if (options->output && !*options->output)
		command_error("run: -o needs the name of a folder");
	else if (options->seeds && all)
		command_error("run: --seeds and --revision all cannot go together");
	else if (options->seeds && options->output)
		command_error("run: --seeds writes no files; give -o and --seed for one of them");
	else
		return true;
	return false;
}

static int run_all(int argc, char **argv, const struct run_options *options)
{
	int status = EXIT_OK;
	g_autoptr(GPtrArray) paths = NULL;

	g_assert(argc >= 1);
	if (!check_options(options))
		return EXIT_USAGE;
	paths = command_scenarios(argc, argv, &status);
	if (options->output &&
		!files_can_write("run", paths, run_name, options->output, true))
		return EXIT_USAGE;
	if (paths->len == 0)
		return status;
	if (g_strcmp0(options->revision, "all") == 0)
		return command_worse(status, run_matrix(paths, options));
	if (options->seeds)
		return command_worse(status, run_seeds(paths, options));
	return command_worse(status, command_each("run", "run", paths, run_path, options));
}

static void free_options(struct run_options *options)
{
	g_free(options->seed);
	g_free(options->revision);
	g_free(options->output);
	g_free(options->log);
	g_free(options->seeds);
	g_free(options->bytes_per_cid);
	g_strfreev(options->set);
}

int cmd_run(int argc, char **argv)
{
	struct run_options options = { 0 };
	const GOptionEntry entries[] = {
		{ "seed", 's', 0, G_OPTION_ARG_FILENAME, &options.seed,
			"Seed of the random streams (default: the scenario's)", "N" },
		{ "seeds", 0, 0, G_OPTION_ARG_FILENAME, &options.seeds,
			"Run with N seeds, from that one on, until one fails", "N" },
		{ "revision", 'r', 0, G_OPTION_ARG_FILENAME, &options.revision,
			"Revision of the protocol (default: the scenario's); all: a table of all",
			"NAME" },
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.set,
			"Set a key of the scenario; may be repeated", "GROUP.KEY=VALUE" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &options.json,
			"Print one JSON object per run, each on a line", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet,
			"Print nothing: the exit status is the answer", NULL },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
			"Write records into DIR/NAME: CSV, event log, reports", "DIR" },
		{ "bytes-per-cid", 0, 0, G_OPTION_ARG_FILENAME, &options.bytes_per_cid,
			"Report the memory that data of N bytes per CID takes", "N" },
		{ "log", 0, 0, G_OPTION_ARG_FILENAME, &options.log,
			"Format of the event log there: ftrace (default) or none", "FORMAT" },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (command_parse("FILE…", description, entries, &argc, &argv, &status))
		status = run_all(argc, argv, &options);
	free_options(&options);
	return status;
}
