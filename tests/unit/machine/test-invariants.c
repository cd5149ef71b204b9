/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/machine/invariants.h"

#include <signal.h>

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

/* The invariants hold in all that random machines become, broken as they may be, and each
 * disagreement that a defect could leave behind is found. */

enum { SEEDS = 60, SEEDS_LONG = 3000, STEPS_EACH = 400 };

TEST_LONG(they_hold_after_each_step_of_a_random_machine, 0, SEEDS, SEEDS_LONG)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 7) };
	struct machine_config config = machines_random_config(&prng, 5);
	struct machine *machine = machines_new(&config);
	struct explore_step step;

	for (unsigned i = 0; i < STEPS_EACH; i++) {
		if (!machines_take_random(machine, &config, &prng, &step))
			break;
		machine_invariants_assert(machine, &config);
	}
	ck_assert_uint_gt(machine_mm(machine)->allowed_count, 0);
	free(machine);
}

/* T0 runs on CPU 0 and is in a vfork of T2, whose window is open; T1 waits; 7.1, not reduced. */
static struct machine_config config;
static struct machine *machine;

static void start(void)
{
	config = machines_config("7.1", 2, 2, 4);
	config.may[MACHINE_VFORKS] = 2;
	config.may[MACHINE_EXITS] = 2;
	machine = machines_new(&config);
	take(machine, &config, "vfork T0 T2");
}

static void stop(void)
{
	free(machine);
}

SUITE(.before = start, .after = stop);

TEST(they_hold_for_a_machine_that_nobody_has_spoiled)
{
	ck_assert_uint_eq(machine->pc[0], PC_VFORKS);
	ck_assert_uint_eq(machine->pc[2], PC_BORN);
	ck_assert_uint_eq(machine_mm(machine)->phase, PHASE_WALK_TASKS);
	machine_invariants_assert(machine, &config);
}

static void another_config(void)
{
	config.cpus_count = 3;
}

static void partner_of_another(void)
{
	machine->partner[0] = 1;
}

static void child_of_another(void)
{
	machine->partner[2] = 1;
}

static void partner_without_reason(void)
{
	machine->partner[1] = 2;
}

static void waits_for_nobody(void)
{
	machine->pc[1] = PC_WAITS;
	machine->partner[1] = 3;
}

static void free_and_in_the_model(void)
{
	machine->pc[1] = PC_FREE;
}

static void there_but_not_in_the_model(void)
{
	machine->pc[3] = PC_USER;
}

static void wide_but_not_there(void)
{
	machine->wide = 1 << 3;
}

static void dead_but_a_user(void)
{
	machine->pc[1] = PC_DEAD;
}

static void user_but_inactive(void)
{
	machines_task(machine, 1)->active = 0;
}

static void found_without_a_spin(void)
{
	machines_cpu(machine, 1)->found = 1;
}

static void spins_for_nobody(void)
{
	machines_cpu(machine, 1)->phase = CPU_SPINS;
}

static void half_of_a_switch_and_runs(void)
{
	machines_cpu(machine, 0)->phase = CPU_BETWEEN;
}

static void old_view_of_strong_memory(void)
{
	machine->view[1] = VIEW_OLD_TRANSIT;
}

static void runs_and_sits_elsewhere(void)
{
	machines_task(machine, 0)->cpu = 1;
}

static void child_runs_before_it_is_there(void)
{
	machines_cpu(machine, 1)->curr = 2;
	machines_task(machine, 2)->cpu = 1;
}

static void second_holder_of_the_mutex(void)
{
	machine->pc[1] = PC_RETURNS;
}

static void mutex_held_by_who_does_nothing(void)
{
	machines_mm(machine)->initiator = 1;
}

static void mutex_free_in_a_fork(void)
{
	machines_mm(machine)->phase = PHASE_IDLE;
}

static void waits_without_a_walk(void)
{
	machines_mm(machine)->phase = PHASE_COMPLETE;
	machine->waiting = 1;
}

static void walked_in_an_order_that_is_not_free(void)
{
	machine->walked = 1;
}

static void user_that_is_not_on_the_list(void)
{
	machines_mm(machine)->users++;
}

static void more_left_than_there_was(void)
{
	machine->left[MACHINE_EXITS] = 3;
}

static void (*const spoilers[])(void) = { another_config, partner_of_another, child_of_another,
	partner_without_reason, waits_for_nobody, free_and_in_the_model, there_but_not_in_the_model,
	wide_but_not_there, dead_but_a_user, user_but_inactive, found_without_a_spin,
	spins_for_nobody, half_of_a_switch_and_runs, old_view_of_strong_memory,
	runs_and_sits_elsewhere, child_runs_before_it_is_there, second_holder_of_the_mutex,
	mutex_held_by_who_does_nothing, mutex_free_in_a_fork, waits_without_a_walk,
	walked_in_an_order_that_is_not_free, user_that_is_not_on_the_list,
	more_left_than_there_was };

TEST_SIGNAL_ROWS(each_disagreement_is_found, spoilers, SIGABRT)
{
	spoilers[_i]();
	machine_invariants_assert(machine, &config);
}
