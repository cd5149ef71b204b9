/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * How fast the engine is with everything on but the event log: scheduler, model, counters, time
 * series totals, digest. The workload "sched": N CPUs, M tasks of one process, each runs for 1 ms
 * and sleeps for 2 ms on average, slices of 3 ms, wake-ups on the previous CPU, first in first out.
 * Beside it, in turns, the bare scheduler of bare.h does the same, and nothing else.
 *
 * Prints, per size, ns of CPU time per wake-up of both after a warm-up (the least and the median of
 * a few rounds), the ratio of the medians, and bytes per task. docs/performance.md says what an
 * event is and why wake-ups are compared.
 *
 *     bench-engine [--json] [--rounds N] [--wakeups N] [CPUSxTASKS ...]
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/engine/engine.h"
#include "tests/bench/bare.h"

enum { ROUNDS_MAX = 101, SIZES_MAX = 64, EVENTS_AT_ONCE = 4096 };

struct size {
	unsigned cpus, tasks;
};

static const struct size usual_sizes[] = {
	{ 4, 16 },
	{ 64, 256 },
	{ 256, 4096 },
	{ 1024, 65536 },
	{ 8192, 1000000 },
};

struct options {
	struct size sizes[SIZES_MAX];
	unsigned sizes_count, rounds;
	uint64_t wakeups; /* of each round */
	bool json;
};

/* Tenths of a ns per wake-up. */
struct times {
	uint64_t round[ROUNDS_MAX];
	uint64_t least, median;
};

