/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* That states and their numbers are the same, test-local.c shows for all states of many machines.
 */

#include "sim/explore/state/parts.h"

#include "sim/explore/state/expand.h"
#include "tests/lib/machines.h"
#include "tests/lib/sizes.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 60);

static struct pack_layout layout;
static struct parts parts;

static void begin(const struct machine_size *size, bool renamed)
{
	struct machine_config config = sizes_config("7.1", size);

	if (renamed)
		sizes_rename(&config);
	ck_assert(pack_layout_init(&layout, &config));
	parts_init(&parts, &layout);
}

static void end(void)
{
	parts_clear(&parts);
	pack_layout_free(&layout);
}

static state_id start(void)
{
	uint32_t key[PACK_WORDS_MAX];

	pack_write(&layout, layout.blank, key);
	return parts_id(&parts, layout.blank, key);
}

static const struct machine_size wide = { 4, 4, 4, { [FORKS] = 1, [EXITS] = 1 }, false };

TEST(only_where_names_do_not_matter_a_state_is_cut_sorted)
{
	begin(&wide, false);
	ck_assert(!parts_is_sorted(start()));
	end();
	begin(&wide, true);
	ck_assert(parts_is_sorted(start()));
	end();
}

TEST(a_state_begins_with_one_cpu_that_runs_a_task)
{
	struct parts_sorted sorted;
	unsigned idle = 0, floats = 0;

	begin(&wide, true);
	parts_open(&parts, start(), &sorted);
	for (unsigned i = 0; i < PARTS_ELEMENTS_MAX; i++) {
		if (sorted.cpu[i])
			idle += (parts_cpu_traits(&parts, sorted.cpu[i]) & ELEMENT_IDLES) != 0;
		floats += sorted.task[i] != 0;
	}
	ck_assert_uint_eq(idle, 3);
	ck_assert_uint_eq(floats, 3);
	ck_assert_uint_eq(parts_join(sorted.mm, sorted.cpus, sorted.floats), start());
	end();
}

/* The elements of the number @part of @count elements. */
static void read_part(
	const struct dictionary *all, uint32_t part, unsigned count, element *elements)
{
	memset(elements, 0, PARTS_ELEMENTS_MAX * sizeof(*elements));
	memcpy(elements, dictionary_value(all, part), count * sizeof(*elements));
}

static int compare_elements(const void *a, const void *b)
{
	/* 0 is behind all others */
	return (element)(*(const element *)a - 1) - (element)(*(const element *)b - 1);
}

/* Any element replaced by any other: the others stay, in the order of their numbers. */
TEST(to_replace_one_element_keeps_the_others)
{
	struct prng prng = { .key = 3 };

	begin(&wide, true);
	start();
	for (unsigned i = 0; i < 2000; i++) {
		unsigned many = machines_below(&prng, layout.config.tasks_max + 1);
		struct parts_sorted sorted = { 0 };
		element expected[PARTS_ELEMENTS_MAX], found[PARTS_ELEMENTS_MAX], from = 0, to;
		struct parts_change change;

		for (unsigned k = 0; k < many; k++)
			sorted.task[k] = (element)(1 + machines_below(&prng, 6));
		qsort(sorted.task, PARTS_ELEMENTS_MAX, sizeof(element), compare_elements);
		if (many > 0 && (many == layout.config.tasks_max || machines_chance(&prng, 70)))
			from = sorted.task[machines_below(&prng, many)];
		to = (element)machines_below(&prng, 7);
		memcpy(expected, sorted.task, sizeof(expected));
		for (unsigned k = 0; k < PARTS_ELEMENTS_MAX; k++) {
			if (expected[k] == from) {
				expected[k] = to;
				break;
			}
		}
		qsort(expected, PARTS_ELEMENTS_MAX, sizeof(element), compare_elements);
		parts_change_task(&parts, &sorted, from, to, &change);
		read_part(&parts.of[PART_FLOATS], parts_changed(&change), layout.config.tasks_max,
			found);
		ck_assert_mem_eq(found, expected, sizeof(found));
	}
	end();
}

TEST(a_state_whose_parts_have_no_room_is_cut_in_halves)
{
	uint32_t key[PACK_WORDS_MAX], back[PACK_WORDS_MAX];
	state_id id;

	begin(&wide, true);
	parts.of[PART_CPUS].limit = 0;
	id = start();
	ck_assert(!parts_is_sorted(id));
	ck_assert_uint_eq(start(), id);
	pack_write(&layout, layout.blank, key);
	parts_key(&parts, id, back);
	ck_assert_mem_eq(key, back, layout.words * sizeof(*key));
	end();
}

TEST(bytes_grow_with_the_parts)
{
	size_t before;

	begin(&wide, true);
	before = parts_bytes(&parts);
	start();
	ck_assert_uint_gt(parts_bytes(&parts), before);
	end();
}
