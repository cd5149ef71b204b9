/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/fuzz/one-run.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/faults.h"
#include "sim/base/keyfile.h"
#include "sim/base/values.h"
#include "sim/breach/breach.h"
#include "sim/engine/engine.h"
#include "sim/play/play.h"
#include "sim/record/event-log.h"
#include "sim/record/json.h"
#include "sim/record/report.h"
#include "sim/record/sinks.h"
#include "sim/replay/kernels.h"
#include "sim/replay/replay.h"
#include "sim/replay/report.h"
#include "tests/fuzz/fuzz.h"

enum { TASKS_MAX = 64, CPUS_MAX = 64, EVENTS_MAX = 400 };

void one_check_text(const GString *text)
{
	FUZZ_CHECK(g_utf8_validate(text->str, (gssize)text->len, NULL));
	for (gsize i = 0; i < text->len; i++)
		FUZZ_CHECK(text->str[i] == '\n' || !g_ascii_iscntrl(text->str[i]));
}

void one_check_json(const GString *json)
{
	g_autoptr(JsonNode) node = json_from_string(json->str, NULL);

	FUZZ_CHECK(node && json_node_get_node_type(node) == JSON_NODE_OBJECT);
}

bool one_is_read(const char *text)
{
	for (const char *at = text; (at = strstr(at, KEYFILE_MARK)) != NULL;) {
		g_autofree char *name = NULL;

		at += strlen(KEYFILE_MARK);
		name = g_strndup(at, strcspn(at, "\n"));
		if (!*name || !value_is_text(name))
			return false;
	}
	return true;
}

struct scenario *one_parse(const char *text, size_t length, const char *set)
{
	const char *const sets[] = { set, NULL };
	const struct scenario_overrides overrides = { .set = sets };
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = scenario_parse("input.scn", text, length, &overrides, errors);

	FUZZ_CHECK(!scenario == (errors->len > 0) && errors->len <= FAULTS_MAX + 1);
	for (guint i = 0; i < errors->len; i++)
		FUZZ_CHECK(value_is_text(errors->pdata[i]));
	return scenario;
}

bool one_is_small(struct scenario *scenario)
{
	uint64_t tasks = scenario->processes_count;

	for (uint32_t i = 0; i < scenario->groups_count; i++)
		tasks += (uint64_t)scenario->groups[i].count * scenario->processes_count;
	for (uint32_t i = 0; i < scenario->ramps_count; i++)
		tasks += (uint64_t)scenario->ramps[i].to * scenario->processes_count;
	for (uint32_t i = 0; i < scenario->pools_count; i++)
		tasks += (uint64_t)scenario->pools[i].pools * (scenario->pools[i].threads + 1) *
		         scenario->processes_count;
	for (uint32_t i = 0; i < scenario->actions_count; i++)
		tasks += scenario->actions[i].count;
	scenario->max_events = MIN(scenario->max_events, EVENTS_MAX);
	return tasks <= TASKS_MAX && scenario->cpus_count <= CPUS_MAX &&
	       (scenario->steps_line || !scenario->explore.line);
}

static void check_report(const struct record_result *result)
{
	g_autoptr(GString) text = g_string_new(NULL), json = g_string_new(NULL);

	report_print(text, result);
	json_print(json, result);
	one_check_text(text);
	one_check_json(json);
}

/* What was logged is replayed. A run that was cut short has no end in its log. */
static void replay_log(const char *path, const struct record_result *run)
{
	const struct scenario_overrides overrides = { 0 };
	const struct replay_options options = { 0 };
	struct record_result *result = NULL;
	struct replay_verdict *verdict = NULL;
	GError *error = NULL;
	struct trace *trace = trace_open(path, &error);
	struct scenario *scenario = NULL;

	FUZZ_CHECK(trace);
	scenario = machine_of_trace(path, trace_info(trace), NULL, &overrides, &error);
	FUZZ_CHECK(scenario);
	replay_run(trace, scenario, &options, NULL, NULL, &result, &verdict, &error);
	FUZZ_CHECK(!error);
	FUZZ_CHECK(verdict->differences->len == 0);
	FUZZ_CHECK(result->switches == run->switches && result->migrations == run->migrations);
	record_result_free(result);
	verdict_free(verdict);
	scenario_free(scenario);
	trace_close(trace);
}

static void check_chrome(const char *path)
{
	g_autofree char *text = NULL;
	g_autoptr(JsonNode) node = NULL;

	FUZZ_CHECK(g_file_get_contents(path, &text, NULL, NULL));
	node = json_from_string(text, NULL);
	FUZZ_CHECK(node);
}

static bool goes_on(void *context)
{
	(void)context;
	return true;
}

struct runner {
	struct play *play;
	struct engine *engine;
	GPtrArray *accounts;
};

static struct runner begin(const struct scenario *scenario)
{
	struct runner runner = { NULL, NULL, NULL };

	if (scenario->steps_line)
		runner.play = play_new(scenario);
	else
		runner.engine = engine_new(scenario);
	runner.accounts = runner.play ? play_accounts(runner.play) : engine_accounts(runner.engine);
	return runner;
}

static struct record_result *end(const struct runner *runner, const struct record_sink *sink)
{
	if (sink && runner->play)
		play_set_sink(runner->play, sink);
	else if (sink)
		engine_set_sink(runner->engine, sink);
	return runner->play ? play_run(runner->play) : engine_run(runner->engine);
}

static void clear(struct runner *runner)
{
	if (runner->play)
		play_free(runner->play);
	else
		engine_free(runner->engine);
}

static struct record_result *run_logged(
	const struct runner *runner, const struct scenario *scenario, enum log_format format)
{
	struct log_options options = log_options_default;
	char path[FUZZ_PATH_MAX];
	int file = fuzz_file("", 0, path);
	struct output *out = output_on_descriptor(file, "log");
	struct record_result *result;
	struct event_log *events;

	options.format = format;
	events = event_log_new(out, scenario, runner->accounts, &options);
	result = end(runner, event_log_sink(events));
	event_log_end(events);
	event_log_free(events);
	FUZZ_CHECK(output_close(out, NULL));
	if (format == LOG_CHROME)
		check_chrome(path);
	else if (runner->engine && !result->input_error)
		replay_log(path, result);
	close(file);
	return result;
}

struct record_result *one_run(const struct scenario *scenario, enum one_log log)
{
	struct runner runner = begin(scenario);
	struct record_result *result = log == ONE_NO_LOG ? end(&runner, NULL)
	                                                 : run_logged(&runner, scenario,
							     log == ONE_CHROME ? LOG_CHROME : LOG_FTRACE);

	if (!result->input_error && record_result_outcome(result) == OUTCOME_FAILED)
		breach_find(result, goes_on, NULL);
	if (!result->input_error)
		check_report(result);
	clear(&runner);
	return result;
}

bool one_run_files(const struct scenario *scenario, const char *dir)
{
	struct runner runner = begin(scenario);
	struct sinks *sinks = sinks_open(dir, scenario, runner.accounts,
		SINKS_ALL | (runner.play ? SINKS_STEPS : 0), NULL, NULL);
	struct record_result *result = end(&runner, sinks_sink(sinks));
	g_autoptr(GString) json = g_string_new(NULL);
	bool good = !result->input_error;

	if (good) {
		json_print(json, result);
		FUZZ_CHECK(sinks_add_file(sinks, "report.json", json->str, json->len, NULL));
		FUZZ_CHECK(sinks_close(sinks, NULL));
	} else {
		sinks_abort(sinks);
	}
	record_result_free(result);
	clear(&runner);
	return good;
}
