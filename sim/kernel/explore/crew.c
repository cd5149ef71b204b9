/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* waitpid() */
#include "sim/kernel/explore/crew.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/hash.h"
#include "sim/kernel/explore/judge.h"
#include "sim/kernel/limits.h"

enum {
	BLOCK = 64,             /* states that a helper takes at once */
	LEVEL_MIN = 4 * BLOCK,  /* a smaller level is not worth the wait */
	FOUND_BYTES = 128,      /* of memory for each state that there is room for */
	POLL_US = 300,
	PATIENCE = 30000,       /* polls in which no helper makes progress */
};
#define CREW_OFF UINT32_MAX

/* A state of the level, or one that was found. */
struct packed_state {
	const uint8_t *packed; /* in the memory of a helper */
	uint32_t bytes;
	uint32_t number; /* in the states seen; of one that was found: does a get spin? */
};

/* Who has looked at the states of a block, and what was found: a part of the helper's list. */
struct block {
	uint32_t helper, first, count;
};

struct helper {
	atomic_uint done, looked;  /* the level that it is done with; states it has looked at */
	atomic_bool ready, failed; /* failed: something else than new states has come of the level */
	uint64_t layout;           /* a hash of the memory that its world begins with */
	uint64_t transitions;
	uint32_t found_count;
	size_t used;                /* bytes of its memory, by what was found */
	uint8_t *memory[2];         /* of the states of a level and of the next one, by turns */
	struct packed_state *found; /* beside the entries */
	struct seen_entry *entries;
};

struct crew {
	atomic_uint level; /* that is looked at, counted from 1; CREW_OFF: no further one will be */
	atomic_uint next;  /* block */
	uint32_t count;    /* of states in the level; 0: it is not here */
	uint32_t known;    /* states seen before it */
	size_t bytes;      /* of its states */
	uint32_t most;     /* states, and bytes: what there is room for */
	size_t half;
	struct packed_state *states[2]; /* by turns, too */
	struct block *blocks;
	struct helper helpers[];
};

static void *take(uintptr_t *at, size_t bytes)
{
	uintptr_t taken = *at;

	*at += (bytes + 63) / 64 * 64;
	return (void *)taken;
}

static size_t head_size(const struct search_wish *wish)
{
	return sizeof(struct crew) + wish->jobs * sizeof(struct helper);
}

/* Where all is in shared memory that begins at @from: *@crew, filled. Returns the bytes. Pages are had
 * as they are used. */
static size_t lay_out(struct crew *crew, const struct search_wish *wish, uintptr_t from)
{
	uintptr_t at = from;

	take(&at, head_size(wish));
	crew->half = wish->memory / 2;
	crew->most = (uint32_t)MIN(wish->memory / FOUND_BYTES, UINT32_MAX / 2);
	crew->blocks = take(&at, (crew->most / BLOCK + 1) * sizeof(struct block));
	for (int turn = 0; turn < 2; turn++)
		crew->states[turn] = take(&at, crew->most * sizeof(struct packed_state));
	for (uint32_t i = 0; i < wish->jobs; i++) {
		struct helper *helper = &crew->helpers[i];

		for (int turn = 0; turn < 2; turn++)
			helper->memory[turn] = take(&at, crew->half);
		helper->found = take(&at, crew->most * sizeof(struct packed_state));
		helper->entries = take(&at, crew->most * sizeof(struct seen_entry));
	}
	return at - from;
}

size_t crew_size(const struct search_wish *wish)
{
	g_autofree struct crew *crew = wish->jobs < 2 ? NULL : g_malloc0(head_size(wish));

	return crew ? 64 + lay_out(crew, wish, 0) : 0;
}

void crew_begin(struct search *search)
{
	uintptr_t end = (uintptr_t)(search->shared->entries + search->seen.max);

	if (search->wish->jobs < 2)
		return;
	search->crew = (struct crew *)((end + 63) / 64 * 64);
	lay_out(search->crew, search->wish, (uintptr_t)search->crew);
}

/* Of the object and the stacks, with their addresses: images of who has the same are the same. */
static uint64_t layout_of(const struct search *search)
{
	const struct memory *memory = &search->world.memory;
	uint64_t hash = hash_mix((uintptr_t)memory->parts[0].from);

	for (size_t i = 0; i < memory->words; i++)
		hash = hash_mix(hash ^ memory->first[i]);
	return hash;
}

static uint32_t blocks_count(const struct crew *crew)
{
	return (crew->count + BLOCK - 1) / BLOCK;
}

/* In a helper */

