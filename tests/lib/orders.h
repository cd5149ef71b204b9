/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_ORDERS_H
#define CIDSIM_TESTS_LIB_ORDERS_H

/*
 * A driver that steps the model in random orders: any runnable task on any free CPU, both halves of
 * a switch apart, walks step by step with their initiators preempted, all of fork, exit, exec and
 * affinity. It takes locks as docs/protocol.md, section 11 asks: an initiator that waits for a rq
 * lock, or spins under the mm's lock, is not switched out; a task is taken from the queue of a CPU
 * only while that CPU's rq lock is free. It does not obey affinity, which only gives more orders.
 *
 * A second state, the twin, may be stepped along: it must answer the same.
 */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "model/affinity.h"
#include "model/candidate.h"
#include "model/check.h"
#include "model/exec.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/pool.h"
#include "model/switch.h"
#include "model/walk.h"

enum { ORDERS_TASKS = 320, ORDERS_CPUS = 256, ORDERS_MMS = 4 };

enum twin {
	TWIN_NONE,
	TWIN_COPY,    /* a memcpy of the first: all memory must stay equal */
	TWIN_GROWN,   /* grows at random: what can be seen must be equal */
	TWIN_EXTENTS, /* with extents_always: what can be seen must be equal */
};

/* What a run is made of. */
struct orders_knobs {
	struct protocol protocol;
	uint32_t cpus, tasks, mms; /* tasks: at most this many at once */
	uint32_t steps;
	enum twin twin;
	bool vfork;       /* children in thread groups of their own */
	bool late_show;   /* a child counted early is shown at a later step */
	bool exit_one;    /* exits */
	bool exec;        /* execs, successful ... */
	bool failed_exec; /* ... and not */
	bool failed_fork; /* forks that fail after the child was counted */
	bool affinity;
	bool calm;  /* few switches: much happens between two of them */
	bool waves; /* forks and exits come in waves, to cross the boundary of wide machines */
};

enum task_status {
	TASK_FREE,
	TASK_BORN, /* its fork is not over: not on a run queue */
	TASK_READY,
	TASK_IN_EXEC, /* inactive, runnable */
	TASK_DEAD,    /* inactive, gone once it is switched out */
	TASK_KERNEL,
};

/* What a task is in the middle of. */
enum task_op { OP_NONE, OP_FORK, OP_SHOW, OP_UNFORK, OP_EXIT, OP_EXEC_LEAVE, OP_EXEC_BACK };

struct orders_watch {
	struct model_observer observer;
	uint32_t flips_to_cpu, flips_to_task, deferred;
};

struct orders {
	struct orders_knobs knobs;
	uint64_t random;
	int models;
	struct model *model[2];
	struct model_config config[2];
	struct orders_watch watch[2];
	struct {
		enum task_status status;
		enum task_op op;
		uint32_t child;
	} task[ORDERS_TASKS];
	bool waiting[ORDERS_MMS]; /* the initiator waits for a rq lock */
	bool differs;             /* the twin answered otherwise */
	bool falling;             /* wave: more exits than forks */
	uint32_t spins, gave_up, lost_races, preempted_walks, execs_failed, forks_failed;
};

/* Do @expression, of type struct step and about @m and @obs, to the state and to its twin. */
#define ORDERS_STEP(o, step, expression)                                                           \
	for (int i_ = 0; i_ < (o)->models; i_++) {                                                 \
		struct model *m = (o)->model[i_];                                                  \
		struct model_observer *obs = &(o)->watch[i_].observer;                             \
		struct step s_ = (expression);                                                     \
                                                                                                   \
		(void)obs;                                                                         \
		if (s_.outcome == STEP_NEEDS_EXTENT) {                                             \
			orders_grow(o, i_);                                                        \
			i_--;                                                                      \
			continue;                                                                  \
		}                                                                                  \
		if (i_ == 0)                                                                       \
			(step) = s_;                                                               \
		else if ((step).outcome != s_.outcome || (step).arg != s_.arg)                     \
			(o)->differs = true;                                                       \
	}

/* The same for a call without answer. */
#define ORDERS_CALL(o, call)                                                                       \
	for (int i_ = 0; i_ < (o)->models; i_++) {                                                 \
		struct model *m = (o)->model[i_];                                                  \
		struct model_observer *obs = &(o)->watch[i_].observer;                             \
                                                                                                   \
		(void)obs;                                                                         \
		call;                                                                              \
	}

/* orders-machine.c */

uint32_t orders_below(struct orders *o, uint32_t n);
bool orders_chance(struct orders *o, uint32_t percent);
void orders_event(struct model_observer *observer, const struct model_event *event);
/* Give state @i larger arrays. */
void orders_grow(struct orders *o, int i);
struct model_mm *orders_mm(struct orders *o, uint32_t mm);
struct model_cpu *orders_cpu(struct orders *o, uint32_t cpu);
struct model_task *orders_task(struct orders *o, uint32_t task);
/* NULL half of the time, else a random mask that is not empty. */
const uint64_t *orders_mask(struct orders *o, uint64_t *mask);
/* A random index below @n for which @is holds; @n if there is none. */
uint32_t orders_pick(struct orders *o, uint32_t n, bool (*is)(struct orders *o, uint32_t index));
/* On a CPU whose rq lock is free, doing its own business. */
bool orders_is_executing(struct orders *o, uint32_t task);
bool orders_is_user_executing(struct orders *o, uint32_t task);
bool orders_is_unoccupied(struct orders *o, uint32_t task);
bool orders_is_runnable(struct orders *o, uint32_t task);
bool orders_is_free(struct orders *o, uint32_t task);
bool orders_is_mm_free(struct orders *o, uint32_t mm);
bool orders_can_leave(struct orders *o, uint32_t cpu);
bool orders_is_between(struct orders *o, uint32_t cpu);
bool orders_is_spinning(struct orders *o, uint32_t cpu);
/* Its queue's lock can be had by a switch on @cpu, which holds that of @cpu. */
bool orders_can_pull(struct orders *o, uint32_t task, uint32_t cpu);
void orders_forget(struct orders *o, uint32_t task);
/* The mutex that @task held is released: what it was in the middle of is over. */
void orders_op_done(struct orders *o, uint32_t task);

/* orders-actions.c */

/* @task has begun @op with outcome @step. */
bool orders_begun(struct orders *o, uint32_t task, enum task_op op, uint32_t mm, struct step step);
void orders_switch_out(struct orders *o, uint32_t cpu);
struct step orders_switch_in(struct orders *o, uint32_t cpu, uint32_t next);
/* One step of what holds the mutex of @mm, if its initiator executes. */
bool orders_advance(struct orders *o, uint32_t mm);
/* One random action. Returns false if it had nothing to do. */
bool orders_act(struct orders *o);

/* orders.c */

void orders_begin(struct orders *o, const struct orders_knobs *knobs, uint64_t seed);
void orders_end(struct orders *o);

#endif
