/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_TASK_H
#define CIDSIM_SIM_ENGINE_TASK_H

/*
 * One task: how it stands with the scheduler (its state), and what it does (its operation, and the
 * stage of it that it is in). Nobody writes the three fields but by the functions below, which
 * assert that the change is one of these.
 *
 *	                   tasks_new()              waits for others
 *	    FREE ----------------------> WAITS <-----------------------+
 *	     ^ ^     fork has failed     |   |                         |
 *	     | +-------------------------+   | is to be woken          |
 *	     |                           |   v               sleeps    |
 *	     |                           |  SLEEPS <-------------------+
 *	     |                           |   |                         |
 *	     |                  wakes up |   | wakes up                |
 *	     |             has           v   v                         |
 *	     |  BLOCKED ------------>   QUEUED <---> MOVES             |
 *	     |     ^       mutex        |   ^        | ^               |
 *	     |     |        switched in |   |        | | may not stay  |
 *	     |     |                    v   | preempted|               |
 *	     |     +------------------- RUNS <-------+-+---------------+
 *	     |      mutex is taken       |   on another CPU
 *	     |                           | exit is done
 *	     +--------- DIES <-----------+
 *	  its CPU has switched away
 *
 * What it does. An operation begins in user space and leads back to it; each stage takes its time
 * on the CPU, and the task can be preempted between any two.
 *
 *	  USER ---> ENTER ---> DECIDE ---> WALK* ---> COMPLETE ---> RETURN ---> USER
 *
 *	ENTER     the way into the kernel       fork exec_leave exec_join exit affinity work
 *	DECIDE    under the mutex: the decision fork undo_fork exec_leave exec_join exit work
 *	WALK      the steps of a walk, if the decision has opened a window:  as DECIDE
 *	COMPLETE  the window closes:                                         as DECIDE
 *	RETURN    the child is there; of a vfork: once the child lets its parent go:  fork
 *
 * From DECIDE or COMPLETE an operation goes to ENTER of the next child, of exec_join after
 * exec_leave, of the next work; to DECIDE of undo_fork after a fork that fails; or to USER.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/hot-assert.h"

/* No index: none. */
#define INDEX_NONE UINT32_MAX

enum task_state {
	TASK_FREE,    /* no task */
	TASK_WAITS,   /* for an action, a join, a release: no time is set */
	TASK_SLEEPS,  /* due = when it wakes up */
	TASK_QUEUED,  /* in the run queue of its CPU; due = ns left to run */
	TASK_RUNS,    /* due = ns left to run */
	TASK_MOVES,   /* between two CPUs, within one event; due = ns left to run */
	TASK_BLOCKED, /* on the mutex of an mm */
	TASK_DIES,    /* gone as soon as its CPU has switched away */
	TASK_STATES,
};

/* What the task does when it has run for what is left to it. */
enum task_stage {
	STAGE_USER,     /* the burst ends */
	STAGE_ENTER,    /* the way into the kernel ends: the operation proper begins */
	STAGE_DECIDE,   /* under the mutex: the decision is made */
	STAGE_WALK,     /* a step of the walk is taken */
	STAGE_COMPLETE, /* the window closes */
	STAGE_RETURN,   /* the operation is over */
	TASK_STAGES,
};

enum task_op {
	OP_NONE,
	OP_FORK,      /* of any kind; see struct op */
	OP_UNDO_FORK, /* failed fork: the child leaves again */
	OP_EXIT,
	OP_EXEC_LEAVE, /* out of the old mm */
	OP_EXEC_JOIN,  /* into the new one, or the old one again */
	OP_AFFINITY,
	OP_WORK, /* the deferred work, by a kernel thread */
	TASK_OPS,
};

/* "exec_join": its word, as logs and messages have it. */
const char *task_op_to_string(enum task_op op);

/* "waits", "decide": only tests and a debugger print them. */
const char *task_state_to_string(enum task_state state);
const char *task_stage_to_string(enum task_stage stage);

