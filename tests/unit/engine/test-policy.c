/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/prng.h"
#include "sim/engine/cpus.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

/*
 * Where round robin puts a task, which task may preempt and from where it pulls: in the cases that
 * its keys name, and over random masks always on a CPU that is online, allowed and, where idle CPUs
 * are preferred, has the least to do.
 */

#define MACHINE "[machine]\ncpus = 6\n[mm app]\n[tasks worker]\ncount = 0\n[sched]\n"

static uint32_t place(uint32_t task, bool is_new)
{
	return policy_round_robin.place(parts_engine, task, is_new);
}

/* A new task of @mask. */
static uint32_t task_of(struct cpu_set mask)
{
	uint32_t task = parts_task();

	sim_task(parts_engine, task)->mask = masks_intern(&parts_engine->masks, &mask);
	return task;
}

TEST(new_tasks_take_turns_and_old_ones_stay_where_the_previous_cpu_counts)
{
	uint32_t task;

	parts_start_of(MACHINE "placement = previous\n");
	task = parts_task();
	for (uint32_t i = 0; i < 8; i++)
		ck_assert_uint_eq(place(task, true), i % 6);
	model_task(parts_engine->model, task)->cpu = 4;
	ck_assert_uint_eq(place(task, false), 4);
	cpus_set_online(parts_engine, 4, false);
	ck_assert_uint_eq(place(task, false), 2); /* whose turn it is */
	parts_stop();
}

TEST(a_turn_passes_over_cpus_that_are_not_allowed)
{
	uint32_t task;

	parts_start_of(MACHINE "placement = previous\n");
	task = task_of(parts_cpus(3, 2));
	ck_assert_uint_eq(place(task, true), 3);
	ck_assert_uint_eq(place(task, true), 4);
	ck_assert_uint_eq(place(task, true), 3);
	parts_stop();
}

TEST(an_idle_previous_cpu_comes_before_another_idle_one_and_that_before_a_busy_one)
{
	uint32_t task;

	parts_start_of(MACHINE "placement = idle\n");
	task = parts_task();
	model_task(parts_engine->model, task)->cpu = 3;
	ck_assert_uint_eq(place(task, false), 3);
	for (unsigned i = 0; i < 3; i++) /* on CPUs 0, 1 and 2 */
		parts_task_awake();
	model_task(parts_engine->model, task)->cpu = 1;
	ck_assert_uint_eq(place(task, false), 3);
	for (unsigned i = 0; i < 4; i++) /* one on each, and a second one somewhere */
		parts_task_awake();
	ck_assert_uint_lt(parts_engine->queues.loads->load[place(task, false)], 2);
	parts_stop();
}

static const char *const placements[] = { "previous", "idle" };

TEST_ROWS(there_is_no_place_where_no_cpu_of_the_mask_is_online, placements)
{
	g_autofree char *text = g_strdup_printf(MACHINE "placement = %s\n", placements[_i]);
	uint32_t task;

	parts_start_of(text);
	task = task_of(parts_cpus(3, 2));
	cpus_set_online(parts_engine, 3, false);
	ck_assert_uint_eq(place(task, true), 4);
	cpus_set_online(parts_engine, 4, false);
	ck_assert_uint_eq(place(task, true), CPU_NONE);
	parts_stop();
}

static uint32_t least_load(const struct cpu_set *mask)
{
	uint32_t least = UINT32_MAX;

	for (uint32_t cpu = 0; cpu < 6; cpu++) {
		const struct sim_cpu *c = sim_cpu(parts_engine, cpu);

		if (c->online && cpu_set_has(mask, cpu))
			least = MIN(least, c->queue.live + (c->curr != TASK_NONE));
	}
	return least;
}

TEST_RANGE(of_random_masks_the_place_is_one_of_those_with_the_least_to_do, 0, 20)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 1) };

	parts_start_of(MACHINE "placement = idle\nidle-pull = off\n");
	for (unsigned i = 0; i < 60; i++) {
		uint32_t first = (uint32_t)prng_below(&prng, 6);
		struct cpu_set mask = parts_cpus(first, 1 + (uint32_t)prng_below(&prng, 6 - first));
		uint32_t off = (uint32_t)prng_below(&prng, 6), task = task_of(mask), cpu;

		if (parts_engine->cpus.online > 1 || !sim_cpu(parts_engine, off)->online)
			cpus_set_online(parts_engine, off, !sim_cpu(parts_engine, off)->online);
		cpu = place(task, true);
		if (cpu == CPU_NONE) {
			ck_assert_uint_eq(least_load(&mask), UINT32_MAX);
			continue;
		}
		ck_assert(sim_cpu(parts_engine, cpu)->online && cpu_set_has(&mask, cpu));
		ck_assert_uint_eq(parts_engine->queues.loads->load[cpu], least_load(&mask));
		cpus_wake(parts_engine, task, true);
		ck_assert_uint_eq(model_task(parts_engine->model, task)->cpu, cpu);
	}
	parts_stop();
}

