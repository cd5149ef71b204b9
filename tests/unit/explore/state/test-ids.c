/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#include "sim/explore/state/ids.h"

#include "sim/base/prng.h"
#include "tests/lib/machines.h"
#include "tests/lib/sizes.h"
#include "tests/lib/suite.h"

enum { MANY = 200000 };

SUITE(.timeout = 120);

static struct pack_layout layout;
static struct parts parts;

static void begin(void)
{
	struct machine_config config = sizes_config("7.1", &small_sizes[0]);

	ck_assert(pack_layout_init(&layout, &config));
	parts_init(&parts, &layout);
}

static void end(void)
{
	parts_clear(&parts);
	pack_layout_free(&layout);
}

/* Some state, in halves or not. */
static state_id draw(struct prng *prng, uint32_t range)
{
	uint32_t a = 1 + machines_below(prng, range), b = 1 + machines_below(prng, range);

	if (machines_chance(prng, 20))
		return PARTS_HALVES | (state_id)a << PARTS_HALF_BITS | b;
	return parts_join(a, 1 + machines_below(prng, range), b);
}

static void grow(struct ids *ids)
{
	ck_assert(ids_grow(ids, &parts));
}

/* Add @id; true: it is new. */
static bool add(struct ids *ids, state_id id, unsigned depth)
{
	enum ids_answer answer = ids_add(ids, id, depth);

	while (answer == IDS_NO_ROOM) {
		grow(ids);
		answer = ids_add(ids, id, depth);
	}
	if (answer == IDS_NEW && ids_count(ids, 1))
		grow(ids);
	return answer == IDS_NEW;
}

TEST(it_is_a_set_and_keeps_the_depth_of_each_state)
{
	struct prng prng = { .key = 7 };
	struct ids ids;
	GHashTable *depths = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	uint64_t met = 0;
	bool same = true;

	begin();
	ck_assert(ids_init(&ids));
	for (unsigned i = 0; i < MANY; i++) {
		state_id id = draw(&prng, 300);
		unsigned depth = 1 + i % PACK_DEPTH_MAX;
		bool is_new = !g_hash_table_contains(depths, &id);

		if (is_new)
			g_hash_table_insert(
				depths, g_memdup2(&id, sizeof(id)), GUINT_TO_POINTER(depth));
		/* whether it is judged is no part of it */
		same &= add(&ids, machines_chance(&prng, 50) ? id | PARTS_JUDGED : id, depth) ==
		        is_new;
	}
	ck_assert(same);
	ck_assert_uint_gt(g_hash_table_size(depths), MANY / 4);
	ck_assert_uint_eq(ids.count, g_hash_table_size(depths));
	for (uint64_t at = 0; at < ids_slots(&ids); at++) {
		unsigned depth;
		state_id id = ids_at(&ids, at, &depth);

		if (!id)
			continue;
		same &= GPOINTER_TO_UINT(g_hash_table_lookup(depths, &id)) == depth;
		met++;
	}
	ck_assert(same);
	ck_assert_uint_eq(met, ids.count);
	g_hash_table_unref(depths);
	ids_clear(&ids);
	end();
}

TEST(a_number_that_is_too_wide_waits_until_the_parts_are_as_many)
{
	struct ids ids;
	state_id wide = parts_join(1, 1, (1u << 17) + 5);

	begin();
	ck_assert(ids_init(&ids));
	ck_assert_int_eq(ids_add(&ids, parts_join(1, 1, 1), 3), IDS_NEW);
	ck_assert_int_eq(ids_add(&ids, wide, 3), IDS_NO_ROOM);
	for (uint64_t i = 1; i <= (1u << 17) + 5; i++) {
		uint64_t value[DICTIONARY_WORDS_MAX] = { i };

		dictionary_number(&parts.of[PART_FLOATS], value);
	}
	grow(&ids);
	ck_assert_int_eq(ids_add(&ids, wide, 3), IDS_NEW);
	ck_assert_int_eq(ids_add(&ids, parts_join(1, 1, 1), 4), IDS_KNOWN);
	ids_clear(&ids);
	end();
}

struct adder {
	struct ids *ids;
	uint64_t seed, added;
};

static gpointer add_some(gpointer context)
{
	struct adder *adder = context;
	struct prng prng = { .key = 11 }; /* all threads draw the same */

	prng.counter = 0;
	for (unsigned i = 0; i < 2000; i++)
		adder->added += ids_add(adder->ids, draw(&prng, 40), 1) == IDS_NEW;
	return NULL;
}

TEST(of_threads_that_add_the_same_state_one_has_added_it)
{
	struct adder adders[3] = { { 0 } };
	struct adder again = { 0 };
	GThread *threads[3];
	struct ids ids;

	begin();
	ck_assert(ids_init(&ids));
	for (unsigned i = 0; i < 3; i++) {
		adders[i].ids = &ids;
		threads[i] = g_thread_new("adder", add_some, &adders[i]);
	}
	for (unsigned i = 0; i < 3; i++)
		g_thread_join(threads[i]);
	again.ids = &ids;
	add_some(&again);
	ck_assert_uint_eq(again.added, 0);
	ids_clear(&ids);
	ck_assert(ids_init(&ids));
	add_some(&again);
	ck_assert_uint_gt(again.added, 1000);
	ck_assert_uint_eq(adders[0].added + adders[1].added + adders[2].added, again.added);
	ids_clear(&ids);
	end();
}
