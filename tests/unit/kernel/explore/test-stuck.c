/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/explore/stuck.h"

#include <string.h>

#include "sim/base/prng.h"
#include "sim/kernel/compile.h"
#include "sim/kernel/explore/explore.h"
#include "tests/lib/suite.h"

/*
 * A world of the miniature tree, by random walks: a state that comes back is the same state, with the
 * same key, and goes on in the same way; and a spin that some order ends is one that can end.
 */

static void compile_fast(void)
{
	g_setenv("CFLAGS", "-O0", TRUE);
}

SUITE(.timeout = 120, .before = compile_fast);

#define TREE CIDSIM_SCENARIOS_SOURCE "/../tests/kernel-tree"

static bool goes_on(void)
{
	return false;
}

static struct world_config config_of(bool alone, bool fine)
{
	return (struct world_config){
		.machine = { .cpus_count = 2,
			.tasks_start = 2,
			.tasks_max = 4,
			.allowed = 3,
			.may = { [MACHINE_FORKS] = 2,
				[MACHINE_VFORKS] = 1,
				[MACHINE_EXITS] = 2,
				[MACHINE_FAILED_EXECS] = 2 } },
		.protocol = revision_current()->protocol,
		.alone = alone,
		.fine = fine,
	};
}

/* A world in which the miniature runs. */
struct place {
	struct tree *tree;
	struct compiled *compiled;
	struct world_config config;
	struct world world;
	uint64_t *first, *image;
};

static void enter(struct place *place, bool alone, bool fine)
{
	struct compile_for purpose;
	const struct code *code;
	GError *error = NULL;

	place->config = config_of(alone, fine);
	purpose = exploration_purpose(&place->config.machine);
	place->tree = tree_read(TREE, &error);
	ck_assert_ptr_nonnull(place->tree);
	place->compiled = compile_tree(place->tree, &purpose, goes_on, &error);
	ck_assert_ptr_nonnull(place->compiled);
	code = compiled_load(place->compiled, &error);
	ck_assert_ptr_nonnull(code);
	ck_assert(world_begin(&place->world, code, &place->config));
	place->first = g_new(uint64_t, memory_image_max(&place->world.memory));
	place->image = g_new(uint64_t, memory_image_max(&place->world.memory));
	memory_begin(&place->world.memory, place->first);
}

static void leave(struct place *place)
{
	g_free(place->first);
	g_free(place->image);
	world_clear(&place->world);
	compiled_free(place->compiled);
	tree_free(place->tree);
}

/* Something happens; false: nothing can, after some tries. */
static bool step(struct place *place, struct prng *prng)
{
	struct event events[WORLD_EVENTS_MAX];
	struct world *world = &place->world;

	for (int tries = 0; tries < 200; tries++) {
		uint32_t count = world_events(world, events);
		struct event event = events[prng_below(prng, count)];

		memory_save(&world->memory, place->image);
		switch (world_happen(world, &event)) {
		case EVENT_TAKEN:
			return true;
		case EVENT_DIFFERS:
			ck_abort_msg("the miniature differs from the model: %s",
				world->pair->difference.what);
		case EVENT_IMPOSSIBLE:
			memory_restore(&world->memory, place->image);
		}
	}
	return false;
}

static bool is_same(struct key a, struct key b)
{
	return a.a == b.a && a.b == b.b;
}

static const struct {
	bool alone, fine;
} ways[] = { { false, false }, { true, false }, { true, true } };

TEST_ROWS(a_state_that_comes_back_has_its_key_and_goes_on_alike, ways)
{
	struct prng prng = { .key = prng_key(1, 0) };
	struct place place;
	uint64_t *here;

	enter(&place, ways[_i].alone, ways[_i].fine);
	here = g_new(uint64_t, memory_image_max(&place.world.memory));
	for (int walk = 0; walk < 60; walk++) {
		memory_restore(&place.world.memory, place.first);
		for (int i = 0; i < 40 && step(&place, &prng); i++) {
			struct prng again = prng, twice = prng;
			struct key at = world_key(&place.world), after;

			memory_save(&place.world.memory, here);
			step(&place, &again);
			after = world_key(&place.world);
			memory_restore(&place.world.memory, here);
			ck_assert(is_same(world_key(&place.world), at));
			step(&place, &twice);
			ck_assert(is_same(world_key(&place.world), after));
			memory_restore(&place.world.memory, here);
		}
	}
	g_free(here);
	leave(&place);
}

/* Which way a state was reached is no part of it: tasks that are moved to where they were. */
TEST(what_is_undone_does_not_count)
{
	struct event to = { .kind = EVENT_MIGRATE, .a = 1, .b = 1 }, back = to;
	struct place place;
	struct key at, moved;

	enter(&place, false, false);
	back.b = 0;
	at = world_key(&place.world);
	ck_assert_int_eq(world_happen(&place.world, &to), EVENT_TAKEN);
	moved = world_key(&place.world);
	ck_assert_int_eq(world_happen(&place.world, &back), EVENT_TAKEN);
	ck_assert(!is_same(moved, at));
	ck_assert(is_same(world_key(&place.world), at));
	leave(&place);
}