static const struct {
	const char *key;
	bool preempts;
} preemptions[] = { { "wakeup-preemption = on\n", true }, { "wakeup-preemption = off\n", false } };

TEST_ROWS(who_wakes_up_preempts_where_the_scenario_says_so, preemptions)
{
	g_autofree char *text = g_strconcat(MACHINE, preemptions[_i].key, NULL);

	parts_start_of(text);
	ck_assert_int_eq(policy_round_robin.preempts(parts_engine, 0, parts_task()),
		preemptions[_i].preempts);
	parts_stop();
}

/* Three tasks that may only run on CPUs 2 and 3: one runs on each, one waits; returned. */
static uint32_t crowd(const char *keys)
{
	g_autofree char *text = g_strconcat(MACHINE, keys, NULL);
	uint32_t task[3];

	parts_start_of(text);
	for (unsigned i = 0; i < 3; i++) {
		task[i] = task_of(parts_cpus(2, 2));
		cpus_wake(parts_engine, task[i], true);
	}
	ck_assert_uint_eq(sim_task(parts_engine, task[2])->state, TASK_QUEUED);
	return task[2];
}

TEST(an_idle_cpu_pulls_a_task_that_waits_and_may_run_there)
{
	uint32_t waits = crowd("wakeup-preemption = off\nidle-pull = on\n");
	uint32_t from = model_task(parts_engine->model, waits)->cpu;

	ck_assert_uint_eq(policy_round_robin.pull(parts_engine, from == 2 ? 3 : 2), waits);
	ck_assert_uint_eq(policy_round_robin.pull(parts_engine, 0), TASK_NONE);
	/* the queue cannot be had while a switch spins there */
	sim_cpu(parts_engine, from)->lock_until_ns = NEVER;
	ck_assert_uint_eq(policy_round_robin.pull(parts_engine, from == 2 ? 3 : 2), TASK_NONE);
	parts_stop();
}

TEST(nothing_is_pulled_where_the_scenario_says_so)
{
	uint32_t waits = crowd("wakeup-preemption = off\nidle-pull = off\n");
	uint32_t from = model_task(parts_engine->model, waits)->cpu;

	ck_assert_uint_eq(policy_round_robin.pull(parts_engine, from == 2 ? 3 : 2), TASK_NONE);
	parts_stop();
}

#define WIDE_MACHINE                                                                               \
	"[machine]\ncpus = 12\n[mm app]\n[tasks worker]\ncount = 0\n[sched]\n"                     \
	"placement = previous\nwakeup-preemption = off\nidle-pull = on\n"

/* @count tasks that stay on @cpu, then one that may go on to the CPU behind it; returned. */
static uint32_t queue_on(uint32_t cpu, unsigned count)
{
	uint32_t task;

	for (unsigned i = 0; i < count; i++)
		cpus_wake(parts_engine, task_of(parts_cpus(cpu, 1)), true);
	task = task_of(parts_cpus(cpu, 2));
	model_task(parts_engine->model, task)->cpu = cpu & (MODEL_CPUS_MAX - 1);
	cpus_wake(parts_engine, task, false);
	ck_assert_uint_eq(model_task(parts_engine->model, task)->cpu, cpu);
	return task;
}

/* ... behind so many longer queues. */
TEST_RANGE(an_idle_cpu_looks_at_the_eight_longest_queues, 6, 10)
{
	uint32_t waits;

	parts_start_of(WIDE_MACHINE);
	for (uint32_t cpu = 0; cpu < (uint32_t)_i; cpu++) {
		for (unsigned i = 0; i < 3; i++)
			cpus_wake(parts_engine, task_of(parts_cpus(cpu, 1)), true);
	}
	waits = queue_on(10, 1);
	ck_assert_uint_eq(policy_round_robin.pull(parts_engine, 11), _i < 8 ? waits : TASK_NONE);
	parts_stop();
}

/* ... behind so many that may not; one more runs. */
TEST_RANGE(an_idle_cpu_looks_at_the_first_32_tasks_of_a_queue, 30, 34)
{
	uint32_t waits;

	parts_start_of(WIDE_MACHINE);
	waits = queue_on(10, (unsigned)_i + 1);
	ck_assert_uint_eq(policy_round_robin.pull(parts_engine, 11), _i < 32 ? waits : TASK_NONE);
	parts_stop();
}
