/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/run.h"

#include "sim/base/crew.h"
#include "sim/engine/engine.h"

/* What came of a point. */
struct point_result {
	enum sweep_outcome outcome;
	char *row;
	char *message; /* why the point cannot be; NULL = it can */
};

struct rows {
	const struct sweep_run *run;
	struct sweep_events *events;
};

static void free_point(void *data)
{
	struct point_result *result = data;

	g_free(result->row);
	g_free(result->message);
	g_free(result);
}

/* --- in the caller's thread --- */

static void note_impossible(struct rows *rows, uint64_t row, struct point_result *result)
{
	struct sweep_events *events = rows->events;

	g_assert((result->message != NULL) == (result->outcome == SWEEP_IMPOSSIBLE));
	if (!result->message || events->impossible++ > 0)
		return;
	events->first_impossible = rows->run->first_point + row * rows->run->step;
	events->message = g_steal_pointer(&result->message);
}

static bool take_row(void *context, uint64_t row, void *data)
{
	struct rows *rows = context;
	struct point_result *result = data;
	bool more;

	note_impossible(rows, row, result);
	more = rows->run->row(rows->run->context, result->row, result->outcome);
	free_point(result);
	return more;
}

static bool tick_rows(void *context)
{
	const struct sweep_run *run = ((struct rows *)context)->run;

	return run->tick(run->context);
}

/* --- one point, in any thread --- */

/* NULL if the sweep is to stop. */
static struct record_result *run_point(struct crew *crew, const struct scenario *scenario)
{
	struct engine *engine = engine_new(scenario);
	struct record_result *result = NULL;
	bool more = true;

	while (more && crew_goes_on(crew))
		more = engine_advance(engine, ENGINE_EVENTS_AT_ONCE);
	if (!more)
		result = engine_run(engine);
	engine_free(engine);
	return result;
}

/* Takes @message. */
static struct point_result *describe_impossible(
	const struct sweep_run *run, uint64_t point, char *message)
{
	struct point_result *described = g_new(struct point_result, 1);
	GString *text = g_string_new(NULL);

	g_assert(message);
	sweep_row_append_impossible(text, run->axes, point, run->base);
	*described = (struct point_result){ .outcome = SWEEP_IMPOSSIBLE, .message = message };
	described->row = g_string_free(text, FALSE);
	return described;
}

static struct point_result *describe_result(
	const struct sweep_run *run, uint64_t point, const struct record_result *result)
{
	struct point_result *described = g_new0(struct point_result, 1);
	GString *text = g_string_new(NULL);

	g_assert(!result->input_error);
	described->outcome = sweep_row_append(text, run->axes, point, result, run->mm);
	described->row = g_string_free(text, FALSE);
	return described;
}

/* NULL if the sweep is to stop. */
static struct point_result *run_possible(const struct sweep_run *run, struct crew *crew,
	uint64_t point, const struct scenario *scenario)
{
	struct record_result *result = run_point(crew, scenario);
	struct point_result *described = NULL;

	if (result && result->input_error)
		described = describe_impossible(
			run, point, line_files_message(&scenario->files, result->input_error));
	else if (result)
		described = describe_result(run, point, result);
	record_result_free(result);
	return described;
}

static void *run_row(void *context, struct crew *crew, uint64_t row)
{
	const struct sweep_run *run = ((struct rows *)context)->run;
	uint64_t point = run->first_point + row * run->step;
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = sweep_axes_scenario(run->axes, run->source, point, errors);
	struct point_result *described;

	g_assert(row < run->rows);
	if (scenario)
		described = run_possible(run, crew, point, scenario);
	else
		described = describe_impossible(run, point, g_strdup(errors->pdata[0]));
	scenario_free(scenario);
	return described;
}

bool sweep_run(const struct sweep_run *run, struct sweep_events *events)
{
	struct rows rows = { .run = run, .events = events };
	const struct crew_plan plan = {
		.done = run->done,
		.items = run->rows,
		.jobs = run->jobs,
		.work = run_row,
		.take = take_row,
		.tick = tick_rows,
		.drop = free_point,
		.context = &rows,
	};

	g_assert(run->rows <= POINTS_MAX);
	g_assert(run->step >= 1 && run->done <= run->rows);
	*events = (struct sweep_events){ 0 };
	return crew_run(&plan, &events->threads_missing);
}
