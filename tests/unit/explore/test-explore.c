/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Reductions change no verdict. */

#include "sim/explore/explore.h"

#include <glib.h>

#include "tests/lib/sizes.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 250);

/* The properties that are broken anywhere: those that a search finds are not asked for again. */
static unsigned all_broken(const struct machine_config *config)
{
	unsigned broken = 0, found;

	do {
		struct search_result *result = sizes_search(config, ALL & ~broken, 1);

		ck_assert_int_ne(result->verdict, SEARCH_UNDECIDED);
		found = result->broken;
		ck_assert_uint_eq(found & broken, 0);
		broken |= found;
		search_result_free(result);
	} while (found);
	return broken;
}

static void compare_reductions(struct machine_config config, const char *what)
{
	struct machine_config plain = config;
	unsigned broken;

	plain.reduced = false;
	broken = all_broken(&plain);
	for (int i = 1; i < 4; i++) {
		struct machine_config other = plain;
		unsigned other_broken;

		other.reduced = i & 1;
		if (i & 2)
			sizes_rename(&other);
		other_broken = all_broken(&other);
		if (other_broken == broken)
			continue;
		machines_print_config(&other);
		fflush(stdout);
		ck_abort_msg("%s: 0x%x is broken, not 0x%x", what, other_broken, broken);
	}
}

TEST_ROWS(what_is_broken_is_broken_however_it_is_reduced, small_sizes)
{
	size_t revisions;
	const struct revision *table = revision_table(&revisions);
	const struct machine_size *size = &small_sizes[_i];

	for (size_t i = 0; i < revisions; i++)
		compare_reductions(sizes_config(table[i].name, size), table[i].name);
}

/* Flags that no revision has. */
static const char *const candidates[][2] = {
	{ "exec-return", "get" },
	{ "exec-return", "late" },
	{ "walk-unset", "drop" },
	{ "walk-unset", "hand-over" },
	{ "last-exit", "clean" },
	{ "split-get", "on" },
	{ "affinity-return", "below" },
	{ "thrs-policy", "none" },
};

TEST_ROWS(so_it_is_with_every_candidate, candidates)
{
	for (int i = 0; i < SIZES_SMALL; i++) {
		struct machine_config config = sizes_config("7.1", &small_sizes[i]);

		ck_assert_int_eq(
			protocol_set(&config.protocol, candidates[_i][0], candidates[_i][1]), 0);
		compare_reductions(config, candidates[_i][1]);
	}
}

/* Where nothing leads back no CPU walk is made, and what has been walked is in no state. */
TEST_RANGE(without_names_there_are_no_more_states, 0, 3)
{
	static const struct machine_size sizes[] = {
		{ 3, 3, 3, { [FORKS] = 1 }, false },
		{ 2, 2, 2, { [FORKS] = 1, [CLONE_VMS] = 1 }, false },
		{ 2, 2, 2, { [FORKS] = 1 }, true },
	};
	size_t revisions;
	const struct revision *table = revision_table(&revisions);

	for (size_t i = 0; i < revisions; i++) {
		struct machine_config config = sizes_config(table[i].name, &sizes[_i]);
		struct search_result *named = sizes_search(&config, 0, 1), *renamed;

		sizes_rename(&config);
		renamed = sizes_search(&config, 0, 1);
		ck_assert_int_eq(named->verdict, SEARCH_HOLDS);
		ck_assert_int_eq(renamed->verdict, SEARCH_HOLDS);
		ck_assert_uint_le(renamed->states, named->states);
		search_result_free(named);
		search_result_free(renamed);
	}
}
