/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#include "sim/explore/state/list.h"

#include "sim/base/prng.h"
#include "sim/explore/state/sort.h"
#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

enum { MANY = 20000 };

SUITE(.timeout = 60);

static state_id ids[MANY], back[MANY + LIST_BLOCK];

static int compare(const void *a, const void *b)
{
	state_id x = *(const state_id *)a, y = *(const state_id *)b;

	return x < y ? -1 : x > y;
}

/* A number of at most @bits bits, not 0. */
static uint32_t draw_number(struct prng *prng, unsigned bits)
{
	return 1 + machines_below(prng, (1u << bits) - 1);
}

/* @count states at most, of parts with such @widths, sorted, each once, some judged, @halves
 * percent of them in halves. Returns how many. */
static unsigned draw(
	struct prng *prng, const struct list_widths *w, unsigned count, unsigned halves)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < count; i++) {
		state_id judged = machines_chance(prng, 50) ? PARTS_JUDGED : 0;

		if (machines_chance(prng, halves))
			ids[i] =
				PARTS_HALVES |
				(state_id)parts_reverse(draw_number(prng, w->left), PARTS_HALF_BITS)
					<< PARTS_LEFT_AT |
				(state_id)draw_number(prng, w->right) << PARTS_RIGHT_AT;
		else
			ids[i] = parts_join(draw_number(prng, w->mm), draw_number(prng, w->cpus),
				draw_number(prng, w->floats));
		ids[i] |= judged;
	}
	qsort(ids, count, sizeof(*ids), compare);
	for (unsigned i = 0; i < count; i++) {
		if (kept > 0 && ((ids[kept - 1] ^ ids[i]) & ~PARTS_JUDGED) == 0)
			continue;
		ids[kept++] = ids[i];
	}
	return kept;
}

static struct list_widths draw_widths(struct prng *prng)
{
	struct list_widths widths = {
		.cpus = (uint8_t)(1 + machines_below(prng, PARTS_CPUS_BITS)),
		.mm = (uint8_t)(1 + machines_below(prng, PARTS_MM_BITS)),
		.floats = (uint8_t)(1 + machines_below(prng, PARTS_FLOATS_BITS)),
		.left = (uint8_t)(1 + machines_below(prng, PARTS_HALF_BITS)),
		.right = (uint8_t)(1 + machines_below(prng, PARTS_HALF_BITS)),
	};

	return widths;
}

/* ids[0..count) as a list of a few pieces. */
static struct state_list *list_of(
	struct prng *prng, const struct list_widths *widths, unsigned count)
{
	struct list_writer writers[2] = { { .count = 0 }, { .count = 0 } };
	struct list_piece pieces[4];
	struct state_list *list;
	unsigned done = 0;

	list_writer_begin(&writers[0], widths);
	list_writer_begin(&writers[1], widths);
	for (unsigned i = 0; i < 4; i++) {
		unsigned many = i < 3 ? machines_below(prng, count - done + 1) : count - done;

		pieces[i] = list_write(&writers[i % 2], ids + done, many);
		done += many;
	}
	list = list_new(pieces, 4, 7);
	list_writer_clear(&writers[0]);
	list_writer_clear(&writers[1]);
	ck_assert_uint_eq(list->count, count);
	ck_assert_uint_eq(list->depth, 7);
	return list;
}

static void read_all(const struct state_list *list, unsigned count)
{
	unsigned done = 0;

	for (uint64_t block = 0; block < list->blocks_count; block++)
		done += list_read(list, block, back + done);
	ck_assert_uint_eq(done, count);
	ck_assert_mem_eq(back, ids, count * sizeof(*ids));
}

/* With all widths, from few states to many: what is read is what was written. */
TEST_RANGE(what_is_written_is_read, 0, 300)
{
	struct prng prng = { .key = prng_key(11, (uint64_t)_i) };
	struct list_widths widths = draw_widths(&prng);
	unsigned count = 1 + machines_below(&prng, _i % 3 ? 600 : MANY);
	struct state_list *list;

	count = draw(&prng, &widths, count, _i % 5 * 25);
	list = list_of(&prng, &widths, count);
	read_all(list, count);
	list_free(list);
}

