/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/fuzz/one-run.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/faults.h"
#include "sim/base/values.h"
#include "sim/engine/engine.h"
#include "sim/play/play.h"
#include "sim/record/event-log.h"
#include "sim/record/json.h"
#include "sim/record/report.h"
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

struct record_result *one_run(const struct scenario *scenario, bool log)
{
	struct play *play = scenario->steps_line ? play_new(scenario) : NULL;
	struct engine *engine = play ? NULL : engine_new(scenario);
	GPtrArray *accounts = play ? play_accounts(play) : engine_accounts(engine);
	char path[FUZZ_PATH_MAX];
	int file = log ? fuzz_file("", 0, path) : -1;
	struct output *out = log ? output_on_descriptor(file, "log") : NULL;
	struct event_log *events =
		log ? event_log_new(out, scenario, accounts, &log_options_default) : NULL;
	struct record_result *result;

	if (log && play)
		play_set_sink(play, event_log_sink(events));
	else if (log)
		engine_set_sink(engine, event_log_sink(events));
	result = play ? play_run(play) : engine_run(engine);
	if (log) {
		event_log_end(events);
		event_log_free(events);
		FUZZ_CHECK(output_close(out, NULL));
		if (engine && !result->input_error) /* that of [steps] is not replayed */
			replay_log(path, result);
		close(file);
	}
	if (!result->input_error)
		check_report(result);
	if (play)
		play_free(play);
	else
		engine_free(engine);
	return result;
}
