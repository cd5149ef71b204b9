/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The workloads that call execve or make children that share the memory: see workload.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workload.h"

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
 * Failed execs need EXEC_CPUS_MIN possible CPUs, and are never those of an mm's only user: from
 * some states of smaller machines, and of such a user, nothing leads out. Ends the program with 2.
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

void do_exec(const char *self, unsigned threads, unsigned cycles)
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

void do_procs(const char *self, unsigned children, unsigned threads, unsigned rounds)
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

/* Only the main thread is left between the waves, so that the mode goes back as well. */
void do_mix(const char *self, unsigned seed, unsigned ops, unsigned threads, bool pins)
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
