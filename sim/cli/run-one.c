/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/run-one.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/breach/breach.h"
#include "sim/cli/files.h"
#include "sim/cli/stop.h"
#include "sim/engine/engine.h"
#include "sim/play/play.h"
#include "sim/record/glossary.h"
#include "sim/record/json.h"
#include "sim/record/report.h"
#include "sim/step/timeline.h"

char *run_name(const char *path)
{
	static const char *const endings[] = { ".scn", NULL };

	return files_name(path, endings);
}

/* A run that ended early is undecided: a property that is broken stays so, but an expectation may
 * fail only because the rest is missing. */
static void report_early_end(const struct record_result *result)
{
	g_autofree char *time = text_time(result->end_ns);
	const char *path = text_path(result->scenario->path);

	g_assert(record_result_cut_short(result));
	if (strcmp(result->ended, "interrupted") == 0)
		command_error("%s: interrupted after %s of simulated time: undecided", path, time);
	else if (strcmp(result->ended, "memory limit") == 0)
		command_error("%s: more than %d MiB are needed to find out whether the spin can "
			      "end: undecided",
			path, PLAY_SPIN_BYTES >> 20);
	else
		command_error("%s: stopped by max-events = %" PRIu64
			      " after %s of simulated time: undecided",
			path, result->scenario->max_events, time);
}

static int result_status(const struct record_result *result)
{
	static const int statuses[] = { [OUTCOME_OK] = EXIT_OK,
		[OUTCOME_FAILED] = EXIT_FAILED,
		[OUTCOME_UNDECIDED] = EXIT_UNDECIDED };

	g_assert(result->scenario);
	if (result->input_error) {
		g_autofree char *message =
			line_files_message(&result->scenario->files, result->input_error);

		command_error("%s", message);
		return EXIT_USAGE;
	}
	if (record_result_cut_short(result))
		report_early_end(result);
	return statuses[record_result_outcome(result)];
}

/* What the report has besides. NULL after a message, and *@status. */
static struct scenario *with_report_options(
	struct scenario *scenario, const struct run_options *options, int *status)
{
	uint64_t bytes = 0;
	g_autofree char *wrong = NULL;

	run_ask_log(scenario, options);
	if (!options->bytes_per_cid)
		return scenario;
	wrong = value_read_count_in(options->bytes_per_cid, 1, UINT32_MAX, &bytes);
	if (!wrong) {
		scenario->bytes_per_cid = (uint32_t)bytes;
		scenario_ask(scenario, "--bytes-per-cid", options->bytes_per_cid);
		return scenario;
	}
	command_error("run: --bytes-per-cid: %s", wrong);
	*status = command_worse(*status, EXIT_USAGE);
	scenario_free(scenario);
	return NULL;
}

/* An end of the timeline: a time, or of [steps] the number of a step. False after a message. */
static bool read_end(
	const char *option, const char *text, const struct scenario *scenario, uint64_t *ns)
{
	uint64_t step = 0;
	char *wrong;

	if (!text)
		return true;
	if (scenario->steps_line)
		wrong = value_read_count_in(text, 0, SCENARIO_STEPS_MAX, &step);
	else
		wrong = value_read_duration(text, ns);
	if (!wrong && scenario->steps_line)
		*ns = step * PLAY_STEP_NS;
	return command_accepts("run", option, wrong);
}

static bool read_timeline(const struct run_options *options, const struct scenario *scenario,
	struct lanes_options *lanes)
{
	bool limited = !options->from && !options->to;

	*lanes = (struct lanes_options){
		.compact = options->compact,
		.to_ns = UINT64_MAX,
		.lines_max = limited ? LANES_LINES : LANES_LINES_ASKED,
	};
	if (!read_end("--from", options->from, scenario, &lanes->from_ns) ||
		!read_end("--to", options->to, scenario, &lanes->to_ns))
		return false;
	if (lanes->from_ns <= lanes->to_ns)
		return true;
	command_error("run: --to is before --from");
	return false;
}

static struct scenario *with_timeline(
	struct scenario *scenario, const struct run_options *options, int *status)
{
	struct lanes_options lanes;

	if (!scenario || !options->timeline || read_timeline(options, scenario, &lanes))
		return scenario;
	*status = command_worse(*status, EXIT_USAGE);
	scenario_free(scenario);
	return NULL;
}

struct scenario *run_load(const char *path, const struct run_options *options, int *status)
{
	const struct scenario_overrides overrides = {
		.set = (const char *const *)options->set,
		.revision = options->revision,
		.seed = options->seed,
	};
	struct scenario *scenario = command_load(path, &overrides, status);
	g_autofree char *where = NULL;

	if (scenario && options->no_expect)
		scenario_expect_nothing(scenario);
	if (!scenario || !scenario->explore.line || scenario->steps_line)
		return scenario ? with_timeline(with_report_options(scenario, options, status),
					  options, status)
		                : NULL;
	where = line_files_path(&scenario->files, scenario->explore.line);
	command_error("run: %s: [explore] without [steps] is not to be run but explored: cidsim "
		      "explore %s",
		where, path);
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
	g_assert(scenario->steps_line || !scenario->explore.line); /* run_load() refuses the rest */
	if (scenario->steps_line)
		return (struct runner){ .play = play_new(scenario) };
	return (struct runner){ .engine = engine_new(scenario) };
}

static void runner_free(struct runner *runner)
{
	g_assert(!runner->play != !runner->engine);
	if (runner->play)
		play_free(runner->play);
	else
		engine_free(runner->engine);
}

