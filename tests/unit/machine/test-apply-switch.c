/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Switches: who can be switched out, who can be had, and what may be read late where memory is weak. */

#include "sim/machine/machine.h"

#include <signal.h>

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 120);

/* Who can be switched out, and who can be had */

/* T1 waits on CPU 1; the fork of T2 opens a window, in which T1 is to be visited next (v3: the
 * oldest first). */
static const char *const flipped[] = { "migrate T1 1", "fork T0 T2", NULL };

TEST(an_initiator_that_waits_for_a_rq_lock_stays_on_its_cpu)
{
	struct machine_config config = machines_config("v3", 2, 2, 3);
	struct machine *m = machines_started(&config, flipped);

	take(m, &config, "leave 1");
	ck_assert_int_eq(machines_take(m, &config, "walk"), STEP_NEEDS_RQ_LOCK);
	ck_assert_uint_eq(m->waiting, 1);
	expect_refused(m, &config, "out 0",
		"its task cannot be switched out: it spins, or waits for a lock");
	expect_refused(m, &config, "leave 0",
		"its task cannot be switched out: it spins, or waits for a lock");
	ck_assert(!machines_lists(m, &config, "leave 0"));
	expect_refused(m, &config, "walk",
		"no walk is under way, or its initiator does not run, or waits for a rq lock");
	take(m, &config, "enter 1 idle", "walk");
	ck_assert_uint_eq(m->waiting, 0);
	expect_can(m, &config, "out 0");
	free(m);
}

TEST(between_its_steps_an_initiator_can_be_switched_out_and_moved)
{
	struct machine_config config = machines_config("6.19.1", 2, 2, 3);
	struct machine *m = machines_started(&config, flipped);

	take(m, &config, "out 0");
	expect_refused(m, &config, "walk",
		"no walk is under way, or its initiator does not run, or waits for a rq lock");
	take(m, &config, "in 1 T0");
	expect_refused(
		m, &config, "complete", "the walk is not over, or its initiator does not run");
	take(m, &config, "walk", "out 1");
	expect_refused(
		m, &config, "complete", "the walk is not over, or its initiator does not run");
	take(m, &config, "in 0 T0", "complete");
	ck_assert_uint_eq(machine_mm(m)->mode, MODE_PER_CPU);
	free(m);
}

/* docs/protocol.md, section 7, B9: the number of CPU 1 is lost to the pool, the next fork finds
 * none. */
static const char *const last_user[] = { "in 1 T1", "fork T0 T2", "walk", "walk", "complete",
	"out 1", "in 1 T1", "exit T1", "out 1", "in 1 T2", "exit T2", "out 1", "failed-exec T0",
	"exec-end T0", NULL };

TEST(a_fork_that_spins_under_the_lock_stays_on_its_cpu)
{
	struct machine_config config = machines_config("7.1", 2, 2, 3);
	struct machine *m = machines_started(&config, last_user);

	ck_assert_int_eq(machines_take(m, &config, "fork T0 T1"), STEP_SPINS);
	ck_assert_uint_eq(machine_mm(m)->phase, PHASE_GET_LOCKED);
	ck_assert(machine_spins(m));
	ck_assert_uint_eq(machine_initiator(m), 0);
	expect_refused(m, &config, "out 0",
		"its task cannot be switched out: it spins, or waits for a lock");
	expect_refused(m, &config, "fork-retry", "no get of a fork is due, or it finds nothing");
	expect_refused(m, &config, "fork-give-up",
		"no fork spins in get, or it finds a number, or this revision's does not give up");
	expect_refused(m, &config, "affinity T0",
		"that task may run everywhere already, or a lock is held");
	free(m);
}

TEST(a_fork_that_gives_up_goes_on_without_a_number)
{
	struct machine_config config = machines_config("bounded-get", 2, 2, 3);
	struct machine *m = machines_started(&config, last_user);

	take(m, &config, "fork T0 T1", "fork-give-up");
	ck_assert_uint_eq(m->pc[0], PC_USER);
	ck_assert_uint_eq(m->pc[1], PC_USER);
	ck_assert_uint_eq(machines_task(m, 1)->cid, CID_UNSET);
	ck_assert_uint_eq(machine_initiator(m), STEP_TASK_NONE);
	free(m);
}

static const char cannot_be_picked[] =
	"that task cannot be picked: it runs, may not run there, or waits "
	"in the queue of a CPU whose rq "
	"lock is held";

TEST(a_task_can_be_had_by_who_can_have_the_lock_of_its_queue)
{
	struct machine_config config = machines_config("7.1", 3, 2, 2);
	struct machine *m = machines_new(&config);

	expect_refused(m, &config, "in 1 T0", cannot_be_picked); /* it runs */
	take(m, &config, "leave 0");                          /* where T0 and T1 are queued */
	expect_refused(m, &config, "in 1 T1", cannot_be_picked);
	expect_refused(m, &config, "migrate T1 1",
		"that task runs, is there, may not run there, or a rq lock is held");
	ck_assert(!machines_lists(m, &config, "migrate T1 1"));
	expect_can(m, &config, "enter 0 T1");
	expect_can(m, &config, "enter 0 T0");
	take(m, &config, "enter 0 idle", "migrate T1 1", "leave 1");
	expect_refused(m, &config, "in 2 T1", cannot_be_picked);
	expect_can(m, &config, "in 2 T0");
	free(m);
}

