/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/step/timeline.h"

#include "sim/engine/engine.h"
#include "sim/play/play.h"

enum { LOOKS_EVERY = 1024 };

static void engine_get(void *context, uint32_t cpu, struct record_lane *lane)
{
	engine_lane(context, cpu, lane);
}

static bool goes_on(const struct engine *engine, uint64_t to_ns, bool (*stop)(void))
{
	return engine_now_ns(engine) <= to_ns &&
	       !(stop && engine_totals(engine)->events % LOOKS_EVERY == 0 && stop());
}

static char *of_run(
	const struct scenario *scenario, const struct lanes_options *options, bool (*stop)(void))
{
	struct engine *engine = engine_new(scenario);
	struct lanes *lanes = lanes_new(engine_totals(engine), options);
	char *text;
	bool more;

	g_assert(!scenario->explore.line);
	engine_set_sink(engine, lanes_sink(lanes));
	do {
		more = engine_advance(engine, 1);
		lanes_look(lanes, engine_now_ns(engine), engine_get, engine);
	} while (more && goes_on(engine, options->to_ns, stop));
	text = lanes_text(lanes);
	lanes_free(lanes);
	engine_free(engine);
	return text;
}

struct played {
	struct play *play;
	struct lanes *lanes;
};

static void play_get(void *context, uint32_t cpu, struct record_lane *lane)
{
	play_lane(context, cpu, lane);
}

static void look_at_play(void *context, uint64_t now_ns)
{
	struct played *played = context;

	lanes_look(played->lanes, now_ns, play_get, played->play);
}

static char *of_steps(const struct scenario *scenario, const struct lanes_options *options)
{
	struct played played = { .play = play_new(scenario) };
	struct record_result *result;
	char *text;

	g_assert(scenario->steps_line);
	played.lanes = lanes_new(play_totals(played.play), options);
	play_set_sink(played.play, lanes_sink(played.lanes));
	play_set_after(played.play, look_at_play, &played);
	result = play_run(played.play);
	text = lanes_text(played.lanes);
	lanes_free(played.lanes);
	record_result_free(result);
	play_free(played.play);
	return text;
}

char *timeline_of(
	const struct scenario *scenario, const struct lanes_options *options, bool (*stop)(void))
{
	g_assert(scenario->steps_line || !scenario->explore.line);
	return scenario->steps_line ? of_steps(scenario, options) : of_run(scenario, options, stop);
}