TEST(a_list_may_be_empty)
{
	struct list_widths widths = { 1, 1, 1, 1, 1 };
	struct list_writer writer = { .count = 0 };
	struct list_piece piece;
	struct state_list *list;

	list_writer_begin(&writer, &widths);
	piece = list_write(&writer, NULL, 0);
	list = list_new(&piece, 1, 0);
	ck_assert_uint_eq(list->count, 0);
	ck_assert_uint_eq(list->blocks_count, 0);
	list_free(list);
	list_writer_clear(&writer);
}

/* A state is in the block that is found for it, or in none. */
TEST_RANGE(the_block_of_a_state_is_found, 0, 20)
{
	struct prng prng = { .key = prng_key(12, (uint64_t)_i) };
	struct list_widths widths = draw_widths(&prng);
	unsigned count = draw(&prng, &widths, 3000, 30);
	struct state_list *list = list_of(&prng, &widths, count);

	for (unsigned i = 0; i < count; i++) {
		uint64_t block = list_find(list, ids[i]);
		unsigned read = list_read_plain(list, block, back);
		state_id plain = ids[i] & ~PARTS_JUDGED;

		ck_assert_ptr_nonnull(bsearch(&plain, back, read, sizeof(*back), compare));
	}
	ck_assert_uint_eq(list_find(list, 0), 0);
	ck_assert_uint_eq(list_find(list, UINT64_MAX), list->blocks_count - 1);
	list_free(list);
}

/* The bound on which the room for a level is computed holds, and is not far away. */
TEST_RANGE(bytes_are_bounded_by_widths_and_count, 0, 60)
{
	struct prng prng = { .key = prng_key(13, (uint64_t)_i) };
	uint8_t bits = (uint8_t)(5 + _i % 14);
	struct list_widths sorted = { bits, 10, 8, 1, 1 }, halves = { 1, 1, 1, bits, 12 };
	struct list_widths widths = _i % 2 ? halves : sorted;
	unsigned count = draw(&prng, &widths, MANY, _i % 2 ? 100 : 0);
	struct list_writer writer = { .count = 0 };
	struct list_piece piece;
	struct state_list *list;

	list_writer_begin(&writer, &widths);
	piece = list_write(&writer, ids, count);
	list = list_new(&piece, 1, 0);
	ck_assert_uint_le(list_bytes(list), list_bytes_for(&widths, count));
	ck_assert_uint_gt(2 * list_bytes(list), list_bytes_for(&widths, count));
	list_free(list);
	list_writer_clear(&writer);
}

/* A writer that begins again has forgotten what it wrote. */
TEST(a_writer_is_used_again)
{
	struct prng prng = { .key = 14 };
	struct list_widths widths = { 20, 10, 10, 20, 20 };
	struct list_writer writer = { .count = 0 };

	for (unsigned i = 0; i < 20; i++) {
		unsigned count = draw(&prng, &widths, 1 + 500 * i, 10);
		struct list_piece piece;
		struct state_list *list;

		list_writer_begin(&writer, &widths);
		piece = list_write(&writer, ids, count);
		list = list_new(&piece, 1, i);
		read_all(list, count);
		list_free(list);
	}
	list_writer_clear(&writer);
}

TEST_RANGE(numbers_are_reversed, 1, 32)
{
	struct prng prng = { .key = prng_key(15, (uint64_t)_i) };
	unsigned bits = (unsigned)_i;

	for (unsigned i = 0; i < 100; i++) {
		uint32_t number = machines_below(&prng, bits == 31 ? INT32_MAX : 1u << bits);
		uint32_t reversed = parts_reverse(number, bits);

		for (unsigned bit = 0; bit < bits; bit++)
			ck_assert_uint_eq(number >> bit & 1, reversed >> (bits - 1 - bit) & 1);
		ck_assert_uint_eq(reversed >> (bits - 1) >> 1, 0);
	}
}
