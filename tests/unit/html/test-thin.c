/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/prng.h"
#include "sim/html/thin.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 60);

enum { LANES = 5, ROOM = 400, LAST = 1000000 };

static void add(struct html_thin *thin, unsigned lane, uint64_t start, uint64_t length, uint32_t value)
{
	const struct html_item item = { .start = start, .length = length, .value = value };

	html_thin_add(thin, lane, &item);
}

TEST(all_is_kept_where_there_is_room)
{
	struct html_thin thin;
	unsigned count;

	html_thin_init(&thin, HTML_POINTS, ROOM, 0, LAST);
	for (unsigned i = 0; i < ROOM - 1; i++)
		add(&thin, 3, i, 0, i % 7);
	html_thin_end(&thin);
	ck_assert_uint_eq(thin.cell, 0);
	ck_assert_uint_eq(thin.kept, ROOM - 1);
	html_thin_lane(&thin, 3, &count);
	ck_assert_uint_eq(count, ROOM - 1);
	ck_assert_ptr_null(html_thin_lane(&thin, 0, &count));
	ck_assert_ptr_null(html_thin_lane(&thin, 9, &count));
	html_thin_clear(&thin);
}

/* The lowest, the highest and the longest of a lane, and its last item. */
struct extent {
	uint64_t longest, last;
	uint32_t low, high;
};

static void extend(struct extent *extent, uint64_t start, uint64_t length, uint32_t value)
{
	extent->longest = MAX(extent->longest, length);
	extent->last = start;
	extent->low = MIN(extent->low, value);
	extent->high = MAX(extent->high, value);
}

static void compare(const struct html_thin *thin, unsigned lane, const struct extent *all)
{
	struct extent kept = { .low = UINT32_MAX };
	unsigned count;
	const struct html_item *items = html_thin_lane(thin, lane, &count);

	for (unsigned i = 0; i < count; i++) {
		ck_assert(i == 0 || items[i - 1].start <= items[i].start);
		extend(&kept, items[i].start, items[i].length, items[i].value);
	}
	if (thin->kind == HTML_BOXES) {
		ck_assert_uint_eq(kept.longest, all->longest);
		return;
	}
	ck_assert_uint_eq(kept.low, all->low);
	ck_assert_uint_eq(kept.high, all->high);
	ck_assert_uint_eq(kept.last, all->last);
}

static void fill(struct html_thin *thin, struct prng *prng, struct extent all[LANES])
{
	uint64_t time[LANES] = { 0 };
	unsigned items = (unsigned)prng_below(prng, 20 * ROOM);

	for (unsigned i = 0; i < items; i++) {
		unsigned lane = (unsigned)prng_below(prng, LANES);
		uint64_t length = thin->kind == HTML_BOXES ? prng_below(prng, 100) : 0;
		uint32_t value = (uint32_t)prng_below(prng, 1000);

		time[lane] = MIN(time[lane] + prng_below(prng, 200), LAST);
		add(thin, lane, time[lane], length, value);
		extend(&all[lane], time[lane], length, value);
		ck_assert_uint_lt(thin->kept, ROOM);
	}
	ck_assert_uint_eq(thin->seen, items);
}

TEST_RANGE(what_shows_most_stays, 0, 200)
{
	struct extent all[LANES];
	struct html_thin thin;
	struct prng prng = { 0 };

	prng.key = prng_key((uint64_t)_i, 1);
	for (unsigned lane = 0; lane < LANES; lane++)
		all[lane] = (struct extent){ .low = UINT32_MAX };
	html_thin_init(&thin, _i % 2 ? HTML_POINTS : HTML_BOXES, ROOM, 0, LAST);
	fill(&thin, &prng, all);
	html_thin_end(&thin);
	ck_assert_uint_le(thin.kept, thin.seen);
	for (unsigned lane = 0; lane < LANES; lane++)
		compare(&thin, lane, &all[lane]);
	html_thin_clear(&thin);
}

TEST(a_burst_at_the_begin_of_a_long_time_keeps_its_details)
{
	struct html_thin thin;

	html_thin_init(&thin, HTML_BOXES, ROOM, 0, UINT64_C(1) << 47);
	for (unsigned i = 0; i < 10 * ROOM; i++)
		add(&thin, 0, 10 * i, 9, i);
	html_thin_end(&thin);
	ck_assert_uint_gt(thin.kept, ROOM / 4);
	html_thin_clear(&thin);
}

TEST(many_things_at_one_time_fit)
{
	struct html_thin thin;

	html_thin_init(&thin, HTML_POINTS, ROOM, 5, 5);
	for (unsigned i = 0; i < 10 * ROOM; i++)
		add(&thin, i % LANES, 5, 0, i);
	html_thin_end(&thin);
	ck_assert_uint_le(thin.kept, 4 * LANES);
	html_thin_clear(&thin);
}
