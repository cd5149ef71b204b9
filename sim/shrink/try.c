/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/engine/engine.h"
#include "sim/play/play.h"
#include "sim/shrink/private.h"

enum {
	TRIES_PER_RUN = 50, /* most of what is tried is no scenario: that is quick */
};

/* Run @scenario, for at most @events_max events. */
struct record_result *shrink_run(struct scenario *scenario, uint64_t events_max)
{
	struct record_result *result;

	if (scenario->steps_line) {
		struct play *play = play_new(scenario);

		result = play_run(play);
		play_free(play);
	} else {
		struct engine *engine;

		scenario->max_events = MIN(scenario->max_events, events_max);
		engine = engine_new(scenario);
		result = engine_run(engine);
		engine_free(engine);
	}
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

static bool fails_so(struct scenario *scenario, const struct failure *failure, uint64_t events_max)
{
	struct record_result *result = shrink_run(scenario, events_max);
	bool so = !result->input_error && failure_is_of(failure, result);

	record_result_free(result);
	return so;
}

bool shrink_verify(const char *text, const struct failure *failure)
{
	struct scenario *scenario = shrink_parse(text);
	bool so = scenario && fails_so(scenario, failure, UINT64_MAX);

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
	kept = fails_so(scenario, shrinker->failure, shrinker->events_max);
	shrinker->kept += kept;
	scenario_free(scenario);
	return kept;
}
