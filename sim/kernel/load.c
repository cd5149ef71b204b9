/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/load.h"

#include "model/pool.h"
#include "sim/kernel/start.h"

enum { STOPS_MAX = 100000 }; /* of one operation */

/* All of the operation that @event begins. False if it cannot begin, or does not end. */
static bool play_whole(struct pair *pair, const struct event *event)
{
	uint32_t actor = event_actor(event);
	const struct event more = { .kind = EVENT_RESUME, .a = (uint8_t)actor };

	if (event_apply(pair, event) != EVENT_TAKEN)
		return false;
	if (actor == CODE_NONE)
		return true;
	for (int stops = 0; stops < STOPS_MAX && pair->operations[actor].busy; stops++) {
		if (event_apply(pair, &more) != EVENT_TAKEN)
			return false;
	}
	return !pair->operations[actor].busy;
}

static bool play_deferred_work(struct pair *pair)
{
	const struct event work = { .kind = EVENT_WORK };

	return !pair_has_mm(pair, 0) || !pair->code->has_work(0) || play_whole(pair, &work);
}

static void count_switch(
	const struct pair *pair, const struct event *event, bool fast, struct load_effect *effect)
{
	uint32_t span = pair_has_mm(pair, 0) ? pool_span(pair->model, 0) : 0;

	effect->span_max = MAX(effect->span_max, span);
	if (event->kind != EVENT_SWITCH || event->b == EVENT_NOBODY ||
		!model_task_const(pair->model, event->b)->active)
		return;
	effect->switches++;
	effect->fast += fast;
	effect->spans += span;
}

/* False if it did not come to its end. */
static bool play_part(struct pair *pair, const struct protocol *protocol,
	const struct load_part *part, struct load_effect *effect)
{
	bool per_cpu = false, good = true;

	start_pair(pair, &part->shape, protocol);
	for (uint32_t i = 0; good && i < part->count; i++) {
		uint64_t before = *pair->code->bit_ops;

		good = play_whole(pair, &part->events[i]) && play_deferred_work(pair);
		effect->played += good;
		count_switch(pair, &part->events[i], *pair->code->bit_ops == before, effect);
		effect->flips += mm_is_per_cpu(model_mm_const(pair->model, 0)) != per_cpu;
		per_cpu = mm_is_per_cpu(model_mm_const(pair->model, 0));
	}
	effect->bit_ops += *pair->code->bit_ops;
	return good;
}

void load_play(struct pair *pair, const struct protocol *protocol, const struct load *load,
	struct load_effect *effect)
{
	bool good = true;

	g_assert(pair->partner == PARTNER_NOBODY);
	effect->tried = true;
	for (uint32_t i = 0; good && i < load->parts_count; i++)
		good = play_part(pair, protocol, &load->parts[i], effect);
}
