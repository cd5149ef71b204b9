/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The command line, what all workloads use, and those of threads only: see workload.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "workload.h"

void fail(const char *what, int error)
{
	fprintf(stderr, "workload: %s: %s\n", what, strerror(error));
	exit(1);
}

void sleep_us(long us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		continue;
}

void spin(unsigned rounds)
{
	for (volatile unsigned i = 0; i < rounds; i++)
		continue;
}

unsigned draw(uint64_t *state, unsigned below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (unsigned)(*state >> 33) % below;
}

pthread_t start(void *(*run)(void *), void *data)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	/* While another thread is inside execve, the kernel refuses new threads for a moment. */
	while ((error = pthread_create(&thread, &attr, run, data)) == EAGAIN)
		sleep_us(200);
	if (error != 0)
		fail("pthread_create", error);
	pthread_attr_destroy(&attr);
	return thread;
}

void join(pthread_t thread)
{
	int error = pthread_join(thread, NULL);

	if (error != 0)
		fail("pthread_join", error);
}

void settle(void)
{
	sleep_us(3000);
}

void pin(pid_t tid, unsigned first, unsigned n)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (n == 0)
		CPU_SET(first, &set);
	for (unsigned cpu = 0; cpu < n; cpu++)
		CPU_SET(cpu, &set);
	if (sched_setaffinity(tid, sizeof set, &set) != 0)
		fail("sched_setaffinity", errno);
}

unsigned cpus(void)
{
	return (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
}

/* ---- pool P T CYCLES: P pools, each: create T threads, wait for all, release all, join all ----
 */

struct pool {
	unsigned threads, cycles;
	pthread_barrier_t started;
};

static void *pool_thread(void *data)
{
	struct pool *pool = data;

	pthread_barrier_wait(&pool->started);
	spin(2000);
	return NULL;
}

static void *pool_run(void *data)
{
	struct pool *pool = data;
	pthread_t threads[THREADS_MAX];

	for (unsigned cycle = 0; cycle < pool->cycles; cycle++) {
		pthread_barrier_init(&pool->started, NULL, pool->threads + 1);
		for (unsigned i = 0; i < pool->threads; i++)
			threads[i] = start(pool_thread, pool);
		pthread_barrier_wait(&pool->started);
		for (unsigned i = 0; i < pool->threads; i++)
			join(threads[i]);
		pthread_barrier_destroy(&pool->started);
	}
	return NULL;
}

/* The first pool is the main thread's: with P = 1 there are T + 1 users, and 1 between cycles. */
static void do_pool(unsigned pools, unsigned threads, unsigned cycles)
{
	static struct pool pool[THREADS_MAX];
	pthread_t leaders[THREADS_MAX];

	for (unsigned p = 0; p < pools; p++)
		pool[p] = (struct pool){ .threads = threads, .cycles = cycles };
	for (unsigned p = 1; p < pools; p++)
		leaders[p] = start(pool_run, &pool[p]);
	pool_run(&pool[0]);
	for (unsigned p = 1; p < pools; p++)
		join(leaders[p]);
}

/* ---- ramp N CYCLES: threads come one by one, up to N users, and go one by one ---- */

static atomic_uint ramp_wanted;

static void *ramp_thread(void *data)
{
	unsigned number = *(unsigned *)data;

	while (atomic_load(&ramp_wanted) > number) {
		spin(1000);
		sleep_us(1500);
	}
	return NULL;
}

static void do_ramp(unsigned users, unsigned cycles)
{
	static unsigned numbers[THREADS_MAX];
	pthread_t threads[THREADS_MAX];

	for (unsigned cycle = 0; cycle < cycles; cycle++) {
		for (unsigned i = 1; i < users; i++) {
			numbers[i] = i;
			atomic_store(&ramp_wanted, i + 1);
			threads[i] = start(ramp_thread, &numbers[i]);
			sleep_us(1000);
		}
		for (unsigned i = users - 1; i > 0; i--) {
			atomic_store(&ramp_wanted, i);
			join(threads[i]);
			sleep_us(1000);
		}
		settle();
	}
}

/* ---- affinity N W CYCLES: N threads on one CPU, then on ever more, up to W; fewer; all go ---- */

static atomic_bool affinity_over;
static atomic_int affinity_tids[THREADS_MAX];

static void *affinity_thread(void *data)
{
	atomic_store(&affinity_tids[(uintptr_t)data], gettid());
	while (!atomic_load(&affinity_over)) {
		spin(1000);
		sleep_us(700);
	}
	return NULL;
}

/*
 * The allowed CPUs of an mm begin with the mask of the exec, so this wants to be started on one CPU
 * (taskset 1); they only grow, so only the first cycle widens them.
 */
static void do_affinity(unsigned threads, unsigned width, unsigned cycles)
{
	pthread_t thread[THREADS_MAX];

	if (width > cpus())
		width = cpus();
	for (unsigned cycle = 0; cycle < cycles; cycle++) {
		atomic_store(&affinity_over, false);
		for (unsigned i = 0; i < threads; i++) {
			atomic_store(&affinity_tids[i], 0);
			thread[i] = start(affinity_thread, (void *)(uintptr_t)i);
		}
		for (unsigned i = 0; i < threads; i++)
			while (atomic_load(&affinity_tids[i]) == 0)
				sleep_us(200);
		for (unsigned n = 1; n <= width; n++) {
			for (unsigned i = 0; i < threads; i++)
				pin(atomic_load(&affinity_tids[i]), 0, n);
			sleep_us(2000);
		}
		pin(0, 0, width);
		pin(atomic_load(&affinity_tids[0]), 0, 0);
		sleep_us(2000);
		atomic_store(&affinity_over, true);
		for (unsigned i = 0; i < threads; i++)
			join(thread[i]);
		settle();
	}
}

/* ---- the command line ---- */

static const struct {
	const char *name, *args;
	int count;
} commands[] = {
	{ "pool", "POOLS THREADS CYCLES", 3 },
	{ "ramp", "USERS CYCLES", 2 },
	{ "exec", "THREADS CYCLES", 2 },
	{ "procs", "CHILDREN THREADS ROUNDS", 3 },
	{ "affinity", "THREADS CPUS CYCLES", 3 },
	{ "mix", "SEED OPS THREADS PINS", 4 },
	{ "nothing", "", 0 },
};

static int usage(void)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(stderr, "%s workload %s %s\n", i == 0 ? "usage:" : "      ",
			commands[i].name, commands[i].args);
	return 2;
}

