/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>

#include "tests/lib/simulate.h"

#include "tests/lib/suite.h"

/*
 * The closed forms of docs/protocol.md, section 9, by simulation: a process whose users go up and
 * down flips exactly where they say. The expected values are computed here from the text, not taken
 * from the model.
 */

static uint32_t enter_of(uint32_t allowed, uint32_t possible)
{
	return MIN(allowed + allowed / 4, possible) + 1;
}

/* Users right after the exit that leaves per-CPU mode; 0: it never does. */
static uint32_t leave_of(uint32_t allowed, uint32_t possible)
{
	uint32_t thrs = MAX(MIN(allowed - allowed / 4, possible / 2), 1);

	return thrs - 1;
}

/* Two cycles of 1 -> one more than enters -> 1, at no cost, each thread asleep after its start. */
static struct record_result *ramp(uint32_t allowed, uint32_t possible, struct scenario **scenario)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\ntime = 10s\ncheck = off\n"
		"[machine]\ncpus = %u\n"
		"[cost]\nswitch = 0ns\nwakeup = 0ns\nfork = 0ns\nexit = 0ns\ndecision = 0ns\n"
		"walk-task = 0ns\nwalk-cpu = 0ns\ncomplete = 0ns\n"
		"[sched]\nplacement = previous\nidle-pull = off\n"
		"[mm app]\ncpus = 0-%u\n"
		"[ramp threads]\nmm = app\nto = %u\ndwell = 1us\ncycles = 2\nrun = 1ns\nsleep = "
		"5s\n",
		possible, allowed - 1, enter_of(allowed, possible) + 1);
	struct engine *engine;
	struct record_result *result;

	*scenario = sim_parse(text);
	engine = engine_new(*scenario);
	result = engine_run(engine);
	engine_free(engine);
	return result;
}

static void check_range(const struct record_range *range, uint32_t users, uint64_t count,
	uint32_t allowed, uint32_t possible, const char *what)
{
	if (range->count != count || (count && (range->min != users || range->max != users)))
		ck_abort_msg("%u of %u CPUs: %s %" G_GUINT64_FORMAT " times, at %u..%u users, not "
			     "%" G_GUINT64_FORMAT " times at %u",
			allowed, possible, what, range->count, range->min, range->max, count,
			users);
}

static void check_point(uint32_t allowed, uint32_t possible)
{
	struct scenario *scenario;
	struct record_result *result = ramp(allowed, possible, &scenario);
	const struct record_account *account = result->accounts->pdata[0];
	uint32_t enter = enter_of(allowed, possible), leave = leave_of(allowed, possible);
	bool returns = leave >= 1;

	if (account->users_max != enter + 1)
		ck_assert_uint_eq(account->users_max, enter + 1);
	check_range(&account->enter_users, enter, returns ? 2 : 1, allowed, possible, "entered");
	check_range(&account->leave_users, leave, returns ? 2 : 0, allowed, possible, "left");
	record_result_free(result);
	scenario_free(scenario);
}

SUITE(.timeout = 120);

TEST(with_all_of_C_cpus_allowed_it_flips_where_the_formula_says)
{
	for (uint32_t cpus = 1; cpus <= 128; cpus++)
		check_point(cpus, cpus);
}

TEST_RANGE(with_A_of_P_cpus_allowed_it_flips_where_the_formula_says, 0, 4)
{
	static const uint32_t possible[] = { 4, 16, 64, 256 };

	for (uint32_t allowed = 1; allowed <= possible[_i]; allowed++)
		check_point(allowed, possible[_i]);
}

TEST(the_examples_of_the_protocol_are_what_the_formulas_give)
{
	static const uint32_t examples[][4] = { { 4, 4, 5, 1 }, { 64, 64, 65, 31 }, { 4, 64, 6, 2 },
		{ 16, 64, 21, 11 }, { 48, 64, 61, 31 } };

	for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
		ck_assert_uint_eq(enter_of(examples[i][0], examples[i][1]), examples[i][2]);
		ck_assert_uint_eq(leave_of(examples[i][0], examples[i][1]), examples[i][3]);
	}
	for (uint32_t cpus = 1; cpus < 4; cpus++)
		ck_assert_uint_eq(leave_of(cpus, cpus), 0);
}
