/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib.h>

#include "sim/play/check.h"

#include "model/check.h"
#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

/* Which properties break where: tests/rules/test-play.c. */

static struct machine_config config;
static struct machine machine;

/* The live lock of B1. */
static void start(void)
{
	static const char *const texts[] = { "migrate T1 1", "fork T0 T2", "out 0", "in 1 T0" };

	config = machines_busy_config("v5", 2, 2, 4);
	ck_assert(machine_start(&machine, &config));
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct explore_step step = machines_step(&config, texts[i]);

		machine_apply(&machine, &config, &step, NULL);
	}
}

SUITE(.before = start);

TEST(a_spin_that_cannot_end_is_judged_if_asked_for)
{
	const volatile sig_atomic_t stop = 1;
	unsigned broken;

	ck_assert_int_eq(
		play_check_spins(&machine, &config, CHECK_I3 | CHECK_I5, 1 << 20, NULL, &broken),
		PLAY_SPINS_JUDGED);
	ck_assert_uint_eq(broken, CHECK_I3);
	ck_assert_int_eq(play_check_spins(&machine, &config, CHECK_I5, 1 << 20, NULL, &broken),
		PLAY_SPINS_JUDGED);
	ck_assert_uint_eq(broken, 0);
	ck_assert_int_eq(play_check_spins(&machine, &config, CHECK_I3, 1 << 20, &stop, &broken),
		PLAY_SPINS_GAVE_UP);
	ck_assert_uint_eq(broken, 0);
}

TEST(only_what_is_wanted_is_reported)
{
	struct play_seen seen = { 0 };

	ck_assert_uint_eq(
		play_check(&seen, &machine, &machine, &config, EXPLORE_STALL | CHECK_I5), 0);
	ck_assert_uint_eq(play_check(&seen, &machine, &machine, &config, CHECK_I1), 0);
}
