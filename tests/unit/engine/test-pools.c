/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/pools.h"
#include "tests/lib/engine.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

static const struct {
	unsigned pools, threads, cycles;
} pools[] = { { 1, 1, 1 }, { 1, 3, 1 }, { 1, 3, 2 }, { 2, 3, 2 } };

TEST_ROWS(each_leader_makes_its_threads_again_for_each_cycle_and_leaves, pools)
{
	unsigned leaders = pools[_i].pools, threads = leaders * pools[_i].threads;
	g_autofree char *text =
		g_strdup_printf("[machine]\ncpus = 2\n[mm app]\n"
				"[pool p]\npools = %u\nthreads = %u\ncycles = %u\nrun = 10us\n",
			leaders, pools[_i].threads, pools[_i].cycles);
	struct simulation s;

	sim_run(&s, text);
	ck_assert_uint_eq(s.result->forks, leaders + threads * pools[_i].cycles);
	ck_assert_uint_eq(s.result->exits, s.result->forks); /* the first task waits */
	ck_assert_uint_eq(s.result->violations_count, 0);
	sim_free(&s);
}

TEST_SIGNAL(nobody_but_the_first_task_starts_pools, SIGABRT)
{
	struct team team = { .kind = TEAM_MAIN };

	parts_start();
	team.leader = parts_task();
	pools_start(parts_engine, parts_task(), &team);
}
