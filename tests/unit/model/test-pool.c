/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "model/pool.h"

#include "tests/lib/suite.h"
#include "tests/lib/world.h"

/* An mm of @cpus possible CPUs, no users, that keeps its pool where @always says. */
static struct world empty(uint32_t cpus, bool always)
{
	struct model_config config = world_config(world_protocol("7.1"), cpus);
	struct world w;

	config.extents_always = always;
	w = world_of(&config);
	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	return w;
}

/* pool_take */

TEST(take_gives_the_lowest_clear_bit)
{
	struct world w = empty(8, false);

	set_pool(&w, 0x0b);
	ck_assert_uint_eq(pool_take(w.model, 0, 8, NULL), 2);
	ck_assert_uint_eq(pool_take(w.model, 0, 8, NULL), 4);
	expect_pool(&w, 0x1f);
	ck_assert_uint_eq(world_mm(&w)->taken, 5);
	world_free(&w);
}

TEST(take_stays_below_its_limit_on_both_sides_of_it)
{
	struct world w = empty(8, false);

	set_pool(&w, 0x07);
	ck_assert_uint_eq(pool_take(w.model, 0, 3, NULL), POOL_NOTHING);
	expect_pool(&w, 0x07);
	ck_assert_uint_eq(pool_take(w.model, 0, 4, NULL), 3);
	world_free(&w);
}

TEST(take_from_a_full_pool_of_64_gives_nothing)
{
	struct world w = empty(64, false);

	for (uint32_t i = 0; i < 64; i++)
		ck_assert_uint_eq(pool_take(w.model, 0, 64, NULL), i);
	ck_assert_uint_eq(pool_take(w.model, 0, 64, NULL), POOL_NOTHING);
	ck_assert_uint_eq(world_mm(&w)->pool, UINT64_MAX);
	world_free(&w);
}

TEST(take_counts_one_get_and_one_bit_operation)
{
	struct world w = empty(1, false);

	pool_take(w.model, 0, 1, &w.observer);
	pool_take(w.model, 0, 1, &w.observer);
	ck_assert_uint_eq(w.observer.count[OBSERVE_GETS], 1);
	ck_assert_uint_eq(w.observer.count[OBSERVE_BIT_OPS], 1);
	world_free(&w);
}

static const uint32_t wide_sizes[] = { 65, 127, 128, 129, 4095, 4096, 4097, 8191, 8192 };

TEST_ROWS(a_wide_pool_can_be_filled_to_its_last_bit_and_emptied, wide_sizes)
{
	uint32_t cpus = wide_sizes[_i];
	struct world w = empty(cpus, true);

	for (uint32_t i = 0; i < cpus; i++) {
		ck_assert(pool_has_room(w.model, 0));
		ck_assert_uint_eq(pool_span(w.model, 0), i);
		ck_assert_uint_eq(pool_take(w.model, 0, cpus, NULL), i);
		pool_assert(w.model, 0);
	}
	ck_assert(!pool_has_room(w.model, 0));
	ck_assert_uint_eq(pool_take(w.model, 0, cpus, NULL), POOL_NOTHING);
	for (uint32_t i = cpus; i-- > 0;) {
		ck_assert(pool_is_taken(w.model, 0, i));
		pool_drop(w.model, 0, i, NULL);
		ck_assert_uint_eq(pool_span(w.model, 0), i);
		pool_assert(w.model, 0);
	}
	ck_assert_uint_eq(world_mm(&w)->taken, 0);
	ck_assert_uint_eq(world_mm(&w)->faults, 0);
	world_free(&w);
}

TEST_ROWS(a_wide_pool_behaves_as_a_plain_array_of_bits, wide_sizes)
{
	uint32_t cpus = wide_sizes[_i], random = 12345 + cpus;
	struct world w = empty(cpus, true);
	bool *taken = calloc(cpus, sizeof(*taken));

	ck_assert_ptr_nonnull(taken);
	for (int round = 0; round < 4000; round++) {
		uint32_t n, low = 0, high = cpus;

		random = random * 1664525 + 1013904223;
		n = (random >> 8) % cpus;
		if (taken[n])
			pool_drop(w.model, 0, n, NULL);
		else if ((n = pool_take(w.model, 0, cpus, NULL)) == POOL_NOTHING)
			continue;
		taken[n] = !taken[n];
		while (low < cpus && taken[low])
			low++;
		while (high > 0 && !taken[high - 1])
			high--;
		ck_assert_uint_eq(pool_span(w.model, 0), high);
		ck_assert_int_eq(pool_has_room(w.model, 0), low < cpus);
		ck_assert_int_eq(pool_is_taken(w.model, 0, n), taken[n]);
		pool_assert(w.model, 0);
	}
	free(taken);
	world_free(&w);
}