/* What may still happen is a part of it: a fork and an exit leave the same words, but one fork less. */
TEST(what_may_still_happen_counts)
{
	struct place place;
	struct key at;

	enter(&place, true, false);
	at = world_key(&place.world);
	place.world.left[MACHINE_FORKS]--;
	ck_assert(!is_same(world_key(&place.world), at));
	place.world.left[MACHINE_FORKS]++;
	ck_assert(is_same(world_key(&place.world), at));
	place.world.exits_only = true;
	at = world_key(&place.world);
	place.world.left[MACHINE_FORKS]--;
	ck_assert(is_same(world_key(&place.world), at));
	leave(&place);
}

/* Random orders of what a search for the end of a spin takes: does one of them end it? */
static bool ends_by_chance(struct place *place, struct prng *prng, const uint64_t *from)
{
	bool ends = false;

	place->world.exits_only = true;
	for (int tries = 0; tries < 20 && !ends; tries++) {
		memory_restore(&place->world.memory, from);
		for (int i = 0; i < 60 && !ends && step(place, prng); i++)
			ends = !world_spins(&place->world);
	}
	place->world.exits_only = false;
	return ends;
}

/* @kind happens, and @actor goes on until its operation is over or @stop. */
static void happens(struct place *place, struct event event, uint32_t actor, enum code_stop stop)
{
	const struct operation *operation = &place->world.pair->operations[actor];
	struct event more = { .kind = EVENT_RESUME, .a = (uint8_t)actor };

	ck_assert_int_eq(world_happen(&place->world, &event), EVENT_TAKEN);
	for (int i = 0; i < 100 && operation->busy && operation->at.stop != stop; i++)
		ck_assert_int_eq(world_happen(&place->world, &more), EVENT_TAKEN);
	ck_assert(operation->busy == (stop != CODE_ENDS));
}

/* B10, as in explore/b10: who comes back from an exec holds the mutex, is switched out, and spins when
 * it is switched in. Before that last switch it could go on. */
TEST(a_spin_of_whom_all_wait_for_cannot_end)
{
	static const sig_atomic_t stop;
	struct place place;
	struct stuck stuck;

	enter(&place, true, false);
	stuck_init(&stuck, &place.world, &stop);
	happens(&place, (struct event){ EVENT_SWITCH, .a = 1, .b = 1 }, ACTOR_CPU + 1, CODE_ENDS);
	happens(&place, (struct event){ EVENT_THREAD, .a = 0, .b = 2 }, ACTOR_TASK, CODE_MUTEX);
	happens(&place, (struct event){ EVENT_EXEC, .a = 1, .b = 1 }, ACTOR_TASK + 1, CODE_ENDS);
	happens(&place, (struct event){ EVENT_RESUME, .a = ACTOR_TASK }, ACTOR_TASK, CODE_ENDS);
	happens(&place, (struct event){ EVENT_RETURN, .a = 1 }, ACTOR_TASK + 1, CODE_RQ);
	happens(&place, (struct event){ EVENT_SWITCH, .a = 1, .b = EVENT_NOBODY }, ACTOR_CPU + 1,
		CODE_ENDS);
	ck_assert(!world_spins(&place.world));
	happens(&place, (struct event){ EVENT_SWITCH, .a = 0, .b = 1 }, ACTOR_CPU, CODE_SPINS);
	ck_assert(world_spins(&place.world) && !world_has_number(&place.world));
	ck_assert(!stuck_can_end(&stuck) && !stuck.gave_up);
	stuck_clear(&stuck);
	leave(&place);
}

/* A search that is stopped has not shown that a spin cannot end. */
TEST(a_search_that_is_stopped_gives_up)
{
	static const sig_atomic_t stop = 1;
	struct place place;
	struct stuck stuck;

	enter(&place, true, false);
	stuck_init(&stuck, &place.world, &stop);
	ck_assert(stuck_can_end(&stuck) && stuck.gave_up);
	stuck_clear(&stuck);
	leave(&place);
}

TEST(a_spin_that_some_order_ends_can_end)
{
	static const sig_atomic_t stop;
	struct prng prng = { .key = prng_key(2, 0) };
	unsigned spins = 0;
	struct place place;
	struct stuck stuck;
	uint64_t *here;

	enter(&place, true, false);
	stuck_init(&stuck, &place.world, &stop);
	here = g_new(uint64_t, memory_image_max(&place.world.memory));
	for (int walk = 0; walk < 3000 && spins < 5; walk++) {
		bool ends, once;

		memory_restore(&place.world.memory, place.first);
		for (int i = 0; i < 60 && !world_spins(&place.world); i++)
			step(&place, &prng);
		if (!world_spins(&place.world))
			continue;
		spins++;
		memory_save(&place.world.memory, here);
		ends = stuck_can_end(&stuck);
		memory_restore(&place.world.memory, here);
		once = stuck_can_end(&stuck); /* from what is known by now */
		ck_assert(ends == once && !place.world.exits_only);
		ck_assert(ends || !ends_by_chance(&place, &prng, here));
	}
	ck_assert_msg(spins > 0, "no get spins");
	g_free(here);
	stuck_clear(&stuck);
	leave(&place);
}