struct measure {
	struct size size;
	struct times engine, bare;
	uint64_t events_permille; /* per wake-up */
	uint64_t bytes_per_task_tenths;
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

/* Until @wakeups more tasks have woken up, and a few. Returns how many. Its own function, for
 * instructions.sh to count what is in it. */
static __attribute__((noinline)) uint64_t engine_round(struct engine *engine, uint64_t wakeups)
{
	uint64_t begin = engine_totals(engine)->wakeups;

	while (engine_totals(engine)->wakeups < begin + wakeups)
		engine_advance(engine, EVENTS_AT_ONCE);
	return engine_totals(engine)->wakeups - begin;
}

static __attribute__((noinline)) uint64_t bare_round(struct bare *bare, uint64_t wakeups)
{
	bare_advance(bare, wakeups);
	return wakeups;
}

static int compare_times(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void sum_up(struct times *times, unsigned rounds)
{
	qsort(times->round, rounds, sizeof(times->round[0]), compare_times);
	times->least = times->round[0];
	times->median = times->round[rounds / 2];
}

/* All tasks are there, and each has run and slept a few times. */
static void warm_up(struct engine *engine, struct bare *bare, const struct size *size)
{
	while (engine_totals(engine)->wakeups < 4 * (uint64_t)size->tasks)
		engine_advance(engine, EVENTS_AT_ONCE);
	bare_advance(bare, 3 * (uint64_t)size->tasks);
}

static void measure_rounds(struct measure *measure, struct engine *engine, struct bare *bare,
	const struct options *options)
{
	uint64_t events = engine_totals(engine)->events, wakeups = 0;

	for (unsigned round = 0; round < options->rounds; round++) {
		uint64_t begin = cpu_time_ns(), middle, end, woken, bare_woken;

		woken = engine_round(engine, options->wakeups);
		middle = cpu_time_ns();
		bare_woken = bare_round(bare, options->wakeups);
		end = cpu_time_ns();
		measure->engine.round[round] = (middle - begin) * 10 / woken;
		measure->bare.round[round] = (end - middle) * 10 / bare_woken;
		wakeups += woken;
	}
	events = engine_totals(engine)->events - events;
	measure->events_permille = events * 1000 / wakeups;
	sum_up(&measure->engine, options->rounds);
	sum_up(&measure->bare, options->rounds);
}

static struct measure measure(const struct size *size, const struct options *options)
{
	struct measure result = { .size = *size };
	struct scenario *scenario = workload(size);
	struct engine *engine = engine_new(scenario);
	struct bare *bare = bare_new(size->cpus, size->tasks);
	struct record_result *end;

	warm_up(engine, bare, size);
	measure_rounds(&result, engine, bare, options);
	result.bytes_per_task_tenths = engine_bytes(engine) * 10 / size->tasks;
	*engine_interrupted(engine) = 1;
	end = engine_run(engine);
	result.digest = end->digest;
	record_result_free(end);
	engine_free(engine);
	bare_free(bare);
	scenario_free(scenario);
	return result;
}

#define TENTHS(x) (x) / 10, (x) % 10
#define TENTHS_FORMAT "%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT

static void print_json(const struct measure *m, bool first)
{
	printf("%s{\"cpus\":%u,\"tasks\":%u,\"ns_per_wakeup\":" TENTHS_FORMAT
	       ",\"ns_per_wakeup_least\":" TENTHS_FORMAT ",\"bare_ns_per_wakeup\":" TENTHS_FORMAT
	       ",\"bytes_per_task\":" TENTHS_FORMAT "}",
		first ? "" : ",", m->size.cpus, m->size.tasks, TENTHS(m->engine.median),
		TENTHS(m->engine.least), TENTHS(m->bare.median), TENTHS(m->bytes_per_task_tenths));
}

static void print_row(const struct measure *m)
{
	char text[4][32];
	uint64_t percent = m->engine.median * 100 / MAX(m->bare.median, 1);

	g_snprintf(text[0], sizeof(text[0]), TENTHS_FORMAT, TENTHS(m->engine.least));
	g_snprintf(text[1], sizeof(text[1]), TENTHS_FORMAT, TENTHS(m->engine.median));
	g_snprintf(text[2], sizeof(text[2]), TENTHS_FORMAT, TENTHS(m->bare.least));
	g_snprintf(text[3], sizeof(text[3]), TENTHS_FORMAT, TENTHS(m->bare.median));
	printf("%5u %8u  %8s %8s  %8s %8s  %3" G_GUINT64_FORMAT ".%02" G_GUINT64_FORMAT
	       "  %" G_GUINT64_FORMAT ".%03" G_GUINT64_FORMAT "  %6" G_GUINT64_FORMAT
	       ".%" G_GUINT64_FORMAT "  %016" G_GINT64_MODIFIER "x\n",
		m->size.cpus, m->size.tasks, text[0], text[1], text[2], text[3], percent / 100,
		percent % 100, m->events_permille / 1000, m->events_permille % 1000,
		TENTHS(m->bytes_per_task_tenths), m->digest);
}

static bool add_size(struct options *options, const char *text)
{
	struct size size;
	char end;

	if (options->sizes_count == SIZES_MAX ||
		sscanf(text, "%ux%u%c", &size.cpus, &size.tasks, &end) != 2 || size.cpus == 0 ||
		size.cpus > 8192 || size.tasks < 2 || size.tasks >= 1U << 22)
		return false;
	options->sizes[options->sizes_count++] = size;
	return true;
}

static bool read_options(struct options *options, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			options->json = true;
		else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
			options->rounds = (unsigned)g_ascii_strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--wakeups") == 0 && i + 1 < argc)
			options->wakeups = g_ascii_strtoull(argv[++i], NULL, 10);
		else if (!add_size(options, argv[i]))
			return false;
	}
	if (options->sizes_count == 0) {
		memcpy(options->sizes, usual_sizes, sizeof(usual_sizes));
		options->sizes_count = G_N_ELEMENTS(usual_sizes);
	}
	return options->rounds > 0 && options->rounds <= ROUNDS_MAX && options->wakeups > 0;
}

int main(int argc, char **argv)
{
	struct options options = { .rounds = 5, .wakeups = 500000 };

	if (!read_options(&options, argc, argv)) {
		fprintf(stderr, "usage: bench-engine [--json] [--rounds N] [--wakeups N] "
				"[CPUSxTASKS ...]\n");
		return 2;
	}
	if (options.json)
		printf("{\"engine\":[");
	else
		printf("                  engine, ns/wake-up    bare, ns/wake-up         events "
		       "per   bytes\n"
		       " CPUs    tasks     least   median     least   median  ratio  wake-up  per "
		       "task  digest\n");
	for (unsigned i = 0; i < options.sizes_count; i++) {
		struct measure m = measure(&options.sizes[i], &options);

		if (options.json)
			print_json(&m, i == 0);
		else
			print_row(&m);
		fflush(stdout);
	}
	if (options.json)
		printf("]}\n");
	return 0;
}
