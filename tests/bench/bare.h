/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_BENCH_BARE_H
#define CIDSIM_TESTS_BENCH_BARE_H

/*
 * A bare scheduler, to compare the engine with: the workload "sched" of bench-engine.c and nothing
 * else. No model, no counters, no digest, no log, no scenario; two sorts of events, and what each
 * needs. It is what a program for this one workload can be.
 */

#include <stdint.h>

struct bare;

/* @tasks tasks, below 2^22, in turn in the queues of @cpus CPUs, at most 8192, at time 0. To be
 * freed with bare_free(). */
struct bare *bare_new(uint32_t cpus, uint32_t tasks);
void bare_free(struct bare *bare);

/* Goes on until @wakeups more tasks have woken up. Returns the events that this took: wake-ups,
 * and instants at which a CPU has something to do. */
uint64_t bare_advance(struct bare *bare, uint64_t wakeups);

/* Nanoseconds that all CPUs together have been idle, of those that have passed on all. For a test
 * that it does its work. */
void bare_idle(const struct bare *bare, uint64_t *idle_ns, uint64_t *all_ns);

#endif
