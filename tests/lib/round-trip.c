/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/round-trip.h"

#include <check.h>
#include <string.h>

#include "sim/engine/engine.h"
#include "sim/play/play.h"
#include "sim/record/sinks.h"
#include "sim/replay/kernels.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/trace.h"
#include "tests/lib/folder.h"

struct scenario *trip_parse(const char *text)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = scenario_parse("random", text, strlen(text), NULL, errors);

	if (!scenario)
		ck_abort_msg("%s\n%s", (char *)errors->pdata[0], text);
	return scenario;
}

void trip_run(struct round_trip *trip, const struct scenario *scenario)
{
	struct play *play = scenario->steps_line ? play_new(scenario) : NULL;
	struct engine *engine = play ? NULL : engine_new(scenario);
	g_autofree char *dir = NULL;
	struct sinks *sinks;

	*trip = (struct round_trip){ .dir = folder_new() };
	dir = g_build_filename(trip->dir, "run", NULL);
	trip->log = g_build_filename(dir, "trace.txt", NULL);
	sinks = sinks_open(dir, scenario, play ? play_accounts(play) : engine_accounts(engine),
		SINKS_ALL, NULL, NULL);
	ck_assert_ptr_nonnull(sinks);
	if (play)
		play_set_sink(play, sinks_sink(sinks));
	else
		engine_set_sink(engine, sinks_sink(sinks));
	trip->run = play ? play_run(play) : engine_run(engine);
	ck_assert(sinks_close(sinks, NULL));
	if (play)
		play_free(play);
	else
		engine_free(engine);
}

static const struct record_sink *trip_open_sink(
	void *context, const struct record_result *result)
{
	struct round_trip *trip = context;
	g_autofree char *dir = g_build_filename(trip->dir, "replay", NULL);

	trip->sinks = sinks_open(dir, trip->scenario, result->accounts, SINKS_CSV, NULL, NULL);
	ck_assert_ptr_nonnull(trip->sinks);
	return sinks_sink(trip->sinks);
}

/* Forget the replay, so that there can be another one. */
static void trip_forget(struct round_trip *trip)
{
	g_clear_error(&trip->error);
	if (!trip->scenario)
		return;
	record_result_free(trip->result);
	verdict_free(trip->verdict);
	scenario_free(trip->scenario);
	trip->scenario = NULL;
}

void trip_replay(struct round_trip *trip, const char *revision, bool files)
{
	const struct scenario_overrides overrides = { .revision = revision };
	const struct replay_options options = { 0 };
	struct trace *trace;

	trip_forget(trip);
	trace = trace_open(trip->log, &trip->error);
	if (!trace)
		return;
	trip->scenario =
		machine_of_trace(trip->log, trace_info(trace), NULL, &overrides, &trip->error);
	if (trip->scenario)
		replay_run(trace, trip->scenario, &options, files ? trip_open_sink : NULL, trip,
			&trip->result, &trip->verdict, &trip->error);
	if (trip->scenario && files)
		ck_assert(sinks_close(trip->sinks, NULL));
	trace_close(trace);
}

char *trip_file(const struct round_trip *trip, const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(trip->dir, folder, name, NULL);
	char *text;

	ck_assert(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

void trip_free(struct round_trip *trip)
{
	trip_forget(trip);
	record_result_free(trip->run);
	g_free(trip->log);
	folder_remove(trip->dir);
}

uint64_t trip_unexplained(const struct round_trip *trip)
{
	return trip->verdict->switches.unexplained + trip->verdict->others.unexplained;
}

char *trip_complaint(const struct round_trip *trip)
{
	const struct replay_difference *first;

	if (trip->error)
		return g_strdup(trip->error->message);
	if (trip->verdict->differences->len == 0)
		return g_strdup("no difference");
	first = trip->verdict->differences->pdata[0];
	return g_strdup_printf("line %" G_GUINT64_FORMAT ": %s\n%s\nmodel:\n%s\naround:\n%s",
		first->line, first->what, first->trace, first->model, first->around);
}
