/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Which properties are broken: only those that are asked for, and each by what it says. */

#include "sim/explore/state/judge.h"

#include <signal.h>

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

enum { SPINS = CHECK_I3 | EXPLORE_STALL | EXPLORE_STUCK };

/* B1 in v3: the window is open, CPU 1 spins, and who has the number waits in its queue. */
static struct machine *live_lock(struct machine_config *config)
{
	static const char *const steps[] = { "fork T0 T2", "out 0", "migrate T1 1", "in 1 T0", NULL };

	*config = machines_config("v3", 2, 2, 3);
	config->may[MACHINE_FORKS] = 1;
	return machines_started(config, steps);
}

SUITE(.timeout = 60);

TEST(a_machine_as_it_begins_breaks_nothing)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *m = machines_new(&config);
	struct judge judge;

	judge_init(&judge, &config, 0);
	ck_assert_ptr_nonnull(judge.spins);
	ck_assert_uint_eq(
		judge_machine(&judge, m, CHECK_ALL_SAFETY | SPINS | EXPLORE_RETURN), 0);
	ck_assert_uint_eq(spin_checker_states(judge.spins), 0);
	judge_clear(&judge);
	free(m);
}

TEST(a_spin_that_cannot_end_breaks_what_is_asked_for)
{
	struct machine_config config;
	struct machine *m = live_lock(&config);
	struct judge judge;

	if (!machine_spins(m))
		ck_abort_msg("the machine does not spin");
	judge_init(&judge, &config, 0);
	ck_assert_uint_eq(judge_machine(&judge, m, CHECK_I3), CHECK_I3);
	/* a window explains the spin: it is no stall, and not stuck */
	ck_assert_uint_eq(judge_machine(&judge, m, SPINS), CHECK_I3);
	ck_assert_uint_eq(judge_machine(&judge, m, EXPLORE_STALL | EXPLORE_STUCK), 0);
	judge_clear(&judge);
	free(m);
}

TEST(stall_needs_no_checker)
{
	struct machine_config config;
	struct machine *m = live_lock(&config);

	ck_assert_uint_eq(judge_spins(NULL, m, EXPLORE_STALL), 0);
	free(m);
}

TEST_SIGNAL(i3_without_a_checker_is_our_bug, SIGABRT)
{
	struct machine_config config;
	struct machine *m = live_lock(&config);

	judge_spins(NULL, m, CHECK_I3);
}

/* B8: three users on two of six CPUs are per CPU; one widens, one leaves. */
TEST(an_mm_that_nothing_leads_back_to_per_task_never_returns)
{
	static const char *const steps[] = { "in 1 T1", "exit T1", "out 1", "affinity T2", NULL };
	struct machine_config config = machines_busy_config("7.1", 6, 3, 4);
	struct machine *m;

	config.may[MACHINE_AFFINITIES] = 2;
	config.allowed = 3;
	m = machines_new(&config);
	ck_assert(!judge_never_returns(m, &config));
	machines_take_all(m, &config, steps);
	ck_assert(judge_never_returns(m, &config));
	free(m);
}
