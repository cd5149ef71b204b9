/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-run.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/cli/stop.h"
#include "sim/engine/engine.h"
#include "sim/play/play.h"
#include "sim/record/json.h"
#include "sim/record/report.h"
#include "sim/record/sinks.h"

static const char description[] =
	"FILE is a scenario (\"-\" = standard input), a folder of them, or the name of a shipped "
	"one.\n"
	"\n"
	"With --revision all a table tells how each scenario fares with each revision. With "
	"--seeds\n"
	"each scenario runs with the seeds from --seed on, until one fails.\n"
	"\n"
	"The steps of a scenario with [steps] are played, one after another, without chance.\n"
	"\n"
	"^C ends a run early: it reports what there is, and its files are kept. Exit status: 0 "
	"all\n"
	"well, 1 an expectation or a property failed, 2 bad usage or input, 3 the environment "
	"failed,\n"
	"4 undecided (interrupted, or stopped by max-events); of several runs the gravest.\n"
	"\n"
	"Examples:\n"
	"  cidsim run hysteresis\n"
	"  cidsim run scenarios/pools-32x32.scn --revision 6.19 --set machine.cpus=64 -o out\n"
	"  cidsim run scenarios --json\n"
	"  cidsim run scenarios --revision all\n"
	"  cidsim run oversubscribed --seeds 1000\n";

enum { EVENTS_AT_ONCE = 1 << 16 }; /* between looks at whether the files can still be written */

char *run_name(const char *path)
{
	g_autofree char *base =
		strcmp(path, "-") == 0 ? g_strdup("stdin") : g_path_get_basename(path);
	size_t length = strlen(base);

	/* Of ".scn" and "..scn" nothing would be left that could be a folder of its own. */
	if (g_str_has_suffix(base, ".scn") && strspn(base, ".") < length - 3)
		base[length - 4] = '\0';
	return g_steal_pointer(&base);
}

struct scenario_overrides run_overrides(const struct run_options *options)
{
	return (struct scenario_overrides){
		.set = (const char *const *)options->set,
		.revision = options->revision,
		.seed = options->seed,
	};
}

/* The verdict of a run that its end did not come to: a property that is broken stays so, but an
 * expectation may fail only because the rest is missing. */
static void tell_cut_short(const struct record_result *result)
{
	g_autofree char *time = text_time(result->end_ns);
	const char *path = text_path(result->scenario->path);

	if (strcmp(result->ended, "interrupted") == 0)
		command_error("%s: interrupted after %s of simulated time: undecided", path, time);
	else
		command_error("%s: stopped by max-events = %" PRIu64
			      " after %s of simulated time: undecided",
			path, result->scenario->max_events, time);
}

static int status_of(const struct record_result *result)
{
	static const int statuses[] = { [OUTCOME_OK] = EXIT_OK,
		[OUTCOME_FAILED] = EXIT_FAILED,
		[OUTCOME_UNDECIDED] = EXIT_UNDECIDED };

	if (result->input_error) {
		command_error(
			"%s:%s", text_path(result->scenario->path), result->input_error);
		return EXIT_USAGE;
	}
	if (record_result_cut_short(result))
		tell_cut_short(result);
	return statuses[record_result_outcome(result)];
}

struct scenario *run_load(const char *path, const struct scenario_overrides *overrides, int *status)
{
	struct scenario *scenario = command_load(path, overrides, status);
	const char *shown = text_path(path);

	if (!scenario || !scenario->explore.line || scenario->steps_line)
		return scenario;
	command_error("run: %s: line %" PRIu32 ": [explore] without [steps] is not to be run but "
		      "explored: cidsim explore %s",
		shown, scenario->explore.line, path);
	*status = command_worse(*status, EXIT_USAGE);
	scenario_free(scenario);
	return NULL;
}

/* What runs a scenario: the engine, or the player of its steps; the other one is NULL. */
struct runner {
	struct engine *engine;
	struct play *play;
};

static struct runner runner_new(const struct scenario *scenario)
{
	if (scenario->steps_line)
		return (struct runner){ .play = play_new(scenario) };
	return (struct runner){ .engine = engine_new(scenario) };
}