TEST(without_extent_the_pool_is_one_word)
{
	struct world w = empty(200, false);

	for (uint32_t i = 0; i < 64; i++)
		ck_assert_uint_eq(pool_take(w.model, 0, 200, NULL), i);
	ck_assert_uint_eq(world_mm(&w)->extent, EXTENT_NONE);
	ck_assert(pool_is_taken(w.model, 0, 63));
	ck_assert(!pool_is_taken(w.model, 0, 64));
	ck_assert_uint_eq(pool_span(w.model, 0), 64);
	world_free(&w);
}

/* pool_get */

TEST(get_prefers_a_number_below_max_cids)
{
	struct world w = empty(8, false);

	world_mm(&w)->max_cids = 4;
	set_pool(&w, 0x07);
	ck_assert_uint_eq(pool_get(w.model, 0, NULL), 3);
	ck_assert_uint_eq(pool_get(w.model, 0, NULL), 4);
	world_free(&w);
}

TEST(get_finds_nothing_only_when_all_possible_numbers_are_taken)
{
	struct world w = empty(4, false);

	world_mm(&w)->max_cids = 1;
	set_pool(&w, 0x07);
	ck_assert(pool_has_room(w.model, 0));
	ck_assert_uint_eq(pool_get(w.model, 0, NULL), 3);
	ck_assert(!pool_has_room(w.model, 0));
	ck_assert_uint_eq(pool_get(w.model, 0, NULL), POOL_NOTHING);
	expect_pool(&w, 0x0f);
	world_free(&w);
}

/* pool_find, pool_set: the same in two steps */

static const struct find_row {
	uint32_t max_cids;
	uint64_t pool;
	uint32_t found;
} find_rows[] = {
	{ 4, 0x00, 0 },
	{ 4, 0x07, 3 },            /* just below max_cids */
	{ 4, 0x0f, 4 },            /* none there: the lowest of the others */
	{ 1, 0x7f, 7 },            /* the last one */
	{ 8, 0xff, POOL_NOTHING }, /* none at all */
	{ 4, 0xfb, 2 },
};

TEST_ROWS(find_shows_what_get_would_take_and_takes_nothing, find_rows)
{
	const struct find_row *row = &find_rows[_i];
	struct world w = empty(8, false);

	world_mm(&w)->max_cids = row->max_cids;
	set_pool(&w, row->pool);
	ck_assert_uint_eq(pool_find(w.model, 0), row->found);
	expect_pool(&w, row->pool);
	ck_assert_int_eq(pool_has_room(w.model, 0), row->found != POOL_NOTHING);
	ck_assert_uint_eq(pool_get(w.model, 0, NULL), row->found);
	world_free(&w);
}

TEST_RANGE(find_and_set_together_are_a_get, 0, 3)
{
	struct world w = empty(_i == 0 ? 8 : 200, _i == 2);
	uint32_t number;

	pool_take(w.model, 0, 1, NULL);
	number = pool_find(w.model, 0);
	ck_assert_uint_eq(number, 1);
	ck_assert(pool_set(w.model, 0, number, &w.observer));
	ck_assert(pool_is_taken(w.model, 0, 1));
	ck_assert_uint_eq(pool_span(w.model, 0), 2);
	ck_assert_uint_eq(world_mm(&w)->taken, 2);
	ck_assert_uint_eq(w.observer.count[OBSERVE_GETS], 1);
	ck_assert_uint_eq(w.observer.count[OBSERVE_BIT_OPS], 1);
	world_free(&w);
}

