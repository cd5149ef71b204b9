/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/explore/search.h"

#include <string.h>

#include "sim/kernel/child.h"
#include "sim/kernel/explore/crew.h"
#include "sim/kernel/explore/judge.h"
#include "sim/kernel/story.h"

enum {
	LOOK_AT_ONCE = 64, /* states between looks at limits */
	ENTRY_SHARE = 64,  /* bytes of memory for each state that there is room for */
};

static uint32_t entries_max(const struct search_wish *wish)
{
	uint64_t most = MIN(wish->memory / ENTRY_SHARE, wish->states_max);

	return (uint32_t)MIN(most, UINT32_MAX / 2) + SEARCH_ROOM;
}

size_t search_shared_size(const struct search_wish *wish)
{
	return sizeof(struct search_shared) + (size_t)entries_max(wish) * sizeof(struct seen_entry) +
	       crew_size(wish);
}

/* Events */

static bool add_event(struct lockstep_log *log, struct event event)
{
	if (log->count == LOCKSTEP_ROUND)
		return false;
	log->events[log->count++] = event;
	return true;
}

/* A spin is as many events as it has rounds. */
static void add_events(struct lockstep_log *log, struct event event)
{
	uint32_t rounds = event.kind == EVENT_RESUME ? MAX(event.c, 1) : 1;

	if (event.kind == EVENT_RESUME)
		event.c = 0;
	while (rounds-- > 0 && add_event(log, event))
		;
}

static struct event event_of(const struct search_shared *shared, uint32_t number)
{
	const struct seen_entry *entry = &shared->entries[number];
	struct event event = { .kind = entry->kind, .a = entry->a, .b = entry->b, .c = entry->c };

	if (event.kind == EVENT_AFFINITY)
		event.mask = UINT64_MAX;
	return event;
}

void search_log(const struct search_shared *shared, uint32_t number, const struct event *by,
	struct lockstep_log *log)
{
	g_autofree uint32_t *path = NULL;
	uint32_t states = MIN(shared->states, shared->states_max), count = 0;

	log->count = 0;
	path = g_new(uint32_t, LOCKSTEP_ROUND);
	for (; number > 0 && number < states && count < LOCKSTEP_ROUND; count++) {
		path[count] = number;
		/* The state before has a lower number. */
		number = MIN(shared->entries[number].parent, number - 1);
	}
	for (uint32_t i = 0; i < MIN(shared->begin_count, G_N_ELEMENTS(shared->begin)); i++)
		add_events(log, shared->begin[i]);
	while (count-- > 0)
		add_events(log, event_of(shared, path[count]));
	if (by->kind < EVENT_KINDS)
		add_events(log, *by);
}

/* Judging */

static unsigned broken_here(struct search *search)
{
	bool spins;
	unsigned broken = judge_state(
		&search->world, &search->stuck, search->wish->check, &spins);

	search->shared->spin_states += spins;
	return broken;
}

static void end(
	struct search *search, enum search_ended_by by, uint32_t at, const struct event *event)
{
	search->shared->ended = by;
	search->found_at = at;
	search->found_by = event ? *event : (struct event){ .kind = EVENT_KINDS };
}

static bool is_over(const struct search *search)
{
	return search->shared->ended != ENDED_NOT;
}

/* Searching */

/* The world is in a state that @event has led to from the state @from. */
static void reach(struct search *search, uint32_t from, const struct event *event)
{
	uint32_t number = seen_add(&search->seen, world_key(&search->world), from, event);
	size_t words;

	search->shared->transitions++;
	if (number == SEEN_NONE)
		return;
	search->shared->states = search->seen.count;
	search->result->steps = search->seen.count;
	search->level++;
	words = memory_save(&search->world.memory, search->there);
	frontier_push(&search->next, &search->world.memory, search->there, words, number);
	search->broken = broken_here(search);
	if (search->broken)
		end(search, ENDED_VIOLATION, number, NULL);
}

static void look_at(struct search *search, uint32_t number)
{
	struct event events[WORLD_EVENTS_MAX];
	struct world *world = &search->world;
	uint32_t count = world_events(world, events);

	for (uint32_t i = 0; i < count && !is_over(search); i++) {
		enum event_outcome outcome;

		search->shared->by = events[i];
		outcome = world_happen(world, &events[i]);
		if (outcome == EVENT_DIFFERS)
			end(search, ENDED_DIFFERENCE, number, &events[i]);
		else if (outcome == EVENT_TAKEN)
			reach(search, number, &events[i]);
		if (outcome != EVENT_IMPOSSIBLE || events[i].kind == EVENT_WORK)
			memory_restore(&world->memory, search->here);
	}
}

static size_t bytes_of(const struct search *search)
{
	return seen_bytes(&search->seen) + search->now.bytes + search->next.bytes;
}

