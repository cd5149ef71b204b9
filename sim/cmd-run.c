/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "sim/command.h"
#include "sim/engine.h"
#include "sim/json.h"
#include "sim/report.h"
#include "sim/sinks.h"

struct run_options {
	char *seed, *revision, *output, *log;
	char **set;
	gboolean json, quiet;
};

static const char description[] =
	"FILE is a scenario (\"-\" = standard input), a folder of them, or the name of a shipped one.\n"
	"\n"
	"Examples:\n"
	"  cidsim run hysteresis\n"
	"  cidsim run scenarios/pools-32x32.scn --revision 6.19 --set machine.cpus=64 -o out\n"
	"  cidsim run scenarios --json\n";

/* The run that ^C ends: it still reports what there is. */
static struct engine *volatile interruptible;

static void interrupted(int signal)
{
	(void)signal;
	if (interruptible)
		engine_interrupt(interruptible);
}

static char *base_name(const char *path)
{
	g_autofree char *base = strcmp(path, "-") == 0 ? g_strdup("stdin") : g_path_get_basename(path);

	if (g_str_has_suffix(base, ".scn"))
		base[strlen(base) - 4] = '\0';
	return g_steal_pointer(&base);
}

static int status_of(const struct record_result *result)
{
	if (result->input_error)
		return EXIT_USAGE;
	if (!record_result_ok(result))
		return EXIT_FAILED;
	if (strcmp(result->ended, "event limit") == 0 || strcmp(result->ended, "interrupted") == 0)
		return EXIT_UNDECIDED;
	return EXIT_OK;
}

static struct record_result *run_engine(struct engine *engine)
{
	struct record_result *result;

	interruptible = engine;
	result = engine_run(engine);
	interruptible = NULL;
	return result;
}

static void print_result(GString *text, const struct record_result *result,
	const struct run_options *options, const struct scenario_overrides *overrides)
{
	if (options->json)
		json_print(text, result);
	else
		report_print(text, result, overrides);
}

/* Put the files of the run under their names. */
static bool close_files(struct sinks *sinks, const struct record_result *result,
	const struct scenario_overrides *overrides, GError **error)
{
	g_autoptr(GString) report = g_string_new(NULL);
	g_autoptr(GString) json = g_string_new(NULL);

	report_print(report, result, overrides);
	json_print(json, result);
	if (!sinks_add_file(sinks, "report.txt", report->str, report->len, error) ||
		!sinks_add_file(sinks, "report.json", json->str, json->len, error)) {
		sinks_abort(sinks);
		return false;
	}
	return sinks_close(sinks, error);
}

static struct sinks *open_files(struct engine *engine, const struct scenario *scenario,
	const struct run_options *options, GError **error)
{
	g_autofree char *name = base_name(scenario->path);
	g_autofree char *dir = g_build_filename(options->output, name, NULL);
	unsigned parts = g_strcmp0(options->log, "none") == 0 ? SINKS_CSV : SINKS_ALL;
	struct sinks *sinks = sinks_open(dir, scenario, engine_accounts(engine), parts, error);

	if (sinks)
		engine_set_sink(engine, sinks_sink(sinks));
	return sinks;
}

/* Run one scenario; its report goes to @text. */
static int run_one(const struct scenario *scenario, const struct run_options *options,
	const struct scenario_overrides *overrides, GString *text)
{
	struct engine *engine = engine_new(scenario);
	g_autoptr(GError) error = NULL;
	struct record_result *result;
	struct sinks *sinks = NULL;
	int status;

	if (options->output) {
		sinks = open_files(engine, scenario, options, &error);
		if (!sinks) {
			command_error("%s", error->message);
			engine_free(engine);
			return EXIT_ENVIRONMENT;
		}
	}
	result = run_engine(engine);
	status = status_of(result);
	if (result->input_error) {
		command_error("%s:%s", scenario->path, result->input_error);
		sinks_abort(sinks);
	} else {
		print_result(text, result, options, overrides);
		if (sinks && !close_files(sinks, result, overrides, &error)) {
			command_error("%s", error->message);
			status = EXIT_ENVIRONMENT;
		}
	}
	record_result_free(result);
	engine_free(engine);
	return status;
}

/* Of several runs the gravest status counts: environment, input, failed, undecided. */
static int worse(int a, int b)
{
	static const int gravity[] = { [EXIT_OK] = 0, [EXIT_UNDECIDED] = 1, [EXIT_FAILED] = 2,
		[EXIT_USAGE] = 3, [EXIT_ENVIRONMENT] = 4 };

	return gravity[a] >= gravity[b] ? a : b;
}

static int run_path(const char *path, const struct run_options *options)
{
	struct scenario_overrides overrides = {
		.set = (const char *const *)options->set,
		.revision = options->revision,
		.seed = options->seed,
	};
	g_autoptr(GString) text = g_string_new(NULL);
	int status = EXIT_OK, printed;
	struct scenario *scenario = command_load(path, &overrides, &status);

	if (!scenario)
		return status;
	status = run_one(scenario, options, &overrides, text);
	scenario_free(scenario);
	if (options->quiet)
		return status;
	printed = command_print(text->str, text->len);
	return worse(status, printed);
}

static int run_all(int argc, char **argv, const struct run_options *options)
{
	int status = EXIT_OK;
	g_autoptr(GPtrArray) paths = NULL;

	if (options->log && strcmp(options->log, "ftrace") != 0 &&
		strcmp(options->log, "none") != 0) {
		command_error("--log: '%s' is unknown; ftrace or none", options->log);
		return EXIT_USAGE;
	}
	paths = command_scenarios(argc, argv, &status);
	if (!paths)
		return status;
	signal(SIGINT, interrupted);
	for (guint i = 0; i < paths->len; i++) {
		if (i > 0 && !options->json && !options->quiet)
			status = worse(status, command_print("\n", 1));
		status = worse(status, run_path(paths->pdata[i], options));
	}
	return status;
}

int cmd_run(int argc, char **argv)
{
	struct run_options options = { 0 };
	const GOptionEntry entries[] = {
		{ "seed", 's', 0, G_OPTION_ARG_STRING, &options.seed,
			"Seed of the random streams (default: the scenario's)", "N" },
		{ "revision", 'r', 0, G_OPTION_ARG_STRING, &options.revision,
			"Revision of the protocol (default: the scenario's)", "NAME" },
		{ "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.set,
			"Set a key of the scenario; may be repeated", "GROUP.KEY=VALUE" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &options.json,
			"Print one JSON object per scenario", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet,
			"Print nothing: the exit status tells", NULL },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
			"Write records into DIR/NAME: CSV, event log, reports", "DIR" },
		{ "log", 0, 0, G_OPTION_ARG_STRING, &options.log,
			"Event log among them: ftrace (default) or none", "FORMAT" },
		G_OPTION_ENTRY_NULL,
	};
	bool done;
	int status = EXIT_USAGE;

	if (command_parse("FILE…", description, entries, &argc, &argv, &done))
		status = done ? EXIT_OK : run_all(argc, argv, &options);
	g_free(options.seed);
	g_free(options.revision);
	g_free(options.output);
	g_free(options.log);
	g_strfreev(options.set);
	return status;
}
