/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/ramps.h"
#include "tests/lib/engine.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

#define RAMP "[machine]\ncpus = 2\n[mm app]\n[ramp r]\nrun = 10us\nsleep = 10us\ndwell = 100us\n"

static const struct {
	const char *keys;
	unsigned users_max, forks; /* without the first of the process */
} ramps[] = {
	{ "to = 3\ncycles = 1\n", 3, 2 }, { "to = 3\ncycles = 2\n", 3, 4 },
	{ "from = 2\nto = 4\ncycles = 2\n", 4, 5 },           /* one more to begin with */
	{ "to = 4\nstep = 5\ncycles = 1\n", 4, 3 },           /* a step no longer than the way */
	{ "from = 2\nto = 5\nstep = 2\ncycles = 1\n", 5, 4 }, /* 2, 4, 5, and 3, 2 */
};

TEST_ROWS(a_ramp_goes_up_to_its_top_as_often_as_it_has_cycles, ramps)
{
	g_autofree char *text = g_strconcat(RAMP, ramps[_i].keys, NULL);
	struct simulation s;

	sim_run(&s, text);
	ck_assert_uint_eq(sim_account(&s, "app")->users_max, ramps[_i].users_max);
	ck_assert_uint_eq(s.result->forks, ramps[_i].forks);
	ck_assert_uint_eq(s.result->violations_count, 0);
	sim_free(&s);
}

TEST_SIGNAL(nobody_but_its_leader_moves_a_ramp, SIGABRT)
{
	struct team team = { .kind = TEAM_MAIN };

	parts_start();
	team.leader = parts_task();
	ramps_next(parts_engine, parts_task(), &team);
}
