/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_KERNEL_WORKLOAD_H
#define CIDSIM_TESTS_KERNEL_WORKLOAD_H

/*
 * One process that does to its CIDs what real programs do, a few hundred milliseconds long. It is
 * what the suite kernel records; linked statically it needs no C library where it runs.
 *
 * Threads wait in the kernel (barriers, sleeps) and compute little: what counts is the order of
 * forks, exits, switches and affinity changes, which the machine is free to choose.
 */

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { THREADS_MAX = 256, STACK_BYTES = 64 * 1024 };

/* Say what has failed with which errno, and end the program with 1. All below end so. */
_Noreturn void fail(const char *what, int error);

void sleep_us(long us);

/* Compute a little. */
void spin(unsigned rounds);

/* 0 to @below - 1. Which operations are done does not depend on the machine: each thread has a
 * @state of its own, which is never 0. */
unsigned draw(uint64_t *state, unsigned below);

/* A thread that runs @run with a stack of STACK_BYTES. Waits while the kernel refuses new ones. */
pthread_t start(void *(*run)(void *), void *data);
void join(pthread_t thread);

/* The kernel ends a thread after join() has returned: give it the time. */
void settle(void);

/* Let thread @tid, or this one if it is 0, run on the first @n CPUs only, or on CPU @first if @n is
 * 0. */
void pin(pid_t tid, unsigned first, unsigned n);

/* How many CPUs are online. */
unsigned cpus(void);

/*
 * Below, @self is the path of this program, and counts of threads and children are less than
 * THREADS_MAX. What has execs that fail refuses a small machine: the program ends with 2.
 */

/* @cycles times @threads threads whose execs fail, while this one waits; then a real exec, of this
 * program as `pool 1 THREADS 2`. Does not return. */
void do_exec(const char *self, unsigned threads, unsigned cycles);

/* @rounds rounds of @children children that share the memory, next to @threads threads. */
void do_procs(const char *self, unsigned children, unsigned threads, unsigned rounds);

/* Three waves of @threads threads; each thread does @ops operations, drawn from @seed; with @pins
 * they change their affinity, too. */
void do_mix(const char *self, unsigned seed, unsigned ops, unsigned threads, bool pins);

#endif
