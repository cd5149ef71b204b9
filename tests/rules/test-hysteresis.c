/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* docs/protocol.md, section 9, hysteresis in numbers: threads are forked and exit one by one, three
 * times over, and the mode must change exactly where the closed forms say. These are written out
 * here from the text, in signed arithmetic and without a look at the model's. */

#include "tests/lib/world.h"

#include "tests/lib/suite.h"

enum { CYCLES = 3, TASKS = 400 };

/* possible = allowed = C */
static int enter_at(int c)
{
	return c + 1;
}

/* The number of users at which it leaves; 0: never while it lives. */
static int leave_at(int c)
{
	int quarter_off = c - c / 4, half = c / 2;

	if (c < 4)
		return 0;
	return (quarter_off < half ? quarter_off : half) - 1;
}

/* allowed = A < possible = P */
static int enter_at_narrow(int a, int p)
{
	int max_cids = a + a / 4;

	return (max_cids > p ? p : max_cids) + 1;
}

static int leave_at_narrow(int a, int p)
{
	int quarter_off = a - a / 4, half = p / 2;
	int below = quarter_off < half ? quarter_off : half;

	return below > 1 ? below - 1 : 0;
}

static struct world machine(int possible, int allowed, const struct protocol *protocol)
{
	struct model_config config = world_config(*protocol, (uint32_t)possible);
	uint64_t mask[4] = { 0 };
	struct world w;

	for (int cpu = 0; cpu < allowed; cpu++)
		mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
	config.tasks_count = TASKS;
	w = world_of(&config);
	world_start(&w, mask);
	return w;
}

/* Task 0 forks; the newest of the others runs and exits. */
static void grow_to(struct world *w, int users)
{
	must_run(w, 0, 0);
	while ((int)world_mm(w)->users < users)
		must_fork(w, 0, 0, world_mm(w)->users);
}

static void shrink_to(struct world *w, int users)
{
	while ((int)world_mm(w)->users > users) {
		uint32_t task = world_mm(w)->users - 1;

		must_run(w, 0, task);
		must_exit(w, task);
	}
}

#define expect_per_cpu(w, expected, possible, allowed)                                             \
	ck_assert_msg(mm_is_per_cpu(world_mm(w)) == (expected), "P=%d A=%d: %s at %u users",       \
		possible, allowed, (expected) ? "per task" : "per CPU", world_mm(w)->users)

static void up_and_down(struct world *w, int possible, int allowed, int enter, int leave)
{
	for (int users = (int)world_mm(w)->users + 1; users <= enter + 3; users++) {
		grow_to(w, users);
		expect_per_cpu(w, users >= enter || leave == 0, possible, allowed);
	}
	for (int users = enter + 2; users >= 1; users--) {
		shrink_to(w, users);
		expect_per_cpu(w, users > leave, possible, allowed);
	}
	expect_broken(w, "");
}

static void cycles_of(
	const struct protocol *protocol, int possible, int allowed, int enter, int leave)
{
	struct world w = machine(possible, allowed, protocol);
	int flips = leave ? 2 * CYCLES : 1;

	grow_to(&w, enter - 1); /* in the first cycle it is per task even if it never leaves */
	expect_per_cpu(&w, false, possible, allowed);
	for (int cycle = 0; cycle < CYCLES; cycle++)
		up_and_down(&w, possible, allowed, enter, leave);
	ck_assert_uint_eq(w.events[EVENT_FLIPPED], flips);
	ck_assert_uint_eq(w.events[EVENT_COMPLETED], flips);
	ck_assert_uint_eq(mm_enter_users(w.model, (uint32_t)allowed), enter);
	ck_assert_uint_eq(mm_leave_users(w.model, (uint32_t)allowed), leave);
	world_free(&w);
}

static void cycles(int possible, int allowed, int enter, int leave)
{
	struct protocol protocol = world_protocol("7.1");

	cycles_of(&protocol, possible, allowed, enter, leave);
}

SUITE(.timeout = 60);

TEST_RANGE(all_cpus_allowed_enters_at_c_plus_1_and_leaves_where_the_formula_says, 1, 129)
{
	cycles(_i, _i, enter_at(_i), leave_at(_i));
}

static const int widths[] = { 4, 16, 64, 256 };

TEST_RANGE(a_narrow_mask_enters_and_leaves_where_the_formulas_say, 1, 257)
{
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		int p = widths[i];

		if (_i <= p)
			cycles(p, _i, enter_at_narrow(_i, p), leave_at_narrow(_i, p));
	}
}

/* What no revision has, but a flag can ask for. */
static const struct flags_row {
	const char *gap, *cap, *floor, *allowance;
	int gap_is, half_is, floor_is,
		allowance_is; /* half of the cap; 0: of the allowed; -1: none */
} flags_rows[] = {
	{ "0", "possible", "1", "250", 0, 16, 1, 250 },
	{ "0", "none", "1", "0", 0, -1, 1, 0 },
	{ "125", "none", "1", "125", 125, -1, 1, 125 },
	{ "250", "allowed", "1", "250", 250, 0, 1, 250 },
	{ "250", "allowed", "2", "250", 250, 0, 2, 250 },
	{ "500", "none", "2", "500", 500, -1, 2, 500 },
	{ "1000", "none", "1", "1000", 1000, -1, 1, 1000 },
};

static int leave_by(const struct flags_row *row, int allowed)
{
	int half = row->half_is ? row->half_is : allowed / 2;
	int thrs = allowed - allowed * row->gap_is / 1000;

	if (half >= 0 && thrs > half)
		thrs = half;
	return (thrs > row->floor_is ? thrs : row->floor_is) - 1;
}

TEST_ROWS(flags_move_both_ends_of_the_loop, flags_rows)
{
	const struct flags_row *row = &flags_rows[_i];
	struct protocol protocol = world_protocol("7.1");

	ck_assert_int_eq(protocol_set(&protocol, "thrs-gap", row->gap), 0);
	ck_assert_int_eq(protocol_set(&protocol, "thrs-cap", row->cap), 0);
	ck_assert_int_eq(protocol_set(&protocol, "thrs-floor", row->floor), 0);
	ck_assert_int_eq(protocol_set(&protocol, "allowance", row->allowance), 0);
	for (int allowed = 1; allowed <= 32; allowed++) {
		int max_cids = allowed + allowed * row->allowance_is / 1000;

		cycles_of(&protocol, 32, allowed, (max_cids > 32 ? 32 : max_cids) + 1,
			leave_by(row, allowed));
	}
}

TEST_RANGE(the_two_formulas_agree_where_all_cpus_are_allowed, 1, 129)
{
	ck_assert_int_eq(enter_at(_i), enter_at_narrow(_i, _i));
	ck_assert_int_eq(leave_at(_i), leave_at_narrow(_i, _i));
}

TEST(the_examples_of_the_text)
{
	ck_assert_int_eq(enter_at(4), 5);
	ck_assert_int_eq(leave_at(4), 1);
	ck_assert_int_eq(enter_at(64), 65);
	ck_assert_int_eq(leave_at(64), 31);
	ck_assert_int_eq(enter_at_narrow(4, 64), 6);
	ck_assert_int_eq(leave_at_narrow(4, 64), 2);
	ck_assert_int_eq(enter_at_narrow(16, 64), 21);
	ck_assert_int_eq(leave_at_narrow(16, 64), 11);
	ck_assert_int_eq(enter_at_narrow(48, 64), 61);
	ck_assert_int_eq(leave_at_narrow(48, 64), 31);
}
