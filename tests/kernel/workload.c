/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
/*
 * One process that does to its CIDs what real programs do, a few hundred milliseconds long. It is
 * what the suite kernel records; linked statically it needs no C library where it runs.
 *
 * Threads wait in the kernel (barriers, sleeps) and compute little: what counts is the order of
 * forks, exits, switches and affinity changes, which the machine is free to choose.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 256, STACK_BYTES = 64 * 1024 };

static void fail(const char *what, int error)
{
	fprintf(stderr, "workload: %s: %s\n", what, strerror(error));
	exit(1);
}

static void sleep_us(long us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		continue;
}

static void spin(unsigned rounds)
{
	for (volatile unsigned i = 0; i < rounds; i++)
		continue;
}

/* xorshift, one state per thread: which operations are done does not depend on the machine. */
static unsigned draw(uint64_t *state, unsigned below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (unsigned)(*state >> 33) % below;
}

static pthread_t start(void *(*run)(void *), void *data)
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

static void join(pthread_t thread)
{
	int error = pthread_join(thread, NULL);

	if (error != 0)
		fail("pthread_join", error);
}

/* The kernel ends a thread after pthread_join has returned: give it the time. */
static void settle(void)
{
	sleep_us(3000);
}

/* Mask with the first n CPUs (or with the one CPU `first`, if n is 0) for thread `tid`, 0 = self.
 */
static void pin(pid_t tid, unsigned first, unsigned n)
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

static unsigned cpus(void)
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

/* ---- exec: exec that fails late, when the kernel has already left the old mm's accounting ---- */

enum { EXEC_CPUS_MIN = 4 };

#ifndef POSSIBLE_CPUS
#define POSSIBLE_CPUS "/sys/devices/system/cpu/possible"
#endif

static char odd_file[64];

/* How many CPUs can ever be there, by a list as 0-3,6; 0 if that cannot be known. */
static unsigned possible_cpus(void)
{
	FILE *file = fopen(POSSIBLE_CPUS, "re");
	unsigned first, last, count = 0;
	int separator = ',';

	while (file && separator == ',' && fscanf(file, "%u", &first) == 1) {
		last = first;
		separator = fgetc(file);
		if (separator == '-' && fscanf(file, "%u", &last) == 1)
			separator = fgetc(file);
		if (last < first)
			break;
		count += last - first + 1;
	}
	if (file)
		fclose(file);
	return separator == '\n' || separator == EOF ? count : 0;
}

/*
 * Failed execs need EXEC_CPUS_MIN possible CPUs, and are never those of an mm's only user: from some
 * states of smaller machines, and of such a user, nothing leads out. Ends the program with 2.
 */
static void refuse_small_machine(void)
{
	unsigned cpus = possible_cpus();

	if (cpus >= EXEC_CPUS_MIN)
		return;
	fprintf(stderr, "workload: execs that fail need %d possible CPUs; %s has %u\n",
		EXEC_CPUS_MIN, POSSIBLE_CPUS, cpus);
	exit(2);
}

/* A file that may be executed and has no known format: execve gives ENOEXEC. */
static void make_odd_file(void)
{
	int fd;

	snprintf(odd_file, sizeof odd_file, "/tmp/workload-odd-%ld", (long)getpid());
	mkdir("/tmp", 01777);
	fd = open(odd_file, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0700);
	if (fd < 0 || write(fd, "no format\n", 10) != 10)
		fail(odd_file, errno);
	close(fd);
}

static void exec_odd(void)
{
	char *argv[] = { odd_file, NULL };

	execv(odd_file, argv);
	if (errno != ENOEXEC)
		fail("execve of a file without a format", errno);
}

static void *exec_thread(void *data)
{
	uint64_t state = 77 + (uintptr_t)data;

	for (int i = 0; i < 6; i++) {
		exec_odd();
		spin(1000);
		sleep_us(200 + draw(&state, 1500));
	}
	return NULL;
}

/*
 * CYCLES times N threads whose execs fail, while this one waits; then a real exec, of this program as
 * `pool 1 N 2`.
 */
static void do_exec(const char *self, unsigned threads, unsigned cycles)
{
	pthread_t thread[THREADS_MAX];
	char number[16];

	refuse_small_machine();
	make_odd_file();
	for (unsigned cycle = 0; cycle < cycles; cycle++) {
		for (unsigned i = 0; i < threads; i++)
			thread[i] = start(exec_thread, (void *)(uintptr_t)(cycle * threads + i));
		for (unsigned i = 0; i < threads; i++)
			join(thread[i]);
		settle();
	}
	unlink(odd_file);
	snprintf(number, sizeof number, "%u", threads);
	execl(self, self, "pool", "1", number, "2", (char *)NULL);
	fail(self, errno);
}

