/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What a search finds: the known defects by their shortest paths, and in everything else the same as
 * brute force; and the names of modes, reasons and verdicts. */

#include "sim/explore/search/search.h"

#include <glib.h>

#include "sim/explore/state/judge.h"
#include "tests/lib/sizes.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 250);

TEST_ROWS(each_known_defect_is_found_by_a_shortest_way, known_defects)
{
	const struct known_defect *defect = &known_defects[_i];
	struct machine_config config = sizes_config(defect->revision, &defect->size);

	ck_assert_int_eq(sizes_length(&config, defect->check), defect->length);
	config.reduced = false;
	ck_assert_int_eq(sizes_length(&config, defect->check), defect->exact);
}

TEST_ROWS(each_known_defect_is_gone_where_it_was_fixed, known_defects)
{
	const struct known_defect *defect = &known_defects[_i];
	struct machine_config config;

	if (!defect->absent)
		return;
	config = sizes_config(defect->absent, &defect->size);
	ck_assert_int_eq(sizes_length(&config, defect->check), -1);
	sizes_rename(&config);
	ck_assert_int_eq(sizes_length(&config, defect->check), -1);
}

TEST(b2_takes_weak_memory)
{
	struct machine_config config = sizes_config("6.19-livelock", &known_defects[1].size);

	config.weak = false;
	ck_assert_int_eq(sizes_length(&config, CHECK_I3), -1);
}

/* Without failed execs 7.1 breaks nothing but RETURN, which is B8. */
static const struct machine_size current_sizes[] = {
	{ 2, 2, 2, { [FORKS] = 2, [EXITS] = 2 }, false },
	{ 3, 3, 2, { [FORKS] = 1, [VFORKS] = 1, [EXECS] = 1 }, false },
	{ 4, 2, 3, { [CLONE_VMS] = 1, [EXITS] = 2 }, false },
	{ 4, 1, 2, { [FORKS] = 1, [EXITS] = 1, [AFFINITIES] = 1 }, false },
};

TEST_ROWS(without_failed_execs_7_1_holds_but_for_return, current_sizes)
{
	struct machine_config config = sizes_config("7.1", &current_sizes[_i]);

	ck_assert_int_eq(sizes_length(&config, ALL & ~EXPLORE_RETURN), -1);
	sizes_rename(&config);
	ck_assert_int_eq(sizes_length(&config, ALL & ~EXPLORE_RETURN), -1);
}

TEST(what_cannot_be_packed_or_begun_cannot_be_searched)
{
	struct machine_config config = machines_config("v1", 1, 1, 2);

	ck_assert(search_can(&config, ALL));
	config.tasks_start = 2;
	ck_assert(!search_can(&config, ALL));
	config = machines_config("v3", MACHINE_CPUS_MAX, 2, MACHINE_TASKS_MAX);
	memset(config.may, MACHINE_LEFT_MAX, sizeof(config.may));
	ck_assert(!search_can(&config, ALL));
}

TEST(modes_have_names)
{
	for (int i = SEARCH_BFS; i <= SEARCH_WALK; i++) {
		enum search_mode mode = (enum search_mode)(SEARCH_WALK - i);

		ck_assert(search_mode_read(search_mode_to_string((enum search_mode)i), &mode));
		ck_assert_int_eq(mode, i);
	}
	ck_assert_str_eq(search_mode_to_string(SEARCH_BITSTATE), "bitstate");
}

TEST(other_names_are_not_read)
{
	enum search_mode mode = SEARCH_DFS;

	ck_assert(!search_mode_read("", &mode));
	ck_assert(!search_mode_read("BFS", &mode));
	ck_assert(!search_mode_read("walks", &mode));
	ck_assert_int_eq(mode, SEARCH_DFS);
}

/* By brute force: unpacked machines, byte by byte, level by level */

struct naive {
	const struct machine_config *config;
	unsigned check;
	struct pack_layout layout;
	struct judge judge;
	GHashTable *seen;         /* GBytes of machines */
	GHashTable *states;       /* GBytes of packed states, only to count them */
	GQueue now, next;         /* GBytes, borrowed from seen */
	int depth;                /* of next */
};

