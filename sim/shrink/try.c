/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/engine/engine.h"
#include "sim/play/play.h"
#include "sim/shrink/private.h"

enum {
	TRIES_PER_RUN = 50, /* most of what is tried is no scenario: that is quick */
};

static struct record_result *run_engine_of(
	const struct scenario *scenario, const struct shrink_plan *plan, uint64_t runs)
{
	struct engine *engine = engine_new(scenario);
	struct record_result *result;

	while (plan && engine_advance(engine, ENGINE_EVENTS_AT_ONCE)) {
		if (!plan->goes_on(plan->context, runs))
			*engine_interrupted(engine) = 1;
	}
	result = engine_run(engine);
	engine_free(engine);
	return result;
}

struct record_result *shrink_run(struct scenario *scenario, uint64_t events_max,
	const struct shrink_plan *plan, uint64_t runs)
{
	struct record_result *result;
	struct play *play;

	if (!scenario->steps_line) {
		scenario->max_events = MIN(scenario->max_events, events_max);
		return run_engine_of(scenario, plan, runs);
	}
	play = play_new(scenario);
	result = play_run(play);
	play_free(play);
	return result;
}

/* NULL: @text is no scenario that can be run. */
struct scenario *shrink_parse(const char *text)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = scenario_parse("-", text, strlen(text), NULL, errors);

	if (!scenario || !scenario->explore.line || scenario->steps_line)
		return scenario;
	scenario_free(scenario);
	return NULL;
}

/* Takes @result. */
static bool fails_so(struct record_result *result, const struct failure *failure)
{
	bool so = !result->input_error && failure_is_of(failure, result);

	record_result_free(result);
	return so;
}

bool shrink_verify(const char *text, const struct failure *failure)
{
	struct scenario *scenario = shrink_parse(text);
	bool so = scenario && fails_so(shrink_run(scenario, UINT64_MAX, NULL, 0), failure);

	scenario_free(scenario);
	return so;
}

bool shrink_try(struct shrinker *shrinker)
{
	const struct shrink_plan *plan = shrinker->plan;
	g_autofree char *text = NULL;
	struct scenario *scenario;
	bool kept;

	if (shrinker->stopped || shrinker->runs >= plan->runs_max ||
		++shrinker->tries > plan->runs_max * TRIES_PER_RUN ||
		!plan->goes_on(plan->context, shrinker->runs)) {
		shrinker->stopped = true;
		return false;
	}
	text = draft_print(shrinker->draft);
	scenario = shrink_parse(text);
	if (!scenario)
		return false;
	shrinker->runs++;
	kept = fails_so(shrink_run(scenario, shrinker->events_max, plan, shrinker->runs),
		shrinker->failure);
	shrinker->kept += kept;
	scenario_free(scenario);
	return kept;
}
