/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_MACHINE_STEP_H
#define CIDSIM_SIM_MACHINE_STEP_H

/*
 * One step of one participant: what the explorer chooses among, what a counterexample lists, what
 * [steps] of a scenario says. A step is what the kernel does under one lock: see model/. As text it
 * is a verb and its arguments: "in 1 T2", CPU 1 switches to task 2. CPUs are written as numbers,
 * tasks as T and a number; T0 is the first task, and a child gets the lowest number that no task
 * has.
 */

#include <stdint.h>

enum step_verb {
	VERB_OUT,        /* out CPU: it switches from its task to idle */
	VERB_IN,         /* in CPU TASK: it switches from idle to TASK */
	VERB_LEAVE,      /* leave CPU: the first half of a switch, the rq lock stays held */
	VERB_ENTER,      /* enter CPU TASK, enter CPU idle: the second half */
	VERB_RETRY,      /* retry CPU: the get that spins in its switch tries again */
	VERB_GIVE_UP,    /* give-up CPU: ... or gives up (bounded-get) */
	VERB_MIGRATE,    /* migrate TASK CPU: to the run queue of CPU */
	VERB_FORK,       /* fork TASK CHILD: a thread; up to the decision */
	VERB_CLONE_VM,   /* clone-vm TASK CHILD: a task of a thread group of its own */
	VERB_VFORK,      /* vfork TASK CHILD: the same, TASK waits until it exits or execs */
	VERB_SHOW,       /* show TASK: walks see the child of TASK from now on (early-count) */
	VERB_WALK,       /* walk: the next step of the walk; walk 2, walk T2: of another CPU or task
	                  * than the kernel's order has it */
	VERB_COMPLETE,   /* complete: the end of the window */
	VERB_FORK_RETRY, /* fork-retry: the get of a fork, which spins or follows complete, tries */
	VERB_FORK_GIVE_UP, /* fork-give-up: ... or gives up (bounded-get) */
	VERB_EXIT,         /* exit TASK: up to the decision */
	VERB_EXEC,         /* exec TASK: leaves the mm; exec-end will succeed */
	VERB_FAILED_EXEC,  /* failed-exec TASK: the same; exec-end will fail */
	VERB_EXEC_END,     /* exec-end TASK: to another mm; or back, up to the decision */
	VERB_AFFINITY,     /* affinity TASK: from now on it may run on all CPUs */
	VERB_WORK,         /* work: the deferred work runs */
	VERB_COUNT
};

#define STEP_CPU_NONE UINT8_MAX
#define STEP_TASK_NONE UINT8_MAX

/* What a switch reads of the mode, where that may be old (weak memory). */
enum { SEES_PRESENT = UINT8_MAX };

struct explore_step {
	uint8_t verb;   /* enum step_verb */
	uint8_t cpu;    /* STEP_CPU_NONE: the verb has none */
	uint8_t task;   /* STEP_TASK_NONE: none; enter: idle */
	uint8_t child;  /* forks; STEP_TASK_NONE: none */
	uint8_t sees;   /* MODE_* bits read; as text "sees cpu", "sees task+t"; SEES_PRESENT */
	uint16_t stuck; /* of the explorer: tasks that wait in the queue of a CPU that spins */
};

#endif