static void look_at_limits(struct search *search)
{
	const struct search_wish *wish = search->wish;
	size_t bytes = bytes_of(search);

	search->shared->bytes = MAX(search->shared->bytes, bytes);
	if (search->result->stop)
		end(search, ENDED_STOPPED, 0, NULL);
	else if (search->seen.count >= wish->states_max)
		end(search, ENDED_STATES, 0, NULL);
	else if (bytes > wish->memory || search->seen.count + SEARCH_ROOM > search->seen.max)
		end(search, ENDED_MEMORY, 0, NULL);
}

static void search_level(struct search *search)
{
	uint64_t looked = 0;

	search->level = 0;
	while (!is_over(search) && !frontier_is_empty(&search->now)) {
		uint32_t number =
			frontier_take_first(&search->now, &search->world.memory, search->here);

		if (looked++ % LOOK_AT_ONCE == 0)
			look_at_limits(search);
		search->shared->at = number;
		memory_restore(&search->world.memory, search->here);
		if (!is_over(search))
			look_at(search, number);
	}
}

static void search_all(struct search *search)
{
	while (!is_over(search)) {
		frontier_init(&search->next);
		if (!crew_search_level(search))
			search_level(search);
		search->shared->widest = MAX(search->shared->widest, search->level);
		if (!is_over(search) && search->level == 0)
			end(search, search->stuck.gave_up ? ENDED_SPIN : ENDED_ALL, 0, NULL);
		else
			search->shared->depth++;
		frontier_clear(&search->now);
		search->now = search->next;
	}
}

/* What was found, by the events that lead to it. */
static void tell(struct search *search)
{
	struct lockstep_result *result = search->result;
	bool differs = search->shared->ended == ENDED_DIFFERENCE;
	struct lockstep_finding *finding = differs ? &result->difference : &result->violation;

	if (!differs && search->shared->ended != ENDED_VIOLATION)
		return;
	search_log(search->shared, search->found_at, &search->found_by, &finding->log);
	finding->log.shape = search->world.pair->shape;
	finding->step = search->shared->depth;
	finding->broken = search->broken & -search->broken;
	result->broken = finding->broken;
	story_tell(search->world.pair, &search->wish->world.protocol, finding);
}

/* The world has begun. */
static void prepare(struct search *search)
{
	size_t most = memory_image_max(&search->world.memory);

	search->here = g_new(uint64_t, most);
	search->there = g_new(uint64_t, most);
	memory_begin(&search->world.memory, search->here);
	stuck_init(&search->stuck, &search->world, &search->result->stop);
}

/* The first state. */
static void begin(struct search *search)
{
	const struct event none = { .kind = EVENT_KINDS };
	const struct pair *pair = search->world.pair;
	size_t words;

	prepare(search);
	frontier_init(&search->now);
	seen_add(&search->seen, world_key(&search->world), 0, &none);
	search->shared->states = search->shared->widest = 1;
	search->result->steps = 1;
	words = memory_save(&search->world.memory, search->there);
	frontier_push(&search->now, &search->world.memory, search->there, words, 0);
	if (pair->difference.found)
		end(search, ENDED_DIFFERENCE, 0, NULL);
	search->broken = is_over(search) ? 0 : broken_here(search);
	if (search->broken)
		end(search, ENDED_VIOLATION, 0, NULL);
	memory_restore(&search->world.memory, search->here);
}

static void note_begin(struct search *search)
{
	const GArray *begin = search->world.begin;

	search->shared->begin_count = MIN(begin->len, G_N_ELEMENTS(search->shared->begin));
	memcpy(search->shared->begin, begin->data,
		search->shared->begin_count * sizeof(struct event));
}

static void help(struct search *search)
{
	prepare(search);
	crew_help(search, child_helper() - 1);
}

void search_job(
	const struct code *code, const void *wish, struct lockstep_result *result, void *more)
{
	struct search search = { .wish = wish, .result = result, .shared = more };

	seen_init(&search.seen, search.shared->entries, entries_max(wish));
	crew_begin(&search);
	if (child_helper() == 0) {
		search.shared->states_max = entries_max(wish);
		search.shared->by.kind = EVENT_KINDS;
	}
	if (!world_begin(&search.world, code, &search.wish->world)) {
		g_strlcpy(result->failed, "the memory of the compiled code cannot be found",
			sizeof(result->failed));
		return; /* not done */
	}
	if (child_helper() > 0)
		help(&search);
	note_begin(&search);
	begin(&search);
	search_all(&search);
	tell(&search);
	frontier_clear(&search.now);
	stuck_clear(&search.stuck);
	g_free(search.here);
	g_free(search.there);
	seen_clear(&search.seen);
	world_clear(&search.world);
	result->done = 1;
}
