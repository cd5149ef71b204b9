/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
/* open_memstream() with -std=c17 */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <string.h>

#include "sim/base/prng.h"
#include "sim/plot/slots.h"
#include "tests/lib/suite.h"

/* From 1000 on, written relative to 1000. */
static const struct plot_columns columns = { 1000, 1200, 1000, 2 };

static char *print(const struct plot_slots *slots)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	plot_slots_write(slots, out);
	fclose(out);
	return text;
}

TEST(a_slot_has_mean_least_most_and_shares)
{
	static const uint64_t low[] = { 1, 4, 0, 1, 1 }, high[] = { 5, 4, 2, 3, 4 };
	struct plot_slot slots[2] = { 0 };
	struct plot_slots all = { columns, slots, { 0 } };
	char *text;

	plot_slots_add(&all, 900, 1050, low, 0); /* 50 of them are in the picture */
	plot_slots_flip(&all, 1050);
	plot_slots_add(&all, 1050, 1060, high, PLOT_MODE_PERCPU | PLOT_MODE_TRANSIT);
	plot_slots_add(&all, 1060, 1125, high, PLOT_MODE_PERCPU);
	text = print(&all);
	ck_assert_str_eq(text,
		"0 100 3.000 1 5 4.000 4 4 1.000 0 2 2.000 1 3 2.500 1 4 500.000 100.000 1\n"
		"100 200 5.000 5 5 4.000 4 4 2.000 2 2 3.000 3 3 4.000 4 4 1000.000 0.000 0\n");
	ck_assert_uint_eq(all.total.known_ns, 125);
	ck_assert_uint_eq(all.total.percpu_ns, 75);
	ck_assert_uint_eq(all.total.window_ns, 10);
	ck_assert_uint_eq(all.total.flips, 1);
	free(text);
}

TEST(a_slot_in_which_the_mm_is_not_known_is_left_out)
{
	static const uint64_t values[PLOT_SLOT_VALUES] = { 1 };
	struct plot_slot slots[2] = { 0 };
	struct plot_slots all = { columns, slots, { 0 } };
	char *text;

	plot_slots_add(&all, 1100, 5000, values, 0);
	text = print(&all);
	ck_assert(g_str_has_prefix(text, "100 200 "));
	free(text);
}

/* However time is cut, by the slots and by changes, none of it is lost or counted twice. */
TEST_RANGE(slots_share_all_time_between_them, 0, 50)
{
	struct prng prng = { .key = prng_key(1, (uint64_t)_i) };
	struct plot_slot slots[64] = { 0 };
	struct plot_slots all = { { 0 }, slots, { 0 } };
	struct plot_columns *any = &all.columns;
	uint64_t at = 0, sum = 0, known = 0;

	any->from_ns = prng_below(&prng, 1000);
	any->to_ns = any->from_ns + 1 + prng_below(&prng, 3000);
	any->count = 1 + (unsigned)prng_below(&prng, G_N_ELEMENTS(slots));
	while (at < any->to_ns) {
		uint64_t end = at + 1 + prng_below(&prng, 200), value = prng_below(&prng, 9);
		uint64_t from = MAX(at, any->from_ns), to = MIN(end, any->to_ns);
		const uint64_t values[PLOT_SLOT_VALUES] = { value };

		plot_slots_add(&all, at, end, values, value & PLOT_MODE_PERCPU);
		sum += from < to ? (to - from) * value : 0;
		at = end;
	}
	for (unsigned i = 0; i < any->count; i++) {
		known += slots[i].known_ns;
		sum -= slots[i].sum[0];
	}
	ck_assert_uint_eq(known, any->to_ns - any->from_ns);
	ck_assert_uint_eq(all.total.known_ns, known);
	ck_assert_uint_eq(sum, 0);
}

TEST_SIGNAL(a_flip_outside_the_picture_has_no_slot, SIGABRT)
{
	struct plot_slot slots[2] = { 0 };
	struct plot_slots all = { columns, slots, { 0 } };

	plot_slots_flip(&all, 1201);
}
