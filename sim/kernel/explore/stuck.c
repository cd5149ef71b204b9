/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/explore/stuck.h"


enum {
	STATES_MAX = 1 << 20, /* of one search */
	GOOD_MAX = 1 << 20,
};

void stuck_init(struct stuck *stuck, struct world *world, const volatile sig_atomic_t *stop)
{
	*stuck = (struct stuck){ .world = world,
		.stop = stop,
		.entries = g_new(struct seen_entry, STATES_MAX),
		.good_entries = g_new(struct seen_entry, GOOD_MAX),
		.image = g_new(uint64_t, memory_image_max(&world->memory)) };
	seen_init(&stuck->seen, stuck->entries, STATES_MAX);
	seen_init(&stuck->good, stuck->good_entries, GOOD_MAX);
}

void stuck_clear(struct stuck *stuck)
{
	seen_clear(&stuck->seen);
	seen_clear(&stuck->good);
	g_free(stuck->entries);
	g_free(stuck->good_entries);
	g_free(stuck->image);
}

/* The world is new here: it waits to be looked at. */
static void visit(struct stuck *stuck, const struct event *event)
{
	uint32_t number = SEEN_NONE;
	size_t words;

	if (stuck->seen.count == STATES_MAX || *stuck->stop)
		stuck->gave_up = true;
	else
		number = seen_add(&stuck->seen, world_key(stuck->world), 0, event);
	if (number == SEEN_NONE)
		return;
	words = memory_save(&stuck->world->memory, stuck->image);
	frontier_push(&stuck->stack, &stuck->world->memory, stuck->image, words, number);
}

/* All that may happen now. True as soon as no get spins. */
static bool look_at(struct stuck *stuck, const uint64_t *here)
{
	struct event events[WORLD_EVENTS_MAX];
	uint32_t count = world_events(stuck->world, events);

	for (uint32_t i = 0; i < count; i++) {
		enum event_outcome outcome = world_happen(stuck->world, &events[i]);

		if (outcome == EVENT_TAKEN) {
			if (!world_spins(stuck->world))
				return true;
			visit(stuck, &events[i]);
		}
		if (outcome != EVENT_IMPOSSIBLE || events[i].kind == EVENT_WORK)
			memory_restore(&stuck->world->memory, here);
		stuck->world->pair->difference.found = false;
	}
	return false;
}

static bool search(struct stuck *stuck)
{
	const struct event none = { 0 };
	uint64_t *here = g_new(uint64_t, memory_image_max(&stuck->world->memory));
	bool ends = false;

	seen_reset(&stuck->seen);
	frontier_init(&stuck->stack);
	visit(stuck, &none);
	while (!ends && !stuck->gave_up && !frontier_is_empty(&stuck->stack)) {
		frontier_take_last(&stuck->stack, &stuck->world->memory, here);
		memory_restore(&stuck->world->memory, here);
		ends = look_at(stuck, here);
	}
	frontier_clear(&stuck->stack);
	g_free(here);
	return ends || stuck->gave_up;
}

bool stuck_can_end(struct stuck *stuck)
{
	const struct event none = { 0 };
	struct key key;
	bool ends;

	stuck->world->exits_only = true;
	key = world_key(stuck->world);
	if (seen_has(&stuck->good, key)) {
		stuck->world->exits_only = false;
		return true;
	}
	ends = search(stuck);
	stuck->world->exits_only = false;
	if (ends && !stuck->gave_up && stuck->good.count < GOOD_MAX)
		seen_add(&stuck->good, key, 0, &none);
	return ends;
}