/* 32 bytes a task, 48 with the model's; neither crosses a cache line. */
struct sim_task {
	uint32_t due_low; /* ns, see enum task_state; through task_due() */
	uint16_t due_high;
	uint16_t state : 3;     /* through task_set_state() */
	uint16_t stage : 3;     /* through task_go() */
	uint16_t op : 4;        /* through task_go() */
	uint16_t asked : 1;     /* requests wait, see requests.h */
	uint16_t leaves : 1;    /* asked to exit by its team */
	uint16_t in_window : 1; /* initiator of an open window */
	uint16_t fresh : 1;     /* no burst is under way: the next thing is to begin one */
	uint16_t begun : 1;     /* has run in user space */
	uint16_t released : 1;  /* pool: let go by its leader */
	uint32_t pid;
	uint32_t draws;     /* of its random stream */
	uint32_t position;  /* queued: in the run queue; blocked: next on the mutex; free: next free
	                     */
	uint32_t extra;     /* in tasks.extras; 0 = nothing special */
	uint64_t unit : 20; /* in units: a file has at most a million lines */
	uint64_t mask : 20; /* affinity, in masks */
	uint64_t shown : 16; /* CID that user space saw last */
	uint64_t : 8;
};
_Static_assert(sizeof(struct sim_task) == 32, "a task is 32 bytes");

static inline uint64_t task_due(const struct sim_task *task)
{
	return (uint64_t)task->due_high << 32 | task->due_low;
}

static inline void task_set_due(struct sim_task *task, uint64_t ns)
{
	task->due_low = (uint32_t)ns;
	task->due_high = (uint16_t)(ns >> 32);
}

/*
 * The pairs that can be, a bit each. They stand here for the compiler to fold them.
 */

#define TASK_BIT(x) (1U << (x))
#define TASK_ALL_STAGES (TASK_BIT(TASK_STAGES) - 1)

/* The states after a state. */
static const uint8_t task_states_after[TASK_STATES] = {
	[TASK_FREE] = TASK_BIT(TASK_WAITS),
	[TASK_WAITS] = TASK_BIT(TASK_QUEUED) | TASK_BIT(TASK_SLEEPS) | TASK_BIT(TASK_FREE),
	[TASK_SLEEPS] = TASK_BIT(TASK_QUEUED) | TASK_BIT(TASK_SLEEPS),
	[TASK_QUEUED] = TASK_BIT(TASK_RUNS) | TASK_BIT(TASK_MOVES),
	[TASK_RUNS] = TASK_BIT(TASK_QUEUED) | TASK_BIT(TASK_MOVES) | TASK_BIT(TASK_WAITS) |
	              TASK_BIT(TASK_SLEEPS) | TASK_BIT(TASK_BLOCKED) | TASK_BIT(TASK_DIES),
	[TASK_MOVES] = TASK_BIT(TASK_QUEUED) | TASK_BIT(TASK_RUNS),
	[TASK_BLOCKED] = TASK_BIT(TASK_QUEUED),
	[TASK_DIES] = TASK_BIT(TASK_FREE),
};

/* The stages that a task can be at in a state. */
static const uint8_t task_stages_in_state[TASK_STATES] = {
	[TASK_FREE] = TASK_ALL_STAGES,
	/* ENTER: the deferred work, queued while its kernel thread waits */
	[TASK_WAITS] = TASK_BIT(STAGE_USER) | TASK_BIT(STAGE_ENTER) | TASK_BIT(STAGE_RETURN),
	[TASK_SLEEPS] = TASK_BIT(STAGE_USER) | TASK_BIT(STAGE_RETURN),
	[TASK_QUEUED] = TASK_ALL_STAGES,
	[TASK_RUNS] = TASK_ALL_STAGES,
	[TASK_MOVES] = TASK_ALL_STAGES,
	[TASK_BLOCKED] = TASK_BIT(STAGE_DECIDE),
	[TASK_DIES] = TASK_BIT(STAGE_DECIDE) | TASK_BIT(STAGE_COMPLETE),
};