TEST(a_task_runs_where_it_is_allowed)
{
	struct machine_config config = machines_config("7.1", 3, 2, 2);
	struct machine *m;

	config.allowed = 5;
	m = machines_new(&config);
	expect_refused(m, &config, "in 1 T1", cannot_be_picked);
	expect_refused(m, &config, "migrate T1 1",
		"that task runs, is there, may not run there, or a rq lock is held");
	expect_can(m, &config, "in 2 T1");
	expect_can(m, &config, "migrate T1 2");
	free(m);
}

/* Reduced: T1 and T2 are nowhere in particular. Who is stuck when CPU 1 begins to spin is the
 * step's to say. */
TEST(a_task_that_floats_is_stuck_where_a_switch_spins_if_the_step_says_so)
{
	struct machine_config config = machines_config("v3", 3, 3, 4);

	for (uint16_t stuck = 0; stuck < 8; stuck += 2) {
		struct explore_step step;
		struct machine *m;

		config.reduced = true;
		m = machines_new(&config);
		take(m, &config, "fork T0 T3", "out 0");
		ck_assert_uint_eq(machine_floating(m), 7); /* T3's fork is not over */
		ck_assert_uint_eq(machine_can_be_stuck(m, &config, 1), 7);
		step = machines_step(&config, "in 1 T0");
		step.stuck = stuck;
		ck_assert_int_eq(machine_apply(m, &config, &step, NULL), STEP_SPINS);
		ck_assert_uint_eq(machine_floating(m), 6 & ~stuck);
		for (uint32_t task = 1; task < 3; task++) {
			ck_assert_uint_eq(machines_task(m, task)->cpu == 1, stuck >> task & 1);
			ck_assert_int_eq(*machines_refuses(m, &config,
						 task == 1 ? "in 2 T1" : "in 2 T2") != '\0',
				stuck >> task & 1);
		}
		free(m);
	}
}

TEST(nobody_is_stuck_where_he_may_not_run)
{
	struct machine_config config = machines_config("v3", 3, 3, 4);
	struct machine *m;

	config.allowed = 3;
	config.reduced = true;
	config.may[MACHINE_AFFINITIES] = 1;
	m = machines_new(&config);
	take(m, &config, "out 0", "affinity T1");
	ck_assert_uint_eq(machine_can_be_stuck(m, &config, 0), 7);
	ck_assert_uint_eq(machine_can_be_stuck(m, &config, 2), 2);
	free(m);
}

/* Weak memory */

static struct machine_config weak(const char *revision, uint32_t cpus)
{
	struct machine_config config = machines_config(revision, cpus, cpus, cpus + 1);

	config.weak = true;
	return config;
}

#define expect_views(m, a, b, c)                                                                   \
	do {                                                                                       \
		ck_assert_uint_eq((m)->view[0], a);                                                \
		ck_assert_uint_eq((m)->view[1], b);                                                \
		ck_assert_uint_eq((m)->view[2], c);                                                \
	} while (0)

enum { BOTH = VIEW_OLD_PERCPU | VIEW_OLD_TRANSIT };

TEST(a_flip_may_be_seen_late_everywhere_but_where_it_was_made)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m = machines_started(&config, STEPS("migrate T1 1", "migrate T2 2"));

	expect_views(m, 0, 0, 0);
	take(m, &config, "fork T0 T3");
	expect_views(m, 0, BOTH, BOTH);
	ck_assert(machines_lists(m, &config, "leave 1"));
	take(m, &config, "leave 1");
	ck_assert(machines_lists(m, &config, "enter 1 T1"));
	ck_assert(machines_lists(m, &config, "enter 1 T1 sees task"));
	ck_assert(machines_lists(m, &config, "enter 1 T1 sees task+t"));
	ck_assert(machines_lists(m, &config, "enter 1 T1 sees cpu"));
	/* what runs on CPU 0 has seen it all: so has who takes it from there */
	ck_assert(!machines_lists(m, &config, "enter 1 T0 sees task"));
	free(m);
}

TEST(v3_has_one_word_that_is_seen_late)
{
	struct machine_config config = weak("v3", 3);
	struct machine *m = machines_started(&config, STEPS("migrate T1 1", "migrate T2 2", "fork T0 T3"));

	expect_views(m, 0, VIEW_OLD_PERCPU, VIEW_OLD_PERCPU);
	take(m, &config, "leave 1");
	ck_assert(machines_lists(m, &config, "enter 1 T1 sees task"));
	ck_assert(!machines_lists(m, &config, "enter 1 T1 sees task+t"));
	free(m);
}