static void runner_free(struct runner *runner)
{
	if (runner->play)
		play_free(runner->play);
	else
		engine_free(runner->engine);
}

static struct sinks *open_files(struct runner *runner, const struct scenario *scenario,
	const char *dir, const struct run_options *options, GError **error)
{
	unsigned parts = g_strcmp0(options->log, "none") == 0 ? SINKS_CSV : SINKS_ALL;
	GPtrArray *accounts =
		runner->play ? play_accounts(runner->play) : engine_accounts(runner->engine);
	struct sinks *sinks = sinks_open(dir, scenario, accounts, parts, error);

	if (sinks && runner->play)
		play_set_sink(runner->play, sinks_sink(sinks));
	else if (sinks)
		engine_set_sink(runner->engine, sinks_sink(sinks));
	return sinks;
}

/* On a full disk the rest of the run would be of no use. */
static struct record_result *run_engine(struct engine *engine, const struct sinks *sinks)
{
	struct record_result *result;

	stop_sets(engine_interrupted(engine));
	while (sinks && engine_advance(engine, EVENTS_AT_ONCE)) {
		if (sinks_failed(sinks))
			*engine_interrupted(engine) = 1;
	}
	result = engine_run(engine);
	stop_sets(NULL);
	return result;
}

/* Put the files of the run under their names. */
static bool close_files(struct sinks *sinks, const struct record_result *result,
	const struct scenario_overrides *overrides, GError **error)
{
	g_autoptr(GString) report = g_string_new(NULL);
	g_autoptr(GString) json = g_string_new(NULL);

	if (sinks_failed(sinks))
		return sinks_close(sinks, error);
	report_print(report, result, overrides);
	json_print(json, result);
	if (sinks_add_file(sinks, "report.txt", report->str, report->len, error) &&
		sinks_add_file(sinks, "report.json", json->str, json->len, error))
		return sinks_close(sinks, error);
	sinks_abort(sinks);
	return false;
}

/* The files that are written at the moment. */
static struct sinks *open_sinks;

static void remove_files(void)
{
	sinks_abort(open_sinks);
}

/* Run, and finish the files or remove them if there is nothing to keep. Frees @sinks. */
static int run_with_files(struct runner *runner, struct sinks *sinks,
	const struct scenario_overrides *overrides, struct record_result **result)
{
	g_autoptr(GError) error = NULL;
	int status;

	open_sinks = sinks;
	command_at_fatal = remove_files;
	*result = runner->play ? play_run(runner->play) : run_engine(runner->engine, sinks);
	open_sinks = NULL;
	/* Where the files failed nobody but us has interrupted the run. */
	status = sinks && sinks_failed(sinks) ? EXIT_ENVIRONMENT : status_of(*result);
	if (status == EXIT_USAGE)
		sinks_abort(sinks);
	else if (!sinks || close_files(sinks, *result, overrides, &error))
		return status;
	if (error) {
		command_error("%s", error->message);
		status = EXIT_ENVIRONMENT;
	}
	record_result_free(*result);
	*result = NULL;
	return status;
}

int run_scenario(const struct scenario *scenario, const char *dir,
	const struct run_options *options, const struct scenario_overrides *overrides,
	struct record_result **result)
{
	struct runner runner = runner_new(scenario);
	g_autoptr(GError) error = NULL;
	struct sinks *sinks = NULL;
	int status;

	*result = NULL;
	stop_arm();
	if (dir)
		sinks = open_files(&runner, scenario, dir, options, &error);
	if (error) {
		command_error("%s", error->message);
		status = EXIT_ENVIRONMENT;
	} else {
		status = run_with_files(&runner, sinks, overrides, result);
	}
	stop_disarm();
	runner_free(&runner);
	return status;
}

void run_print(GString *text, const struct record_result *result, const struct run_options *options,
	const struct scenario_overrides *overrides)
{
	if (options->json)
		json_print(text, result);
	else
		report_print(text, result, overrides);
}

