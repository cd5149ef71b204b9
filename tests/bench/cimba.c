/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * The workload "sched" of bench-engine.c with the event API of Cimba: two functions that are called
 * at a time, no model, no records. cimba.sh compiles it, where Cimba is installed.
 *
 *     cimba CPUS TASKS ROUNDS WAKEUPS
 *
 * prints the ns of CPU time per wake-up of each round, after a warm-up.
 */

#include <cimba.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RUN_MEAN 1e-3
#define SLEEP_MEAN 2e-3
#define SLICE 3e-3

struct entry {
	struct task *task;
	double left;
};

struct cpu {
	struct entry *ring;
	uint32_t mask, first, end;
	struct task *curr;
	double since, left, slice_end;
	uint64_t event; /* of @curr: it is done, or its slice ends */
};

struct task {
	struct cpu *cpu;
};

static uint64_t wakeups;

static void cpu_event(void *subject, void *object);

static void push(struct cpu *c, struct task *task, double left)
{
	if (c->end - c->first > c->mask) {
		uint32_t size = 2 * (c->mask + 1);
		struct entry *ring = malloc(size * sizeof(*ring));

		for (uint32_t i = c->first; i != c->end; i++)
			ring[i & (size - 1)] = c->ring[i & c->mask];
		free(c->ring);
		c->ring = ring;
		c->mask = size - 1;
	}
	c->ring[c->end++ & c->mask] = (struct entry){ task, left };
}

static double due(const struct cpu *c)
{
	double at = c->since + c->left;

	return c->first != c->end && c->slice_end < at ? c->slice_end : at;
}

static void run_next(struct cpu *c)
{
	struct entry *entry;

	c->curr = NULL;
	if (c->first == c->end)
		return;
	entry = &c->ring[c->first++ & c->mask];
	c->curr = entry->task;
	c->left = entry->left;
	c->since = cmb_time();
	c->slice_end = c->since + SLICE;
	c->event = cmb_event_schedule(cpu_event, c, NULL, due(c), 0);
}

static void wake(void *subject, void *object)
{
	struct task *task = subject;
	struct cpu *c = task->cpu;

	(void)object;
	wakeups++;
	push(c, task, cmb_random_exponential(RUN_MEAN));
	if (!c->curr)
		run_next(c);
	else if (c->end - c->first == 1 && c->slice_end < c->since + c->left)
		cmb_event_reschedule(
			c->event, c->slice_end > cmb_time() ? c->slice_end : cmb_time());
}

static void cpu_event(void *subject, void *object)
{
	struct cpu *c = subject;
	double left = c->since + c->left - cmb_time();

	(void)object;
	if (left <= 0)
		cmb_event_schedule(
			wake, c->curr, NULL, cmb_time() + cmb_random_exponential(SLEEP_MEAN), 0);
	else
		push(c, c->curr, left);
	run_next(c);
}

static double cpu_time_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void advance(uint64_t more)
{
	more += wakeups;
	while (wakeups < more && cmb_event_execute_next())
		continue;
}

int main(int argc, char **argv)
{
	unsigned long cpus_count, tasks_count, rounds, per_round;
	struct cpu *cpus;
	struct task *tasks;

	if (argc != 5)
		return 2;
	cpus_count = strtoul(argv[1], NULL, 10);
	tasks_count = strtoul(argv[2], NULL, 10);
	rounds = strtoul(argv[3], NULL, 10);
	per_round = strtoul(argv[4], NULL, 10);
	cmb_logger_flags_off(CMB_LOGGER_INFO);
	cmb_random_initialize(1);
	cmb_event_queue_initialize(0.0);
	cpus = calloc(cpus_count, sizeof(*cpus));
	tasks = calloc(tasks_count, sizeof(*tasks));
	for (unsigned long i = 0; i < cpus_count; i++) {
		cpus[i].ring = malloc(4 * sizeof(struct entry));
		cpus[i].mask = 3;
	}
	for (unsigned long i = 0; i < tasks_count; i++) {
		tasks[i].cpu = &cpus[i % cpus_count];
		wake(&tasks[i], NULL);
	}
	advance(3 * tasks_count);
	for (unsigned long i = 0; i < rounds; i++) {
		double begin = cpu_time_ns();

		advance(per_round);
		printf("%.1f\n", (cpu_time_ns() - begin) / (double)per_round);
	}
	return 0;
}
