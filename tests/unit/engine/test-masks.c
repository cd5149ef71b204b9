/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/masks.h"
#include "tests/lib/suite.h"

static struct masks masks;

static void start(void)
{
	masks_init(&masks, 70);
}

static void stop(void)
{
	masks_clear(&masks);
}

SUITE(.before = start, .after = stop);

TEST(all_cpus_are_one_mask_however_written)
{
	uint64_t words[2] = { UINT64_MAX, 0x3f };
	struct cpu_set all = { .count = 70 }, each = { .count = 70, .words = words };

	ck_assert_uint_eq(masks_intern(&masks, &all), MASK_ALL);
	ck_assert_uint_eq(masks_intern(&masks, &each), MASK_ALL);
	ck_assert_uint_eq(masks_at(&masks, MASK_ALL)->count, 70);
}

TEST(equal_sets_have_one_number)
{
	uint64_t first[2] = { 5, 1 }, same[2] = { 5, 1 }, other[2] = { 5, 2 };
	struct cpu_set a = { .count = 3, .words = first }, b = { .count = 3, .words = same };
	struct cpu_set c = { .count = 3, .words = other };
	uint32_t number = masks_intern(&masks, &a);

	ck_assert_uint_ne(number, MASK_ALL);
	ck_assert_uint_eq(masks_intern(&masks, &b), number);
	ck_assert_uint_ne(masks_intern(&masks, &c), number);
	ck_assert(cpu_set_has(masks_at(&masks, number), 64));
	ck_assert(!cpu_set_has(masks_at(&masks, number), 65));
}

TEST_SIGNAL(a_set_has_no_more_cpus_than_there_are, SIGABRT)
{
	struct cpu_set set = { .count = 71 };

	masks_intern(&masks, &set);
}