/* A counterexample says less about other revisions than about that which it was found with. */
static void tell_found_with(const struct scenario *scenario)
{
	if (scenario->found_with && scenario->found_with != scenario->revision)
		command_error("%s: this counterexample is of revision %s, run with %s",
			text_path(scenario->path), scenario->found_with->name,
			scenario->revision->name);
}

static int run_path(const char *path, const struct run_options *options, bool first)
{
	struct scenario_overrides overrides = run_overrides(options);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *name = run_name(path);
	g_autofree char *dir =
		options->output ? g_build_filename(options->output, name, NULL) : NULL;
	int status = EXIT_OK;
	struct record_result *result;
	struct scenario *scenario = run_load(path, &overrides, &status);

	if (!scenario)
		return status;
	if (!options->quiet)
		tell_found_with(scenario);
	status = run_scenario(scenario, dir, options, &overrides, &result);
	if (result && !options->quiet) {
		if (!first && !options->json)
			g_string_append_c(text, '\n');
		run_print(text, result, options, &overrides);
		status = command_worse(status, command_print(text->str, text->len));
	}
	record_result_free(result);
	scenario_free(scenario);
	return status;
}

static int run_each(const GPtrArray *paths, const struct run_options *options)
{
	int status = EXIT_OK;

	for (guint i = 0; i < paths->len; i++) {
		if (stop_asked()) {
			command_error("run: interrupted, %u of %u scenarios were not run",
				paths->len - i, paths->len);
			return command_worse(status, EXIT_UNDECIDED);
		}
		status = command_worse(status, run_path(paths->pdata[i], options, i == 0));
	}
	return status;
}

/* Two scenarios of one name would write the same files. */
static bool names_differ(const GPtrArray *paths, const char *output)
{
	g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < paths->len; i++) {
		char *name = run_name(paths->pdata[i]);
		const char *other = g_hash_table_lookup(taken, name);

		if (other) {
			command_error("run: -o: %s and %s would both be written to %s/%s", other,
				(const char *)paths->pdata[i], output, name);
			g_free(name);
			return false;
		}
		g_hash_table_insert(taken, name, paths->pdata[i]);
	}
	return true;
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

	if (!check_options(options))
		return EXIT_USAGE;
	paths = command_scenarios(argc, argv, &status);
	if (options->output && !names_differ(paths, options->output))
		return EXIT_USAGE;
	if (paths->len == 0)
		return status;
	if (g_strcmp0(options->revision, "all") == 0)
		return command_worse(status, run_matrix(paths, options));
	if (options->seeds)
		return command_worse(status, run_seeds(paths, options));
	return command_worse(status, run_each(paths, options));
}

static void free_options(struct run_options *options)
{
	g_free(options->seed);
	g_free(options->revision);
	g_free(options->output);
	g_free(options->log);
	g_free(options->seeds);
	g_strfreev(options->set);
}

int cmd_run(int argc, char **argv)
{
	struct run_options options = { 0 };
	const GOptionEntry entries[] = {
		{ "seed", 's', 0, G_OPTION_ARG_FILENAME, &options.seed,
			"Seed of the random streams (default: the scenario's)", "N" },
		{ "seeds", 0, 0, G_OPTION_ARG_FILENAME, &options.seeds,
			"Run with N seeds from there on, until one fails", "N" },
		{ "revision", 'r', 0, G_OPTION_ARG_FILENAME, &options.revision,
			"Revision of the protocol (default: the scenario's); all: a table of all",
			"NAME" },
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.set,
			"Set a key of the scenario; may be repeated", "GROUP.KEY=VALUE" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &options.json,
			"Print one JSON object per run, each on a line", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet,
			"Print nothing: the exit status tells", NULL },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
			"Write records into DIR/NAME: CSV, event log, reports", "DIR" },
		{ "log", 0, 0, G_OPTION_ARG_FILENAME, &options.log,
			"Event log among them: ftrace (default) or none", "FORMAT" },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (command_parse("FILE…", description, entries, &argc, &argv, &status))
		status = run_all(argc, argv, &options);
	free_options(&options);
	return status;
}