struct work {
	struct search *search;
	struct helper *me;
	uint32_t level;
	struct seen fresh; /* states that were found in this level */
	GByteArray *packed;
};

/* The state of the world is new: note it. False: there is no room. */
static bool note(struct work *work, struct key key, uint32_t from, const struct event *event)
{
	struct search *search = work->search;
	size_t words = memory_save(&search->world.memory, search->there);
	uint8_t *to = work->me->memory[(work->level + 1) % 2] + work->me->used;
	uint32_t number;
	bool spins;

	g_byte_array_set_size(work->packed, 0);
	memory_pack(&search->world.memory, search->there, words, work->packed);
	if (work->fresh.count == work->fresh.max ||
		work->me->used + work->packed->len > search->crew->half)
		return false;
	memcpy(to, work->packed->data, work->packed->len);
	work->me->used += work->packed->len;
	number = seen_add(&work->fresh, key, from, event);
	if (judge_state(&search->world, &search->stuck, search->wish->check, &spins) ||
		search->stuck.gave_up)
		work->me->failed = true;
	work->me->found[number] = (struct packed_state){ to, work->packed->len, spins };
	return true;
}

static void look_at(struct work *work, uint32_t number)
{
	struct world *world = &work->search->world;
	struct event events[WORLD_EVENTS_MAX];
	uint32_t count = world_events(world, events);

	for (uint32_t i = 0; i < count && !work->me->failed; i++) {
		enum event_outcome outcome = world_happen(world, &events[i]);

		if (outcome == EVENT_TAKEN) {
			struct key key = world_key(world);

			work->me->transitions++;
			if (!seen_has(&work->search->seen, key) && !seen_has(&work->fresh, key) &&
				!note(work, key, number, &events[i]))
				work->me->failed = true;
		}
		if (outcome == EVENT_DIFFERS)
			work->me->failed = true;
		if (outcome != EVENT_IMPOSSIBLE || events[i].kind == EVENT_WORK)
			memory_restore(&world->memory, work->search->here);
	}
}

static void look_at_block(struct work *work, uint32_t number)
{
	struct search *search = work->search;
	const struct crew *crew = search->crew;
	struct block *block = &crew->blocks[number];
	uint32_t end = MIN(crew->count, (number + 1) * BLOCK);

	block->helper = (uint32_t)(work->me - crew->helpers);
	block->first = work->fresh.count;
	for (uint32_t i = number * BLOCK; i < end && !work->me->failed; i++) {
		const struct packed_state *state = &crew->states[work->level % 2][i];

		memory_unpack(&search->world.memory, state->packed, search->here);
		memory_restore(&search->world.memory, search->here);
		look_at(work, state->number);
		work->me->looked++;
	}
	block->count = work->fresh.count - block->first;
}

static void look_at_level(struct work *work)
{
	struct crew *crew = work->search->crew;
	uint32_t next;

	seen_follow(&work->search->seen, crew->known);
	seen_reset(&work->fresh);
	work->me->used = work->me->transitions = 0;
	while (!work->me->failed && (next = crew->next++) < blocks_count(crew))
		look_at_block(work, next);
	work->me->found_count = work->fresh.count;
}

void crew_help(struct search *search, uint32_t helper)
{
	struct crew *crew = search->crew;
	struct work work = { .search = search,
		.me = &crew->helpers[helper],
		.packed = g_byte_array_new() };
	uint32_t level;

	seen_init(&work.fresh, work.me->entries, crew->most);
	work.me->layout = layout_of(search);
	work.me->ready = true;
	while ((level = crew->level) != CREW_OFF) {
		if (level == work.level) {
			g_usleep(POLL_US);
		} else {
			work.level = level;
			look_at_level(&work);
			work.me->done = level;
		}
		limits_alive();
	}
	_exit(0);
}

/* In the first process */

/* The states of the level that will be @level, from search.now. False: there is no room. */
static bool publish(struct search *search, uint32_t level)
{
	struct crew *crew = search->crew;
	uint8_t *to = crew->helpers[0].memory[level % 2];

	if (search->now.bytes > crew->half || search->now.count > crew->most)
		return false;
	crew->bytes = 0;
	while (!frontier_is_empty(&search->now)) {
		struct packed_state *state = &crew->states[level % 2][crew->count++];
		const uint8_t *packed =
			frontier_take_packed(&search->now, &state->bytes, &state->number);

		state->packed = memcpy(to + crew->bytes, packed, state->bytes);
		crew->bytes += state->bytes;
	}
	return true;
}