int main(int argc, char **argv)
{
	const char *self = "/proc/self/exe", *name = argc > 1 ? argv[1] : "";
	unsigned arg[4] = { 0 };
	size_t i = 0;

	while (i < sizeof commands / sizeof *commands && strcmp(name, commands[i].name) != 0)
		i++;
	if (i == sizeof commands / sizeof *commands || argc - 2 != commands[i].count)
		return usage();
	for (int n = 0; n < argc - 2; n++) {
		char *end;
		unsigned long value = strtoul(argv[n + 2], &end, 10);

		if (*end != '\0' || end == argv[n + 2] || value > 100000)
			return usage();
		arg[n] = (unsigned)value;
	}
	/* All counts of threads are below this; the other numbers do not mind. */
	for (int n = 0; n < 3; n++)
		if (arg[n] >= THREADS_MAX && strcmp(name, "mix") != 0 && n < 2)
			return usage();
	if (strcmp(name, "pool") == 0)
		do_pool(arg[0], arg[1], arg[2]);
	else if (strcmp(name, "ramp") == 0)
		do_ramp(arg[0], arg[1]);
	else if (strcmp(name, "exec") == 0)
		do_exec(self, arg[0], arg[1]);
	else if (strcmp(name, "procs") == 0)
		do_procs(self, arg[0], arg[1], arg[2]);
	else if (strcmp(name, "affinity") == 0)
		do_affinity(arg[0], arg[1], arg[2]);
	else if (strcmp(name, "mix") == 0 && arg[2] < THREADS_MAX)
		do_mix(self, arg[0], arg[1], arg[2], arg[3] != 0);
	return 0;
}