TEST(a_number_that_somebody_else_has_taken_meanwhile_is_not_set_again)
{
	struct world w = empty(8, false);

	set_pool(&w, 0x03);
	ck_assert_uint_eq(pool_find(w.model, 0), 2);
	ck_assert_uint_eq(pool_get(w.model, 0, NULL), 2);
	ck_assert(!pool_set(w.model, 0, 2, &w.observer));
	expect_pool(&w, 0x07);
	ck_assert_uint_eq(world_mm(&w)->taken, 3);
	ck_assert_uint_eq(w.observer.count[OBSERVE_GETS], 0);
	ck_assert_uint_eq(w.observer.count[OBSERVE_BIT_OPS], 1); /* it was tried */
	world_free(&w);
}

/* pool_drop */

TEST(drop_clears_the_bit)
{
	struct world w = empty(4, false);

	set_pool(&w, 0x0f);
	pool_drop(w.model, 0, 3, &w.observer);
	expect_pool(&w, 0x07);
	ck_assert_uint_eq(world_mm(&w)->taken, 3);
	ck_assert_uint_eq(world_mm(&w)->faults, 0);
	ck_assert_uint_eq(w.events[EVENT_BAD_DROP], 0);
	world_free(&w);
}

TEST(drop_of_a_clear_bit_is_reported_and_changes_no_bit)
{
	struct world w = empty(4, false);

	set_pool(&w, 0x05);
	pool_drop(w.model, 0, 1, &w.observer);
	expect_pool(&w, 0x05);
	ck_assert_uint_eq(world_mm(&w)->faults, FAULT_DROP_CLEAR);
	ck_assert_uint_eq(w.events[EVENT_BAD_DROP], 1);
	ck_assert_uint_eq(w.event.bit, 1);
	world_free(&w);
}

static const uint32_t bits_out_of_range[] = { 4, 5, 64, 3 | CID_KERNEL_TRANSIT, CID_KERNEL_UNSET,
	UINT32_MAX };

TEST_ROWS(drop_out_of_range_is_reported_and_changes_no_bit, bits_out_of_range)
{
	struct world w = empty(4, false);

	set_pool(&w, 0x0f);
	pool_drop(w.model, 0, bits_out_of_range[_i], &w.observer);
	expect_pool(&w, 0x0f);
	ck_assert_uint_eq(world_mm(&w)->faults, FAULT_DROP_RANGE);
	ck_assert_uint_eq(w.events[EVENT_BAD_DROP], 1);
	ck_assert_uint_eq(w.event.bit, bits_out_of_range[_i]);
	world_free(&w);
}

/* pool_unset_task */

static const struct unset_row {
	const char *before;
	uint64_t pool_after;
} unset_rows[] = {
	{ "2", 0x03 },  /* task-owned: dropped */
	{ "2c", 0x07 }, /* the CPU owns it: kept */
	{ "2t", 0x07 }, /* in transit: not task-owned, kept */
	{ "-", 0x07 },
};

TEST_ROWS(unset_task_drops_only_a_task_owned_number, unset_rows)
{
	const struct unset_row *row = &unset_rows[_i];
	struct world w = empty(4, false);

	task_create(w.model, 1, 0, 1, 0);
	set_pool(&w, 0x07);
	set_task(&w, 1, row->before);
	pool_unset_task(w.model, 1, NULL);
	expect_task(&w, 1, "-");
	expect_pool(&w, row->pool_after);
	world_free(&w);
}

/* pool_drop_cpu */

TEST(drop_cpu_gives_back_an_owned_number_and_keeps_it_as_stale)
{
	struct world w = empty(4, false);

	set_pool(&w, 0x07);
	set_cpu(&w, 3, "2c");
	pool_drop_cpu(w.model, 0, 3, NULL);
	expect_cpu(&w, 3, "2");
	expect_pool(&w, 0x03);
	world_free(&w);
}

static const char *const not_cpu_owned[] = { "2", "2t", "-" };

TEST_ROWS(drop_cpu_leaves_a_word_alone_that_the_cpu_does_not_own, not_cpu_owned)
{
	struct world w = empty(4, false);

	set_pool(&w, 0x07);
	set_cpu(&w, 3, not_cpu_owned[_i]);
	pool_drop_cpu(w.model, 0, 3, NULL);
	expect_cpu(&w, 3, not_cpu_owned[_i]);
	expect_pool(&w, 0x07);
	ck_assert_uint_eq(world_mm(&w)->faults, 0);
	world_free(&w);
}

