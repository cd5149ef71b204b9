/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_HOLDERS_H
#define CIDSIM_SIM_ENGINE_HOLDERS_H

/*
 * Who holds which number of each mm, counted step by step: after a step, only the tasks and CPUs
 * that it has touched are counted again. check_mm() of model/check.h looks at all users and CPUs;
 * the counts give the same result.
 *
 * Each step touches the task that takes it, and the word of its CPU. Some steps touch more:
 *
 *     a switch            the task that leaves and the task that comes
 *     a fork              the child
 *     a step of a walk    the task or the CPU that it visits, and the task that runs there
 *
 * The engine must tell all of this (holders_touch_*): a change that is not told is not seen. Tests
 * compare the counts with check_mm().
 */

#include <stdbool.h>
#include <stdint.h>

#include "model/cid.h"

struct engine;

/* Of one number of an mm. */
struct holders_number {
	uint32_t held;    /* words that hold it */
	uint32_t running; /* active tasks that run with it */
	bool clear;       /* it is held, but its bit in the pool is clear */
};

/* Of an mm. The fields after numbers_count are counts. */
struct holders_mm {
	bool stale;     /* all of its users had left: count from the beginning */
	uint32_t round; /* grows with each new count; shares of older rounds are void */
	struct holders_number *numbers; /* those below numbers_count; nobody holds the others */
	cid_word *words; /* of CPUs, as counted last; NULL: no CPU has been touched */
	uint32_t numbers_count;
	uint32_t held, held_twice, held_clear;  /* numbers */
	uint32_t held_beyond;                   /* words with a number beyond possible */
	uint32_t running_twice;                 /* numbers */
	uint32_t running_unset, running_beyond; /* active tasks that run */
	uint32_t by_users, by_cpus;             /* words that are owned */
	uint32_t by_inactive;                   /* inactive tasks that run, and hold a number */
};

/* What a task adds to the counts, and of which mm. */
struct holders_share {
	uint32_t round;
	uint16_t mm;
	cid_word word;
	uint8_t held; /* times that its word holds a number */
	bool owns, running, inactive;
};

struct holders {
	bool on;
	struct holders_mm *mms;
	struct holders_share *tasks;
	uint32_t mms_count, tasks_count;
};

void holders_clear(struct holders *holders);

/* @mm has been made, and has no users. */
void holders_begin(struct engine *engine, uint32_t mm);

/* A step has touched the word of @cpu in @mm; @cpu may be CPU_NONE. */
void holders_touch_cpu(struct engine *engine, uint32_t mm, uint32_t cpu);

/* A step has touched @task: its word, its mm, or whether it runs or is active. It may be
 * TASK_NONE. */
void holders_touch_task(struct engine *engine, uint32_t task);

/* Which properties are broken in @mm, as check_mm() says. */
unsigned holders_broken(struct engine *engine, uint32_t mm);

#endif