/* ---- procs V T N: N rounds of V children that share the memory, next to T threads ---- */

static int child(void *data)
{
	sleep_us((long)(uintptr_t)data);
	spin(1000);
	return 0;
}

/*
 * As vfork, but the parent runs on: the child shares the mm and is a thread group of its own. It
 * calls nothing that uses thread-local storage (but errno), which it shares with its parent.
 */
static pid_t start_child(char *stack, long us)
{
	pid_t pid = clone(child, stack + STACK_BYTES, CLONE_VM | SIGCHLD, (void *)(uintptr_t)us);

	if (pid < 0)
		fail("clone", errno);
	return pid;
}

static void wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status != 0)
		fail("a child failed", errno);
}

static void vfork_and_wait(const char *self)
{
	pid_t pid = vfork();

	if (pid < 0)
		fail("vfork", errno);
	if (pid == 0) {
		execl(self, self, "nothing", (char *)NULL);
		_exit(1);
	}
	wait_for(pid);
}

static void *sleepy_thread(void *data)
{
	uint64_t state = 99 + (uintptr_t)data;

	for (int i = 0; i < 5; i++) {
		spin(1000);
		sleep_us(300 + draw(&state, 1500));
	}
	return NULL;
}

static void do_procs(const char *self, unsigned children, unsigned threads, unsigned rounds)
{
	pthread_t thread[THREADS_MAX];
	pid_t pids[THREADS_MAX];
	char *stacks = malloc((size_t)STACK_BYTES * children);

	if (!stacks)
		fail("malloc", errno);
	for (unsigned round = 0; round < rounds; round++) {
		for (unsigned i = 0; i < children; i++)
			pids[i] =
				start_child(stacks + (size_t)STACK_BYTES * i, 500 + 900 * (long)i);
		for (unsigned i = 0; i < threads; i++)
			thread[i] = start(sleepy_thread, (void *)(uintptr_t)(round * threads + i));
		vfork_and_wait(self);
		for (unsigned i = 0; i < threads; i++)
			join(thread[i]);
		for (unsigned i = 0; i < children; i++)
			wait_for(pids[i]);
		vfork_and_wait(self);
		settle();
	}
	free(stacks);
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

/* ---- mix SEED OPS THREADS PIN: a bit of everything, in an order that the seed draws ---- */

struct mixer {
	uint64_t state;
	unsigned ops;
	bool pins;
	const char *self;
};

static void *short_thread(void *data)
{
	spin(500 + 500 * (unsigned)(uintptr_t)data);
	return NULL;
}

static void *mix_run(void *data)
{
	struct mixer *mixer = data;
	uint64_t *state = &mixer->state;

	for (unsigned op = 0; op < mixer->ops; op++) {
		switch (draw(state, 8)) {
		case 0:
		case 1: {
			pthread_t threads[4];
			unsigned n = 1 + draw(state, 4);

			for (unsigned i = 0; i < n; i++)
				threads[i] = start(short_thread, (void *)(uintptr_t)i);
			for (unsigned i = 0; i < n; i++)
				join(threads[i]);
			break;
		}
		case 2:
		case 3:
			sleep_us(100 + draw(state, 3000));
			break;
		case 4:
			sched_yield();
			break;
		case 5:
			if (mixer->pins)
				pin(0, draw(state, cpus()), draw(state, 3) ? 0 : cpus());
			break;
		case 6:
			if (draw(state, 4) == 0)
				vfork_and_wait(mixer->self);
			else
				exec_odd();
			break;
		default:
			spin(20000);
			break;
		}
	}
	return NULL;
}

/* In three waves, with only the main thread between them, so that the mode goes back as well. */
static void do_mix(const char *self, unsigned seed, unsigned ops, unsigned threads, bool pins)
{
	static struct mixer mixers[THREADS_MAX];
	pthread_t thread[THREADS_MAX];

	refuse_small_machine();
	make_odd_file();
	for (unsigned wave = 0; wave < 3; wave++) {
		for (unsigned i = 0; i < threads; i++) {
			/* Odd and far apart: xorshift must not start with 0. */
			mixers[i] = (struct mixer){ .ops = ops,
				.pins = pins,
				.self = self,
				.state = (seed * 2654435761u + wave * 40503u + i * 977u) | 1u };
			thread[i] = start(mix_run, &mixers[i]);
		}
		for (unsigned i = 0; i < threads; i++)
			join(thread[i]);
		settle();
	}
	unlink(odd_file);
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
