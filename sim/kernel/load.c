/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/load.h"

#include "model/pool.h"
#include "sim/kernel/start.h"

enum { STOPS_MAX = 100000 }; /* of one operation */

static uint32_t actor_of(const struct event *event)
{
	return event->kind == EVENT_SWITCH ? ACTOR_CPU + event->a : ACTOR_TASK + event->a;
}

/* All of the operation that @event begins. False if it cannot begin, or does not end. */
static bool play_whole(struct pair *pair, const struct event *event)
{
	uint32_t actor = actor_of(event);
	const struct event more = { .kind = EVENT_RESUME, .a = (uint8_t)actor };

	if (event_apply(pair, event) != EVENT_TAKEN)
		return false;
	for (int stops = 0; stops < STOPS_MAX && pair->operations[actor].busy; stops++) {
		if (event_apply(pair, &more) != EVENT_TAKEN)
			return false;
	}
	return !pair->operations[actor].busy;
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

void load_play(struct pair *pair, const struct protocol *protocol, const struct load *load,
	struct load_effect *effect)
{
	bool per_cpu = false;

	g_assert(pair->partner == PARTNER_NOBODY);
	start_pair(pair, &load->shape, protocol);
	for (uint32_t i = 0; i < load->count; i++) {
		uint64_t before = *pair->code->bit_ops;

		if (!play_whole(pair, &load->events[i]))
			break;
		effect->played++;
		count_switch(pair, &load->events[i], *pair->code->bit_ops == before, effect);
		effect->flips += mm_is_per_cpu(model_mm_const(pair->model, 0)) != per_cpu;
		per_cpu = mm_is_per_cpu(model_mm_const(pair->model, 0));
	}
	effect->bit_ops = *pair->code->bit_ops;
}
