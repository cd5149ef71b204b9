/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/affinity.h"

#include <signal.h>
#include <string.h>

#include "sim/engine/tasks.h"
#include "tests/lib/engine.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

/*
 * A change of an affinity: it takes effect at once, waits for a rq lock that a spin holds, or is
 * dropped with its task; the deferred work of several mms is done by one kernel thread. Where tasks
 * then run is in tests/rules/test-engine.c.
 */

static uint32_t narrow; /* CPU 1 */

static void start(void)
{
	struct cpu_set set = parts_cpus(1, 1);

	parts_start();
	narrow = masks_intern(&parts_engine->masks, &set);
}

SUITE(.before = start, .after = parts_stop);

static uint32_t mask_of_task(uint32_t task)
{
	return sim_task(parts_engine, task)->mask;
}

/* The rq lock of CPU 0 is held by a spin, as far as the model knows; or no more. */
static void hold_lock(bool held)
{
	model_cpu(parts_engine->model, 0)->phase = held ? CPU_SPINS : CPU_FREE;
}

TEST(a_change_is_made_at_once_and_counted)
{
	uint32_t task = parts_user();

	affinity_set(parts_engine, task, narrow);
	ck_assert_uint_eq(mask_of_task(task), narrow);
	ck_assert_uint_eq(parts_engine->totals->affinity_changes, 1);
	ck_assert_uint_eq(parts_engine->affinities.late->len, 0);
	ck_assert(sim_cpu(parts_engine, 0)->resched); /* it may not stay */
}

static void on_note(void *context, const struct record_note *note)
{
	g_string_append_printf(context, "%u %s %s|", note->cpu, note->event, note->text);
}

static void on_switch(void *context, const struct record_switch *sched_switch)
{
	(void)context;
	(void)sched_switch;
}

TEST(a_change_is_in_the_log_with_the_cpus_and_what_it_leaves_of_the_mm)
{
	g_autoptr(GString) notes = g_string_new(NULL);
	struct record_sink sink = { .note = on_note, .sched_switch = on_switch, .context = notes };
	uint32_t task = parts_user();

	engine_set_sink(parts_engine, &sink);
	g_string_truncate(notes, 0);
	affinity_set(parts_engine, task, narrow);
	ck_assert_msg(strstr(notes->str, "0 affinity pid="), "%s", notes->str);
	ck_assert_msg(strstr(notes->str, " cpus=1 "), "%s", notes->str);
	ck_assert_msg(strstr(notes->str, " deferred=0"), "%s", notes->str);
}

TEST(a_change_waits_until_a_spin_lets_go_of_the_rq_lock)
{
	uint32_t task = parts_user();

	hold_lock(true);
	affinity_set(parts_engine, task, narrow);
	ck_assert_uint_eq(mask_of_task(task), MASK_ALL);
	ck_assert_uint_eq(parts_engine->totals->affinity_changes, 0);
	affinity_set_late(parts_engine); /* not yet */
	ck_assert_uint_eq(parts_engine->affinities.late->len, 1);
	hold_lock(false);
	affinity_set_late(parts_engine);
	ck_assert_uint_eq(mask_of_task(task), narrow);
	ck_assert_uint_eq(parts_engine->totals->affinity_changes, 1);
	ck_assert_uint_eq(parts_engine->affinities.late->len, 0);
}

TEST(a_change_that_waits_goes_with_its_task)
{
	uint32_t task = parts_task();

	hold_lock(true);
	affinity_set(parts_engine, task, narrow);
	hold_lock(false);
	tasks_end(parts_engine, task);
	affinity_set_late(parts_engine);
	ck_assert_uint_eq(parts_engine->totals->affinity_changes, 0);
}

TEST(a_change_that_waits_is_not_made_of_who_has_its_place_by_then)
{
	uint32_t task = parts_task();

	parts_task(); /* the mm stays */
	hold_lock(true);
	affinity_set(parts_engine, task, narrow);
	hold_lock(false);
	tasks_end(parts_engine, task);
	ck_assert_uint_eq(parts_task(), task);
	affinity_set_late(parts_engine);
	ck_assert_uint_eq(mask_of_task(task), MASK_ALL);
	ck_assert_uint_eq(parts_engine->totals->affinity_changes, 0);
}

TEST(a_broken_affinity_is_all_cpus_at_once_even_if_the_mm_has_to_wait)
{
	uint32_t task = parts_user();

	sim_task(parts_engine, task)->mask = narrow & 0xfffff;
	hold_lock(true);
	affinity_break(parts_engine, task);
	ck_assert_uint_eq(mask_of_task(task), MASK_ALL);
	ck_assert_uint_eq(parts_engine->affinities.late->len, 1);
	hold_lock(false);
}

/* Two processes of 2 CPUs of 8 in per-CPU mode; widened at one time, both lead back. */
TEST(one_kernel_thread_does_the_work_of_all_mms)
{
	struct simulation s;

	sim_run(&s, "[scenario]\ntime = 60ms\n[machine]\ncpus = 8\n[protocol]\n"
		    "affinity-return = fits\n[mm app]\ncount = 2\ncpus = 0-1\n"
		    "[tasks w]\ncount = 4\n[at 30ms]\naffinity = w/0 : 0-7; w/4 : 0-7\n");
	ck_assert_uint_eq(sim_account(&s, "app/0")->deferred_runs, 1);
	ck_assert_uint_eq(sim_account(&s, "app/1")->deferred_runs, 1);
	ck_assert_uint_eq(s.result->tasks_max, 11); /* the processes and one */
	ck_assert_uint_eq(sim_account(&s, "app/0")->to_task, 1);
	ck_assert_uint_eq(sim_account(&s, "app/1")->to_task, 1);
	sim_free(&s);
}

TEST_SIGNAL(who_may_run_everywhere_has_no_affinity_to_break, SIGABRT)
{
	affinity_break(parts_engine, parts_user());
}

TEST_SIGNAL(a_task_that_has_gone_has_no_affinity, SIGABRT)
{
	uint32_t task = parts_task();

	tasks_end(parts_engine, task);
	affinity_set(parts_engine, task, narrow);
}

TEST_SIGNAL(a_mask_is_one_of_those_there_are, SIGABRT)
{
	affinity_set(parts_engine, parts_user(), narrow + 1);
}

TEST_SIGNAL(nothing_waits_where_nothing_was_late, SIGABRT)
{
	affinity_set_late(parts_engine);
}
