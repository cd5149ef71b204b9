/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* All states that can be reached, and not only verdicts: the reductions leave out what they say. */

#include "sim/explore/state/expand.h"

#include <glib.h>

#include "model/walk.h"
#include "tests/lib/sizes.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 250);

/* States that a machine of @config can reach. */
struct space {
	struct machine_config config;
	struct pack_layout layout;
	struct expander expander;
	GHashTable *keys; /* GBytes */
	GQueue waiting;   /* of keys, borrowed */
};

static GBytes *key_bytes(const struct pack_layout *layout, const uint32_t *key)
{
	return g_bytes_new(key, layout->words * sizeof(*key));
}

static void space_add(struct space *space, const uint32_t *key)
{
	GBytes *bytes = key_bytes(&space->layout, key);

	if (g_hash_table_contains(space->keys, bytes)) {
		g_bytes_unref(bytes);
		return;
	}
	g_hash_table_add(space->keys, bytes);
	g_queue_push_tail(&space->waiting, bytes);
}

static void on_space(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	(void)step;
	(void)next;
	space_add(context, key);
}

static const uint32_t *next_key(struct space *space)
{
	return g_bytes_get_data(g_queue_pop_head(&space->waiting), NULL);
}

static void space_init(struct space *space, const struct machine_config *config)
{
	uint32_t key[PACK_WORDS_MAX];

	space->config = *config;
	ck_assert(pack_layout_init(&space->layout, config));
	expander_init(&space->expander, &space->layout);
	space->keys = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	g_queue_init(&space->waiting);
	pack_write(&space->layout, space->layout.blank, key);
	space_add(space, key);
	while (space->waiting.length > 0) {
		expander_read(&space->expander, next_key(space));
		expander_steps(&space->expander, on_space, space);
	}
}

static void space_free(struct space *space)
{
	g_hash_table_unref(space->keys);
	expander_free(&space->expander);
	pack_layout_free(&space->layout);
}

/* Is @machine one that a reduced machine also reaches: no switch is half done, the dead are gone? */
static bool is_reachable_reduced(const struct machine *machine, const struct machine_config *config)
{
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++) {
		const struct model_cpu *c = model_cpu_const(machine_model_const(machine), cpu);

		if (c->phase == CPU_BETWEEN)
			return false;
		/* one that was handed a number stays in a reduced one, too */
		if (c->curr != TASK_NONE && machine->pc[c->curr] == PC_DEAD &&
			cid_is_unset(model_task_const(machine_model_const(machine), c->curr)->cid))
			return false;
	}
	return true;
}

/* ... and nobody waits for a lock that is free by now? The lock of a switch that spins is the only
 * one that a reduced machine waits for. */
static bool is_reachable_and_goes_on(const struct machine *machine, const struct machine_config *config)
{
	const struct model *model = machine_model_const(machine);

	return is_reachable_reduced(machine, config) &&
	       !(machine->waiting &&
		       model_cpu_const(model, walk_next_cpu(model, 0))->phase == CPU_FREE);
}

/* Those of the states of @space that are @wanted, as @other writes them. */
static GHashTable *written_by(struct space *space, const struct space *other,
	bool (*wanted)(const struct machine *machine, const struct machine_config *config))
{
	GHashTable *keys = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	GHashTableIter iter;
	gpointer bytes;

	g_hash_table_iter_init(&iter, space->keys);
	while (g_hash_table_iter_next(&iter, &bytes, NULL)) {
		uint32_t key[PACK_WORDS_MAX];

		expander_read(&space->expander, g_bytes_get_data(bytes, NULL));
		if (!wanted(space->expander.base, &space->config))
			continue;
		pack_write(&other->layout, space->expander.base, key);
		g_hash_table_add(keys, key_bytes(&other->layout, key));
	}
	return keys;
}

static bool contains_all(GHashTable *keys, GHashTable *others)
{
	GHashTableIter iter;
	gpointer bytes;

	g_hash_table_iter_init(&iter, others);
	while (g_hash_table_iter_next(&iter, &bytes, NULL)) {
		if (!g_hash_table_contains(keys, bytes))
			return false;
	}
	return true;
}

TEST_ROWS(reduced_all_states_are_come_to_in_which_no_switch_is_half_done, small_sizes)
{
	size_t revisions;
	const struct revision *table = revision_table(&revisions);

	for (size_t i = 0; i < revisions; i++) {
		struct machine_config config = sizes_config(table[i].name, &small_sizes[_i]);
		struct space reduced, exact;
		GHashTable *reachable, *goes_on;

		space_init(&reduced, &config);
		config.reduced = false;
		space_init(&exact, &config);
		reachable = written_by(&exact, &reduced, is_reachable_reduced);
		goes_on = written_by(&exact, &reduced, is_reachable_and_goes_on);
		ck_assert_msg(
			contains_all(reduced.keys, goes_on), "%s: one is left out", table[i].name);
		ck_assert_msg(
			contains_all(reachable, reduced.keys), "%s: one is made up", table[i].name);
		g_hash_table_unref(reachable);
		g_hash_table_unref(goes_on);
		space_free(&reduced);
		space_free(&exact);
	}
}

/* Where a walk is under way, what it has been to is said otherwise. */
static bool is_idle(const struct machine *machine, const struct machine_config *config)
{
	(void)config;
	return machine_mm(machine)->phase == PHASE_IDLE;
}

TEST_ROWS(walks_in_any_order_reach_all_states_of_the_kernels_order, small_sizes)
{
	size_t revisions;
	const struct revision *table = revision_table(&revisions);

	for (size_t i = 0; i < revisions; i++) {
		struct machine_config config = sizes_config(table[i].name, &small_sizes[_i]);
		struct space any, own;
		GHashTable *idle;

		space_init(&own, &config);
		sizes_rename(&config);
		space_init(&any, &config);
		idle = written_by(&own, &any, is_idle);
		ck_assert_msg(contains_all(any.keys, idle), "%s: one is left out", table[i].name);
		g_hash_table_unref(idle);
		space_free(&any);
		space_free(&own);
	}
}
