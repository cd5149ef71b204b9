/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * How fast the engine is with everything on but the event log: scheduler, model, counters, time
 * series totals, digest. The workload "sched": N CPUs, M tasks of one process, each runs for 1 ms
 * and sleeps for 2 ms on average, slices of 3 ms, wake-ups on the previous CPU, first in first out.
 * Prints, per size, ns of CPU time per event and per wake-up after a warm-up, and bytes per task.
 *
 * An event is what engine_advance() counts: that a task wakes up, that a CPU is due, that an action
 * is due. A wake-up has about three of them here: the wake-up, the begin of the burst (at the same
 * time, once the switch is done, to draw how long it lasts) and its end. Other simulators draw the
 * burst where it begins and have two: what can be compared is the time per wake-up.
 *
 *     bench-engine [--json] [--quick]
 */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sim/engine/engine.h"

struct size {
	unsigned cpus, tasks;
	uint64_t events; /* to measure */
};

static const struct size sizes[] = {
	{ 4, 16, 4000000 },
	{ 64, 256, 4000000 },
	{ 256, 4096, 4000000 },
	{ 1024, 65536, 4000000 },
	{ 8192, 1000000, 6000000 },
};

struct measure {
	double ns_per_event, ns_per_wakeup;
	double bytes_per_task;
	uint64_t digest;
};

static uint64_t cpu_time_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static struct scenario *workload(const struct size *size)
{
	g_autofree char *text =
		g_strdup_printf("[scenario]\ntime = 4000s\ncheck = off\n"
				"[machine]\ncpus = %u\n"
				"[cost]\nfork = 0ns\ndecision = 0ns\nwalk-task = 0ns\n"
				"[sched]\nslice = 3ms\nplacement = previous\n"
				"wakeup-preemption = off\nidle-pull = off\n"
				"[mm app]\n"
				"[tasks worker]\ncount = %u\nrun = exp(1ms)\n"
				"sleep = exp(2ms)\n",
			size->cpus, size->tasks - 1);
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = scenario_parse("bench", text, strlen(text), NULL, errors);

	if (!scenario)
		g_error("%s", (char *)errors->pdata[0]);
	return scenario;
}

static struct measure measure(const struct size *size, uint64_t events)
{
	struct scenario *scenario = workload(size);
	struct engine *engine = engine_new(scenario);
	struct measure result;
	struct record_result *end;
	uint64_t begin, wakeups, ns;

	/* All tasks forked, and each has run and slept a few times. */
	engine_advance(engine, 3 * (uint64_t)size->tasks + 8 * (uint64_t)size->tasks);
	wakeups = engine_totals(engine)->wakeups;
	begin = cpu_time_ns();
	engine_advance(engine, events);
	ns = cpu_time_ns() - begin;
	wakeups = engine_totals(engine)->wakeups - wakeups;
	result.ns_per_event = (double)ns / (double)events;
	result.ns_per_wakeup = (double)ns / (double)wakeups;
	result.bytes_per_task = (double)engine_bytes(engine) / size->tasks;
	*engine_interrupted(engine) = 1;
	end = engine_run(engine);
	result.digest = end->digest;
	record_result_free(end);
	engine_free(engine);
	scenario_free(scenario);
	return result;
}

static void print_json(const struct measure *measures)
{
	printf("{\"engine\":[");
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
		printf("%s{\"cpus\":%u,\"tasks\":%u,\"ns_per_event\":%.1f,"
		       "\"ns_per_wakeup\":%.1f,\"bytes_per_task\":%.1f}",
			i ? "," : "", sizes[i].cpus, sizes[i].tasks, measures[i].ns_per_event,
			measures[i].ns_per_wakeup, measures[i].bytes_per_task);
	printf("]}\n");
}

static void print_table(const struct measure *measures)
{
	printf("  CPUs    tasks  ns/event  ns/wake-up  bytes/task  digest\n");
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
		printf("%6u  %7u  %8.1f  %10.1f  %10.1f  %016" G_GINT64_MODIFIER "x\n",
			sizes[i].cpus, sizes[i].tasks, measures[i].ns_per_event,
			measures[i].ns_per_wakeup, measures[i].bytes_per_task, measures[i].digest);
}

int main(int argc, char **argv)
{
	struct measure measures[G_N_ELEMENTS(sizes)];
	bool json = false, quick = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			json = true;
		} else if (strcmp(argv[i], "--quick") == 0) {
			quick = true;
		} else {
			fprintf(stderr, "usage: bench-engine [--json] [--quick]\n");
			return 2;
		}
	}
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
		measures[i] = measure(&sizes[i], quick ? sizes[i].events / 100 : sizes[i].events);
	if (json)
		print_json(measures);
	else
		print_table(measures);
	return 0;
}