/* Back to there. */
static void take_back(struct search *search, uint32_t level)
{
	struct crew *crew = search->crew;
	const struct packed_state *state = crew->states[level % 2];

	frontier_clear(&search->now);
	frontier_init(&search->now);
	for (; crew->count > 0; crew->count--, state++) {
		frontier_push_packed(&search->now, state->packed, state->bytes, state->number);
		limits_alive();
	}
}

/* Until all have done @level, 0: are ready. False: one has died, does not go on, or has failed. */
static bool await(const struct search *search, uint32_t level)
{
	const struct helper *helpers = search->crew->helpers;
	uint32_t looked = 0, polls = 0, done, now;

	do {
		limits_alive();
		g_usleep(POLL_US);
		done = now = 0;
		for (uint32_t i = 0; i < search->wish->jobs; i++) {
			if (helpers[i].failed)
				return false;
			done += level > 0 ? helpers[i].done == level : helpers[i].ready;
			now += helpers[i].looked;
		}
		polls = now == looked ? polls + 1 : 0;
		looked = now;
		if (search->result->stop || waitpid(-1, NULL, WNOHANG) != 0 || polls > PATIENCE)
			return false;
	} while (done < search->wish->jobs);
	return true;
}

/* Can no limit end the search within this level? What is counted here is never less than what
 * look_at_limits() would count. */
static bool is_within_limits(const struct search *search)
{
	const struct crew *crew = search->crew;
	uint64_t found = 0, states;
	size_t bytes = crew->bytes;

	for (uint32_t i = 0; i < search->wish->jobs; i++) {
		found += crew->helpers[i].found_count;
		bytes += crew->helpers[i].used;
	}
	states = search->seen.count + found;
	/* Chunks that are not full, and slots that are about to be twice as many. */
	bytes += bytes / 4 + (4 << 20) +
	         states * (sizeof(struct seen_entry) + 8 * sizeof(uint32_t));
	return found <= crew->most && states < search->wish->states_max &&
	       states + SEARCH_ROOM < search->seen.max && bytes < search->wish->memory;
}

static void merge_block(struct search *search, const struct block *block, uint32_t level)
{
	struct crew *crew = search->crew;
	const struct helper *helper = &crew->helpers[block->helper];
	struct packed_state *next = crew->states[(level + 1) % 2];

	for (uint32_t i = block->first; i < block->first + block->count; i++) {
		const struct seen_entry *entry = &helper->entries[i];
		const struct packed_state *found = &helper->found[i];
		const struct event event = {
			.kind = entry->kind, .a = entry->a, .b = entry->b, .c = entry->c
		};
		uint32_t number = seen_add(&search->seen, entry->key, entry->parent, &event);

		if (number == SEEN_NONE)
			continue;
		next[search->level++] =
			(struct packed_state){ found->packed, found->bytes, number };
		crew->bytes += found->bytes;
		search->shared->spin_states += found->number;
	}
}

/* @level is done: what was found is the next one. */
static void merge(struct search *search, uint32_t level)
{
	struct crew *crew = search->crew;

	crew->bytes = 0;
	for (uint32_t i = 0; i < blocks_count(crew); i++) {
		merge_block(search, &crew->blocks[i], level);
		limits_alive();
	}
	crew->count = (uint32_t)search->level;
	for (uint32_t i = 0; i < search->wish->jobs; i++)
		search->shared->transitions += crew->helpers[i].transitions;
	search->shared->states = search->seen.count;
	search->result->steps = search->seen.count;
}

static bool are_ready(const struct search *search)
{
	uint64_t layout = layout_of(search);
	bool ready = await(search, 0);

	for (uint32_t i = 0; ready && i < search->wish->jobs; i++)
		ready = search->crew->helpers[i].layout == layout;
	return ready;
}

bool crew_search_level(struct search *search)
{
	struct crew *crew = search->crew;
	uint32_t level;

	if (!crew || crew->level == CREW_OFF)
		return false;
	level = crew->level + 1;
	if (crew->count + search->now.count < LEVEL_MIN) {
		if (crew->count > 0)
			take_back(search, level);
		return false;
	}
	if ((level > 1 || are_ready(search)) && (crew->count > 0 || publish(search, level))) {
		crew->known = search->seen.count;
		crew->next = 0;
		search->level = 0;
		crew->level = level;
		if (await(search, level) && is_within_limits(search)) {
			merge(search, level);
			return true;
		}
	}
	crew->next = UINT32_MAX / 2; /* no further block */
	crew->level = CREW_OFF;
	if (crew->count > 0)
		take_back(search, level);
	return false;
}