/* Where a decision is made, and what may follow it. */
#define TASK_MUTEX_STAGES (TASK_BIT(STAGE_DECIDE) | TASK_BIT(STAGE_WALK) | TASK_BIT(STAGE_COMPLETE))
#define TASK_AFTER_FINISH                                                                          \
	(TASK_BIT(STAGE_ENTER) | TASK_BIT(STAGE_DECIDE) | TASK_BIT(STAGE_RETURN) |                 \
		TASK_BIT(STAGE_USER))

static const uint8_t task_stages_of_op[TASK_OPS] = {
	[OP_NONE] = TASK_BIT(STAGE_USER),
	[OP_FORK] = TASK_BIT(STAGE_ENTER) | TASK_MUTEX_STAGES | TASK_BIT(STAGE_RETURN),
	[OP_UNDO_FORK] = TASK_MUTEX_STAGES,
	[OP_EXIT] = TASK_BIT(STAGE_ENTER) | TASK_MUTEX_STAGES,
	[OP_EXEC_LEAVE] = TASK_BIT(STAGE_ENTER) | TASK_MUTEX_STAGES,
	[OP_EXEC_JOIN] = TASK_BIT(STAGE_ENTER) | TASK_MUTEX_STAGES,
	[OP_AFFINITY] = TASK_BIT(STAGE_ENTER),
	[OP_WORK] = TASK_BIT(STAGE_ENTER) | TASK_MUTEX_STAGES,
};

static const uint8_t task_stages_after[TASK_STAGES] = {
	[STAGE_USER] = TASK_BIT(STAGE_ENTER),
	/* to ENTER or USER: a fork that fails before the decision, an affinity change */
	[STAGE_ENTER] = TASK_BIT(STAGE_DECIDE) | TASK_BIT(STAGE_ENTER) | TASK_BIT(STAGE_USER),
	[STAGE_DECIDE] = TASK_BIT(STAGE_WALK) | TASK_BIT(STAGE_COMPLETE) | TASK_AFTER_FINISH,
	[STAGE_WALK] = TASK_BIT(STAGE_WALK) | TASK_BIT(STAGE_COMPLETE),
	[STAGE_COMPLETE] = TASK_AFTER_FINISH,
	[STAGE_RETURN] = TASK_BIT(STAGE_ENTER) | TASK_BIT(STAGE_USER),
};

/* @task is now in @state. */
static inline void task_set_state(struct sim_task *task, enum task_state state)
{
	hot_assert(task_states_after[task->state] >> state & 1);
	hot_assert(task_stages_in_state[state] == TASK_ALL_STAGES ||
		   task_stages_in_state[state] >> task->stage & 1);
	task->state = state & 7;
}

/* @task goes on to @stage of @op, which is done when it has run for @ns. */
static inline void task_go(
	struct sim_task *task, enum task_op op, enum task_stage stage, uint64_t ns)
{
	hot_assert(task_stages_of_op[op] >> stage & 1);
	hot_assert(task_stages_after[task->stage] >> stage & 1);
	hot_assert(task->state == TASK_RUNS || (task->state == TASK_WAITS && op == OP_WORK));
	task->op = op & 15;
	task->stage = stage & 7;
	task_set_due(task, ns);
}

/* In user space, and asked for something that it does at once. */
static inline bool task_is_interrupted(const struct sim_task *task)
{
	return task->stage == STAGE_USER && (task->asked || task->leaves);
}

/* Is it in user space, and does nothing there? Then it does what it is asked at once. */
static inline bool task_is_idle(const struct sim_task *task)
{
	return task->stage == STAGE_USER &&
	       (task->state == TASK_SLEEPS || task->state == TASK_WAITS);
}

#endif
