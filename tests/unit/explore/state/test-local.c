/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What is kept from other states is what the model says of this one: of every state that machines
 * of many kinds can reach, all steps, where they lead, and what is known to break nothing. */

#include "sim/explore/state/local.h"

#include "sim/base/prng.h"
#include "sim/explore/state/local-private.h"
#include "tests/lib/machines.h"
#include "tests/lib/sizes.h"
#include "tests/lib/suite.h"

enum { FORGETS = 3000 /* states */ };

SUITE(.timeout = 250);

struct space {
	struct pack_layout layout;
	struct parts parts;
	struct expander expander;
	struct local *local;
	GHashTable *seen; /* of ids */
	GQueue waiting;   /* of ids, borrowed */
	uint64_t sum, steps;
	uint64_t judged; /* successors that are known to break nothing */
	uint64_t halves; /* successors that are cut in halves */
	uint64_t kept;   /* states that were expanded without the model */
	bool all_clean;  /* each state that is said to break nothing breaks nothing */
};

static void add(struct space *space, state_id id)
{
	gpointer copy;

	id &= ~PARTS_JUDGED;
	if (g_hash_table_contains(space->seen, &id))
		return;
	copy = g_memdup2(&id, sizeof(id));
	g_hash_table_add(space->seen, copy);
	g_queue_push_tail(&space->waiting, copy);
}

/* A sum that does not depend on the order of the steps. */
static void count_step(struct space *space, enum step_verb verb, const uint32_t *key)
{
	uint64_t hash = verb;

	for (unsigned i = 0; i < space->layout.words; i++)
		hash = hash_pair(hash, key[i]);
	space->sum += hash;
	space->steps++;
}

static void on_kept(void *context, enum step_verb verb, state_id next)
{
	struct space *space = context;
	uint32_t key[PACK_WORDS_MAX];

	parts_key(&space->parts, next, key);
	count_step(space, verb, key);
	space->halves += !parts_is_sorted(next);
	if (next & PARTS_JUDGED) {
		space->judged++;
		struct pack_contents contents;
		struct machine *machine = g_memdup2(space->layout.blank, sizeof(struct machine));

		pack_read(&space->layout, key, machine, &contents);
		space->all_clean &= machine_check(machine) == 0 && !machine_spins(machine);
		g_free(machine);
	}
	add(space, next);
}

static void on_model(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	(void)next;
	count_step(context, (enum step_verb)step->verb, key);
}

static void space_init(struct space *space, const struct machine_config *config)
{
	uint32_t key[PACK_WORDS_MAX];

	ck_assert(pack_layout_init(&space->layout, config));
	parts_init(&space->parts, &space->layout);
	expander_init(&space->expander, &space->layout);
	space->local = local_new(&space->parts, CHECK_ALL_SAFETY);
	space->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	g_queue_init(&space->waiting);
	pack_write(&space->layout, space->layout.blank, key);
	add(space, parts_id(&space->parts, space->layout.blank, key));
}

static void space_free(struct space *space)
{
	g_queue_clear(&space->waiting);
	g_hash_table_unref(space->seen);
	local_free(space->local);
	expander_free(&space->expander);
	parts_clear(&space->parts);
	pack_layout_free(&space->layout);
}

/* Look at up to @most states, with room for @limit sets of CPUs and of floating tasks; 0: as many
 * as there are. Now and then all that is kept is forgotten. */