static void naive_add(struct naive *naive, const struct machine *machine)
{
	GBytes *bytes = g_bytes_new(machine, sizeof(*machine));
	uint32_t key[PACK_WORDS_MAX];

	if (g_hash_table_contains(naive->seen, bytes)) {
		g_bytes_unref(bytes);
		return;
	}
	g_hash_table_add(naive->seen, bytes);
	g_queue_push_tail(&naive->next, bytes);
	pack_write(&naive->layout, machine, key);
	g_hash_table_add(naive->states, g_bytes_new(key, naive->layout.words * sizeof(*key)));
}

static void naive_expand(struct naive *naive, const struct machine *machine)
{
	static struct explore_step steps[MACHINE_STEPS_MAX];
	const struct machine_twins none = { 0, 0 };
	unsigned count = machine_steps(machine, naive->config, none, steps);
	struct machine next;

	for (unsigned i = 0; i < count; i++) {
		next = *machine;
		machine_apply(&next, naive->config, &steps[i], NULL);
		naive_add(naive, &next);
	}
}

/* Look at a level. Returns what is broken in it, and if nothing is has the next one ready. */
static unsigned naive_level(struct naive *naive)
{
	unsigned broken = 0;

	for (GList *at = naive->now.head; at; at = at->next)
		broken |=
			judge_machine(&naive->judge, g_bytes_get_data(at->data, NULL), naive->check);
	for (GList *at = naive->now.head; at && !broken; at = at->next)
		naive_expand(naive, g_bytes_get_data(at->data, NULL));
	return broken;
}

/* The length of a shortest way to what is broken, -1: nothing is; and all states up to there. */
static int naive_search(const struct machine_config *config, unsigned check, uint64_t *states)
{
	struct naive naive = { .config = config, .check = check };
	struct machine *start = machines_new(config);
	unsigned broken = 0;

	ck_assert(pack_layout_init(&naive.layout, config));
	judge_init(&naive.judge, config, 0);
	naive.seen = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	naive.states = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	naive_add(&naive, start);
	while (!broken && naive.next.length > 0) {
		g_queue_clear(&naive.now);
		naive.now = naive.next;
		g_queue_init(&naive.next);
		broken = naive_level(&naive);
		naive.depth++;
	}
	*states = g_hash_table_size(naive.states);
	g_queue_clear(&naive.now);
	g_hash_table_unref(naive.states);
	g_hash_table_unref(naive.seen);
	judge_clear(&naive.judge);
	pack_layout_free(&naive.layout);
	free(start);
	return broken ? naive.depth - 1 : -1;
}

static const struct machine_size tiny_sizes[] = {
	{ 2, 2, 2, { [FORKS] = 1 }, false },
	{ 2, 2, 1, { [FORKS] = 2, [EXITS] = 1 }, false },
	{ 2, 2, 2, { [FAILED_EXECS] = 1, [EXITS] = 1 }, false },
	{ 2, 2, 1, { [VFORKS] = 1, [EXECS] = 1 }, false },
	{ 2, 1, 2, { [EXITS] = 1, [AFFINITIES] = 1 }, false },
	{ 2, 2, 2, { [FORKS] = 1 }, true },
};

TEST_ROWS(brute_force_finds_the_same, tiny_sizes)
{
	size_t revisions;
	const struct revision *table = revision_table(&revisions);

	for (size_t i = 0; i < revisions; i++) {
		struct machine_config config = sizes_config(table[i].name, &tiny_sizes[_i]);
		struct search_result *result;
		uint64_t states;
		int length;

		config.reduced = false;
		length = naive_search(&config, ALL, &states);
		result = sizes_search(&config, ALL, 1);
		ck_assert_msg((result->verdict == SEARCH_VIOLATED) == (length >= 0),
			"%s: brute force finds %d", table[i].name, length);
		/* what is left out of packed states makes the last level of unpacked machines later
		 */
		if (length >= 0)
			ck_assert_int_eq((int)result->depth, length);
		ck_assert_uint_eq(result->states, states);
		search_result_free(result);
	}
}