static struct sinks *open_sinks(struct runner *runner, const struct scenario *scenario,
	const char *dir, const struct run_options *options, GError **error)
{
	bool traces = g_strcmp0(options->log, "none") != 0;
	unsigned parts = (traces ? SINKS_ALL : SINKS_CSV | SINKS_NO_TRACE) |
	                 (runner->play ? SINKS_STEPS : 0);
	GPtrArray *accounts =
		runner->play ? play_accounts(runner->play) : engine_accounts(runner->engine);
	const struct log_options *log =
		options->log_options.bytes_max ? &options->log_options : NULL;
	struct sinks *sinks = sinks_open(dir, scenario, accounts, parts, log, error);

	g_assert(!sinks == (*error != NULL));
	if (sinks && runner->play)
		play_set_sink(runner->play, sinks_sink(sinks));
	else if (sinks)
		engine_set_sink(runner->engine, sinks_sink(sinks));
	return sinks;
}

enum { NS_PER_MS = 1000000 };

/* On a full disk the rest of the run would be of no use; nor is it if the crew is to stop. */
static struct record_result *run_engine(struct engine *engine, const struct sinks *sinks,
	const struct scenario *scenario, const struct run_options *options, struct crew *crew)
{
	struct run_log_estimate estimate = { 0 };
	struct record_result *result;

	g_assert(engine);
	stop_sets(engine_interrupted(engine));
	while ((sinks || crew) && engine_advance(engine, ENGINE_EVENTS_AT_ONCE)) {
		if ((sinks && sinks_failed(sinks)) || (crew && !crew_goes_on(crew)))
			*engine_interrupted(engine) = 1;
		if (sinks && !options->quiet)
			run_estimate_log(
				&estimate, sinks, engine_now_ns(engine), scenario, options);
		if (options->watch)
			options->watch->now_ms = engine_now_ns(engine) / NS_PER_MS;
	}
	result = engine_run(engine);
	stop_forgets(engine_interrupted(engine));
	return result;
}

static struct record_result *run_play(struct play *play)
{
	struct record_result *result;

	stop_sets(play_interrupted(play));
	result = play_run(play);
	stop_forgets(play_interrupted(play));
	return result;
}

static bool run_goes_on(void *context)
{
	struct crew *crew = context;

	return !stop_asked() && (!crew || crew_goes_on(crew));
}

/* Finish the files. */
static bool write_reports(struct sinks *sinks, const struct record_result *result, GError **error)
{
	g_autoptr(GString) report = g_string_new(NULL);
	g_autoptr(GString) json = g_string_new(NULL);

	g_assert(sinks_failed(sinks) || !result->input_error); /* such a run leaves no files */
	if (!sinks_failed(sinks)) {
		report_print(report, result);
		json_print(json, result);
	}
	return files_close(sinks, report, json, error);
}

/* Run, and finish the files or remove them if there is nothing to keep. Frees @sinks. */
static int run_with_files(struct runner *runner, struct sinks *sinks,
	const struct scenario *scenario, const struct run_options *options, struct crew *crew,
	struct record_result **result)
{
	g_autoptr(GError) error = NULL;
	uint64_t at_ns;
	int status;

	if (sinks)
		files_guard(sinks);
	*result = runner->play ? run_play(runner->play)
	                       : run_engine(runner->engine, sinks, scenario, options, crew);
	if (sinks)
		files_unguard(sinks);
	g_assert(*result);
	/* Where the files failed, that is what has interrupted the run. */
	status = sinks && sinks_failed(sinks) ? EXIT_ENVIRONMENT : result_status(*result);
	if (status == EXIT_FAILED && (sinks || !options->brief))
		breach_find(*result, run_goes_on, crew);
	if (sinks && !options->quiet && status != EXIT_USAGE && sinks_log_is_cut(sinks, &at_ns))
		run_report_cut(*result, options, at_ns);
	if (status == EXIT_USAGE)
		sinks_abort(sinks);
	else if (!sinks || write_reports(sinks, *result, &error))
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
	const struct run_options *options, struct crew *crew, struct record_result **result)
{
	struct runner runner = runner_new(scenario);
	g_autoptr(GError) error = NULL;
	struct sinks *sinks = NULL;
	int status;

	*result = NULL;
	g_assert(!dir || *dir);
	if (options->watch)
		options->watch->end_ms = scenario->time_ns / NS_PER_MS;
	stop_arm();
	if (dir)
		sinks = open_sinks(&runner, scenario, dir, options, &error);
	if (error) {
		command_error("%s", error->message);
		status = EXIT_ENVIRONMENT;
	} else {
		status = run_with_files(&runner, sinks, scenario, options, crew, result);
	}
	stop_disarm();
	runner_free(&runner);
	g_assert(*result || status == EXIT_USAGE || status == EXIT_ENVIRONMENT);
	return status;
}

/* The scenario runs once more for it. */
static void add_timeline(
	GString *text, const struct scenario *scenario, const struct run_options *options)
{
	struct lanes_options lanes;
	g_autofree char *timeline = NULL;

	if (!read_timeline(options, scenario, &lanes))
		g_assert_not_reached(); /* it was read before */
	timeline = timeline_of(scenario, &lanes, stop_asked);
	g_string_append_printf(text, "%s\n", timeline);
}

void run_print(GString *text, const struct record_result *result, const struct run_options *options)
{
	g_assert(result && !result->input_error);
	if (options->timeline)
		add_timeline(text, result->scenario, options);
	if (options->json)
		json_print(text, result);
	else
		report_print(text, result);
	if (options->explain)
		glossary_print(text);
}