static struct space compare_within(
	const struct machine_config *config, unsigned most, uint32_t limit, const char *what)
{
	struct space space = { .all_clean = true };

	space_init(&space, config);
	if (limit > 0)
		space.parts.of[PART_CPUS].limit = space.parts.of[PART_FLOATS].limit = limit;
	for (unsigned i = 0; i < most && space.waiting.length > 0; i++) {
		state_id id = *(const state_id *)g_queue_pop_head(&space.waiting);
		uint32_t key[PACK_WORDS_MAX];
		uint64_t sum, steps;

		if (i % FORGETS == FORGETS - 1)
			local_forget(space.local);
		parts_key(&space.parts, id, key);
		expander_read(&space.expander, key);
		if (parts_id(&space.parts, space.expander.base, key) != id)
			ck_abort_msg("%s: a state has two numbers", what);
		space.sum = space.steps = 0;
		expander_steps(&space.expander, on_model, &space);
		sum = space.sum;
		steps = space.steps;
		space.sum = space.steps = 0;
		if (machine_check(space.expander.base) == 0)
			id |= PARTS_JUDGED;
		if (local_steps(space.local, &id, 1, on_kept, &space) != steps ||
			space.steps != steps || space.sum != sum)
			ck_abort_msg("%s: what is kept is not what the model says", what);
		if (!space.all_clean)
			ck_abort_msg("%s: a state breaks what it is said to keep", what);
	}
	space.kept = local_kept(space.local);
	space_free(&space);
	return space;
}

static struct space compare(const struct machine_config *config, unsigned most, const char *what)
{
	return compare_within(config, most, 0, what);
}

TEST_ROWS(all_states_of_small_machines, small_sizes)
{
	size_t revisions;
	const struct revision *table = revision_table(&revisions);

	for (size_t i = 0; i < revisions; i++) {
		struct machine_config config = sizes_config(table[i].name, &small_sizes[_i]);

		compare(&config, 3000, table[i].name);
		config.reduced = false;
		compare(&config, 6000, table[i].name);
		config.reduced = true;
		sizes_rename(&config);
		compare(&config, 6000, table[i].name);
	}
}

TEST_ROWS(states_of_machines_with_known_defects, known_defects)
{
	const struct known_defect *defect = &known_defects[_i];
	struct machine_config config = sizes_config(defect->revision, &defect->size);

	config.reduced = false;
	compare(&config, 30000, defect->name);
	config.reduced = true;
	sizes_rename(&config);
	compare(&config, 30000, defect->name);
}

/* There what is kept is used: all but a few states need no model. */
TEST(few_states_of_a_wide_machine_need_the_model)
{
	const struct machine_size size = { 6, 6, 6, { [FORKS] = 1, [EXITS] = 1 }, false };
	struct machine_config config = sizes_config("7.1", &size);
	struct space space;

	sizes_rename(&config);
	space = compare(&config, 20000, "wide");
	ck_assert_uint_gt(space.kept, 18000);
	ck_assert_uint_gt(space.judged, 5 * 18000);
}

/* The same where nothing is reduced. The model takes only what is no switch,
 * migration, fork or exit. */
TEST(few_states_of_an_unreduced_machine_need_the_model_for_all)
{
	const struct machine_size size = { 3, 3, 3, { [FORKS] = 1, [EXITS] = 2 }, false };
	struct machine_config config = sizes_config("7.1", &size);
	struct space space;

	config.reduced = false;
	space = compare(&config, 60000, "unreduced");
	ck_assert_uint_gt(space.kept, 55000);
	ck_assert_uint_gt(space.judged, 5 * 55000);
}

/* Some states are cut in halves then, also in the middle of what is kept. */
TEST_RANGE(parts_without_room_change_no_step, 0, 4)
{
	static const uint32_t limits[] = { 1, 5, 20, 60 };
	const struct machine_size size = { 4, 4, 4, { [FORKS] = 1, [EXITS] = 1 }, false };
	struct machine_config config = sizes_config("7.1", &size);
	struct space space;

	sizes_rename(&config);
	space = compare_within(&config, 8000, limits[_i], "limited");
	ck_assert_uint_gt(space.halves, 0);
}

TEST_LONG(machines_at_random, 0, 60, 3000)
{
	struct prng prng = { .key = prng_key(35, (uint64_t)_i) };
	struct machine_config config = machines_random_config(&prng, 5);

	compare(&config, 1500, "as drawn");
	config.reduced = true;
	sizes_rename(&config);
	if (!search_can(&config, 0))
		return;
	compare(&config, 3000, "renamed");
}