TEST_RANGE(where_the_mode_is_one_word_or_memory_is_strong_nothing_is_seen_late, 0, 2)
{
	struct machine_config config = weak(_i ? "6.19-ordering" : "6.19-livelock", 3);
	struct machine *m;

	config.weak = _i;
	m = machines_started(&config,
		STEPS("migrate T1 1", "migrate T2 2", "fork T0 T3", "walk", "walk", "complete"));
	expect_views(m, 0, 0, 0);
	free(m);
}

TEST(what_was_seen_new_is_not_seen_old_again)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m = machines_started(&config, STEPS("migrate T1 1", "migrate T2 2", "fork T0 T3"));

	take(m, &config, "in 1 T1 sees cpu"); /* the new percpu, the old transit */
	expect_views(m, 0, VIEW_OLD_TRANSIT, BOTH);
	take(m, &config, "in 2 T2");
	expect_views(m, 0, VIEW_OLD_TRANSIT, 0);
	free(m);
}

/* T1 is in an exec, T2 runs with a number of its own; the fifth task flips the mode. */
TEST(who_does_not_read_the_mode_sees_nothing)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m;

	config.tasks_max = 5;
	m = machines_started(&config, STEPS("in 1 T1", "failed-exec T1", "out 1", "in 2 T2", "fork T0 T3",
				     "show T0", "fork T0 T4"));
	expect_views(m, 0, BOTH, BOTH);
	ck_assert(machines_lists(m, &config, "leave 2"));
	ck_assert(!machines_lists(m, &config, "leave 2 sees task"));
	take(m, &config, "leave 2", "leave 1");
	ck_assert(machines_lists(m, &config, "enter 2 T2 sees task"));
	ck_assert(machines_lists(m, &config, "enter 1 T1"));
	ck_assert(!machines_lists(m, &config, "enter 1 T1 sees task"));
	take(m, &config, "enter 1 T1");
	expect_views(m, 0, BOTH, BOTH);
	free(m);
}

TEST(a_step_of_the_walk_brings_its_cpu_up_to_date)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m = machines_started(&config, STEPS("migrate T1 1", "migrate T2 2", "fork T0 T3"));

	take(m, &config, "walk"); /* T1, on CPU 1 */
	expect_views(m, 0, 0, BOTH);
	take(m, &config, "walk");
	expect_views(m, 0, 0, 0);
	take(m, &config, "complete");
	expect_views(m, 0, VIEW_OLD_TRANSIT, VIEW_OLD_TRANSIT);
	free(m);
}

TEST(a_task_that_is_moved_brings_along_what_its_cpu_has_seen)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m = machines_started(&config, STEPS("migrate T1 1", "fork T0 T3"));

	expect_views(m, 0, BOTH, BOTH);
	take(m, &config, "migrate T1 2"); /* from one that has not seen it either */
	expect_views(m, 0, BOTH, BOTH);
	take(m, &config, "migrate T2 2"); /* from where it was made */
	expect_views(m, 0, BOTH, 0);
	take(m, &config, "migrate T1 1");
	expect_views(m, 0, 0, 0);
	free(m);
}

TEST(a_task_that_is_pulled_brings_along_what_its_cpu_has_seen)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m = machines_started(&config, STEPS("migrate T1 1", "fork T0 T3"));

	take(m, &config, "leave 2", "enter 2 T1 sees task"); /* from CPU 1: old as well */
	expect_views(m, 0, BOTH, BOTH);
	take(m, &config, "leave 1", "enter 1 T2"); /* from CPU 0 */
	expect_views(m, 0, 0, BOTH);
	free(m);
}

TEST(with_the_mutex_comes_what_its_last_holder_has_written)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m = machines_started(&config, STEPS("migrate T1 1", "fork T0 T3", "walk", "walk",
						     "complete", "in 1 T1 sees cpu+t"));

	expect_views(m, 0, VIEW_OLD_TRANSIT, BOTH);
	take(m, &config, "exit T1");
	expect_views(m, 0, 0, BOTH);
	free(m);
}

/* Reduced, too: a task that is nowhere in particular would bring along nobody's view. */
TEST(where_memory_is_weak_nobody_floats)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m;

	config.reduced = true;
	ck_assert(!machine_floats(&config));
	m = machines_started(&config, STEPS("migrate T1 1", "fork T0 T3"));
	ck_assert(machines_lists(m, &config, "migrate T1 2"));
	ck_assert(machines_lists(m, &config, "in 1 T1 sees task"));
	ck_assert(!machines_lists(m, &config, "in 1 T2 sees task"));
	free(m);
	config.weak = false;
	ck_assert(machine_floats(&config));
	m = machines_new(&config);
	ck_assert(!machines_lists(m, &config, "migrate T1 2"));
	free(m);
}

TEST_SIGNAL(a_switch_in_where_a_task_runs_is_our_bug, SIGABRT)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *m = machines_new(&config);
	struct explore_step step = machines_step(&config, "in 0 T1");

	machine_apply(m, &config, &step, NULL);
}

TEST_SIGNAL(a_retry_where_nothing_spins_is_our_bug, SIGABRT)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *m = machines_new(&config);
	struct explore_step step = machines_step(&config, "retry 0");

	machine_apply(m, &config, &step, NULL);
}