TEST(drop_cpu_without_the_test_clears_a_bit_far_out_of_range)
{
	struct world w = empty(4, false);

	w.model->protocol.drop_tests_owned = false;
	set_pool(&w, 0x07);
	set_cpu(&w, 3, "2t");
	pool_drop_cpu(w.model, 0, 3, &w.observer);
	expect_pool(&w, 0x07);
	ck_assert_uint_eq(world_mm(&w)->faults, FAULT_DROP_RANGE);
	ck_assert_uint_eq(w.event.bit, 2 | CID_KERNEL_TRANSIT);
	world_free(&w);
}

TEST(drop_cpu_of_an_mm_without_extent_does_nothing)
{
	struct world w = empty(65, false);

	pool_drop_cpu(w.model, 0, 64, &w.observer);
	ck_assert_uint_eq(w.observer.count[OBSERVE_BIT_OPS], 0);
	world_free(&w);
}

/* pool_converge */

static const struct converge_row {
	const char *before, *after;
	uint64_t pool, pool_after;
} converge_rows[] = {
	{ "1", "1", 0x02, 0x02 },   /* just below max_cids 2: stays */
	{ "2", "0", 0x04, 0x01 },   /* just not below: moves, old number dropped */
	{ "3c", "1c", 0x09, 0x03 }, /* keeps ONCPU */
	{ "3c", "3c", 0x0b, 0x0b }, /* nothing free below: tries once, stays */
	{ "3", "3", 0x0b, 0x0b },
};

TEST_ROWS(converge_moves_a_number_below_max_cids_if_one_is_free, converge_rows)
{
	const struct converge_row *row = &converge_rows[_i];
	struct world w = empty(4, false);
	bool moved = strcmp(row->before, row->after) != 0;

	world_mm(&w)->max_cids = 2;
	set_pool(&w, row->pool);
	ck_assert_uint_eq(pool_converge(w.model, 0, word_parse(row->before), &w.observer),
		word_parse(row->after));
	expect_pool(&w, row->pool_after);
	ck_assert_uint_eq(w.observer.count[OBSERVE_CONVERGED], moved);
	ck_assert_uint_eq(w.observer.count[OBSERVE_BIT_OPS], moved ? 2 : 0);
	world_free(&w);
}

/* pool_move_to_extent */

TEST(the_pool_moves_into_the_extent_as_it_is)
{
	struct world w = empty(200, false);
	uint32_t users = 0;

	for (int i = 0; i < 50; i++)
		pool_take(w.model, 0, 200, NULL);
	pool_drop(w.model, 0, 7, NULL);
	world_mm(&w)->users = 60; /* one more could outgrow 64 numbers */
	expect_step(mm_prepare_user(w.model, 0), STEP_DONE);
	ck_assert_uint_ne(world_mm(&w)->extent, EXTENT_NONE);
	for (uint32_t i = 0; i < 200; i++)
		users += pool_is_taken(w.model, 0, i);
	ck_assert_uint_eq(users, 49);
	ck_assert_uint_eq(world_mm(&w)->taken, 49);
	ck_assert(!pool_is_taken(w.model, 0, 7));
	ck_assert_uint_eq(pool_span(w.model, 0), 50);
	ck_assert_uint_eq(pool_take(w.model, 0, 200, NULL), 7);
	world_free(&w);
}

/* What must not be asked: assertions end the program. A drop out of range is no such thing, but a
 * fault that is kept (I2). */

TEST_SIGNAL(no_number_is_set_out_of_range, SIGABRT)
{
	struct world w = empty(8, false);

	ck_assert(pool_set(w.model, 0, 7, NULL));
	pool_set(w.model, 0, 8, NULL);
}

TEST_SIGNAL(take_has_no_limit_above_the_possible_cpus, SIGABRT)
{
	struct world w = empty(8, false);

	ck_assert_uint_eq(pool_take(w.model, 0, 8, NULL), 0);
	pool_take(w.model, 0, 9, NULL);
}

TEST_SIGNAL(no_more_numbers_are_given_back_than_are_taken, SIGABRT)
{
	struct world w = empty(8, false);

	set_pool(&w, 1);
	world_mm(&w)->taken = 0;
	pool_drop(w.model, 0, 0, NULL);
}

TEST_SIGNAL(unset_does_not_converge, SIGABRT)
{
	struct world w = empty(8, false);

	pool_converge(w.model, 0, CID_UNSET, NULL);
}
