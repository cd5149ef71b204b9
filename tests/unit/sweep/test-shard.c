/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib.h>
#include <signal.h>

#include "sim/scenario/axis-values.h"
#include "sim/sweep/shard.h"
#include "tests/lib/suite.h"

static void assert_read(const char *text, uint32_t number, uint32_t count)
{
	struct sweep_shard shard = { 0 };

	ck_assert_ptr_null(sweep_shard_read(text, &shard));
	ck_assert_uint_eq(shard.number, number);
	ck_assert_uint_eq(shard.count, count);
}

TEST(a_shard_is_written_with_a_slash)
{
	assert_read("1/1", 1, 1);
	assert_read("2/5", 2, 5);
	assert_read("10000/10000", 10000, 10000);
}

static const struct {
	const char *text, *message;
} bad[] = {
	{ "5", "'5' is not written like 2/5" },
	{ "", "'' is not written like 2/5" },
	{ "0/5", "'0' is out of range, it must be 1 to 5" },
	{ "6/5", "'6' is out of range, it must be 1 to 5" },
	{ "1/0", "'0' is out of range, it must be 1 to 10000" },
	{ "1/10001", "'10001' is out of range, it must be 1 to 10000" },
};

TEST_ROWS(what_is_no_shard_is_reported_and_changes_nothing, bad)
{
	struct sweep_shard shard = { 7, 8 };
	char *message = sweep_shard_read(bad[_i].text, &shard);

	ck_assert_str_eq(message, bad[_i].message);
	ck_assert_uint_eq(shard.number, 7);
	ck_assert_uint_eq(shard.count, 8);
	g_free(message);
}

static const char *const not_numbers[] = { "/", "/5", "2/", "2/5/7", "2/x", "-1/5", " 2/5", "2 /5",
	"99999999999999999999/5", "2/99999999999999999999" };

TEST_ROWS(both_parts_are_numbers, not_numbers)
{
	struct sweep_shard shard = { 7, 8 };
	char *message = sweep_shard_read(not_numbers[_i], &shard);

	ck_assert_ptr_nonnull(message);
	ck_assert_uint_eq(shard.number, 7);
	g_free(message);
}

TEST(rows_of_shards_add_up)
{
	for (uint64_t points = 1; points < 40; points++) {
		for (uint32_t shards = 1; shards < 45; shards++) {
			uint64_t sum = 0;

			for (uint32_t shard = 1; shard <= shards; shard++) {
				uint64_t count = 0;

				for (uint64_t p = shard - 1; p < points; p += shards)
					count++;
				ck_assert_uint_eq(sweep_shard_rows(points,
							  (struct sweep_shard){ shard, shards }),
					count);
				sum += count;
			}
			ck_assert_uint_eq(sum, points);
		}
	}
	ck_assert_uint_eq(sweep_shard_rows(POINTS_MAX, (struct sweep_shard){ 1, 3 }), 333333334);
}

TEST(the_head_of_a_shard_has_one_line_more)
{
	char *head = sweep_shard_head(
		"# cidsim 1.0 sweep\n# points 9\na,b\n", (struct sweep_shard){ 2, 10 });

	ck_assert_str_eq(head, "# cidsim 1.0 sweep\n# points 9\n# shard 2/10\na,b\n");
	g_free(head);
}

TEST(the_head_of_the_sweep_is_that_of_its_shards_without_this_line)
{
	static const char head[] = "# cidsim 1.0 sweep\n# points 9\na,b\n";
	const struct sweep_shard shard = { 2, 10 }, other = { 2, 11 };
	char *with = sweep_shard_head(head, shard), *without = sweep_shard_head_undo(with, shard);

	ck_assert_str_eq(without, head);
	ck_assert_ptr_null(sweep_shard_head_undo(with, other));
	ck_assert_ptr_null(sweep_shard_head_undo(head, shard));
	ck_assert_ptr_null(sweep_shard_head_undo("# shard 2/10\n# x\na\n", shard));
	ck_assert_ptr_null(sweep_shard_head_undo("## shard 2/10\na\n", shard));
	g_free(without);
	g_free(with);
}

TEST_SIGNAL(a_shard_is_one_of_all, SIGABRT)
{
	sweep_shard_rows(10, (struct sweep_shard){ 3, 2 });
}
