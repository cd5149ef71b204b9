/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_HOLDERS_H
#define CIDSIM_SIM_ENGINE_HOLDERS_H

/*
 * Who holds which number of each mm, counted step by step: after a step only the tasks and CPUs
 * that it has touched are looked at again. From the counts follows what check_mm() of model/check.h
 * finds by looking at all users and CPUs.
 *
 * A step touches the task that takes it and the word of its CPU; a switch, who leaves and who
 * comes; a fork, the child; a step of a walk, the task or the CPU that it visits, and who runs
 * there. What is not told here is not seen: tests compare both.
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

/* Of an mm. All but the first three count. */
struct holders_mm {
	bool stale;                     /* count anew: all of its users had left */
	uint32_t round;                 /* of counting; shares of others do not count */
	struct holders_number *numbers; /* those below numbers_count; the others are held by none */
	cid_word *words; /* of CPUs, as they are counted; NULL: none has been touched */
	uint32_t numbers_count;
	uint32_t held, held_twice, held_clear;  /* numbers */
	uint32_t held_beyond;                   /* words with a number beyond possible */
	uint32_t running_twice;                 /* numbers */
	uint32_t running_unset, running_beyond; /* active tasks that run */
	uint32_t by_users, by_cpus;             /* words that are owned */
	uint32_t by_inactive; /* tasks that run inactive and have one all the same */
};

/* What is counted of a task, and where. */
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
