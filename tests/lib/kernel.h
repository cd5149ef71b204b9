/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_KERNEL_H
#define CIDSIM_TESTS_LIB_KERNEL_H

/*
 * A small kernel, step by step at random, and what the recipe's events would show of it: each line
 * is true when it is written, and between the lines come, at whatever later step, the hidden steps:
 * the halves of a switch, the leave of an exit, decision and get of a fork, the steps of walks, the
 * change of an affinity. The rules are those of the kernel: rq locks, the mutex and the lock of an
 * mm, who can be switched out, where a task can be taken from.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/affinity.h"
#include "model/exec.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/pool.h"
#include "model/switch.h"
#include "model/walk.h"
#include "sim/base/prng.h"

enum { KERNEL_CPUS = 6, KERNEL_TASKS = 12, KERNEL_MMS = 3, KERNEL_PID = 100 };

enum kernel_op {
	KERNEL_NO_TASK,
	KERNEL_USER, /* in user space */
	KERNEL_FORK, /* in a fork, of a thread or a process, or of itself at the end of an exec */
	KERNEL_EXIT, /* in an exit, or the first part of an exec */
	KERNEL_EXEC, /* between the two parts */
	KERNEL_AFFINITY,
	KERNEL_BORN, /* its fork is not over */
	KERNEL_DEAD, /* is switched out for the last time */
};

/* What an exit is part of. */
enum kernel_end { KERNEL_EXITS, KERNEL_EXECS, KERNEL_FAILS };

struct kernel_task {
	uint8_t op;    /* enum kernel_op */
	uint8_t stage; /* of the op: what it does next */
	uint8_t end;   /* KERNEL_EXIT, KERNEL_EXEC: enum kernel_end */
	bool pinned;   /* interrupts are off: it is not switched out */
	bool on_cpu;   /* its last switch is not quite over: it cannot run elsewhere */
	bool shown;    /* KERNEL_EXEC: shows its new mm already */
	uint32_t pid, tgid;
	uint32_t mm;    /* MM_NONE: it has left it */
	uint32_t child; /* KERNEL_FORK; KERNEL_AFFINITY: whose it is */
	uint64_t mask;  /* KERNEL_AFFINITY */
};

struct kernel_cpu {
	bool switching; /* the rq lock is held */
	bool held;      /* ... by a change of affinity */
	bool late;      /* fin is due, the rq lock is free again */
	uint8_t stage;
	uint32_t prev, next;
};

struct kernel_mm {
	bool lives;
	uint64_t address;
	uint32_t mutex, lock; /* task that holds it; TASK_NONE */
};

/* What the recorder and the machine are like. */
struct kernel_options {
	struct protocol protocol;
	uint32_t cpus, tasks;
	bool fins;      /* "fin" and "fst" are recorded */
	bool walks;     /* "ct" and "ctr", */
	bool steps;     /* ... and "stc", "tcs", "sct" */
	bool cpu_words; /* cw, ncw */
	bool nameless;  /* a child has no pid in its fork, as on 6.19 */
	bool twice;     /* sched_switch is recorded, too */
	bool processes; /* there are forks of processes and execs */
	bool affinity;
	uint64_t mask; /* CPUs of the first mm */
};

/* A switch as it was written, for who is to spoil it. */
struct kernel_line {
	gsize at;     /* its text */
	bool decided; /* nothing was hidden when it was written, nor could any word be another */
	bool next;    /* the words of next are its mm's */
};

struct kernel {
	struct kernel_options options;
	struct prng prng;
	struct model *model;
	struct kernel_task tasks[KERNEL_TASKS];
	struct kernel_cpu cpus[KERNEL_CPUS];
	struct kernel_mm mms[KERNEL_MMS];
	bool shrinks;
	uint32_t last_pid;
	uint64_t last_address, sequence;
	uint64_t to_percpu, to_task, switches, completed; /* as far as the lines show */
	GString *text;
	GArray *lines; /* struct kernel_line */
};

/* kernel-text.c */

uint32_t kernel_below(struct kernel *k, uint32_t bound);
bool kernel_chance(struct kernel *k, uint32_t percent);
struct model_task *kernel_task(struct kernel *k, uint32_t task);
const struct model_mm *kernel_mm(const struct kernel *k, uint32_t mm);
/* The values of @mm, with @p before the names; of none, garbage. */
void kernel_print_mm(
	struct kernel *k, const char *p, uint32_t mm, uint32_t users_more, uint32_t cpu);
void kernel_begin_line(struct kernel *k, uint32_t cpu, const char *event);
/* pp=… or np=… */
void kernel_print_task(struct kernel *k, const char *p, const char *active, uint32_t task);
/* An event of @task, with the values of its mm. */
void kernel_print_event(struct kernel *k, uint32_t cpu, const char *event, uint32_t task);
void kernel_print_decision(
	struct kernel *k, uint32_t cpu, uint32_t mm, uint32_t users_more, int changed);
void kernel_print_walk(struct kernel *k, uint32_t cpu, uint32_t mm, const char *event);
/* Nothing is hidden now, and nothing that was hidden may have left a doubt. */
bool kernel_is_quiet(const struct kernel *k);
void kernel_print_switch(struct kernel *k, uint32_t cpu, bool quiet);
/* After a switch: who runs now. */
void kernel_print_fin(struct kernel *k, uint32_t cpu);

/* kernel-switch.c */

bool kernel_executes(const struct kernel *k, uint32_t task);
/* Is the rq lock free of the queue that @task is in? */
bool kernel_rq_is_free(const struct kernel *k, uint32_t task);
uint32_t kernel_new_pid(struct kernel *k);
uint32_t kernel_new_mm(struct kernel *k, uint64_t mask);
/* The mms that nobody has any more go. */
void kernel_put_mms(struct kernel *k);
uint32_t kernel_free_task(const struct kernel *k);
bool kernel_begin_switch(struct kernel *k, uint32_t cpu);
/* The next step of the switch on @cpu; false if there is none that can be taken. */
bool kernel_go_on_switch(struct kernel *k, uint32_t cpu);

/* kernel-ops.c */

/* fk: the child is there, and not counted. */
void kernel_enter_fork(struct kernel *k, uint32_t task, uint32_t child);
/* A thread, a task of a group of its own that shares the mm, or a process. */
bool kernel_begin_fork(struct kernel *k, uint32_t task);
bool kernel_go_on_fork(struct kernel *k, uint32_t task);
bool kernel_begin_exit(struct kernel *k, uint32_t task, enum kernel_end end);
bool kernel_go_on_exit(struct kernel *k, uint32_t task);
/* The second part of an exec: the task is its own child, in a new mm or back in the old one. */
bool kernel_go_on_exec(struct kernel *k, uint32_t task);

/* kernel.c */

/* A machine on which the first task is about to get its mm. Freed with kernel_free(). */
struct kernel *kernel_new(const struct kernel_options *options, uint64_t seed);
void kernel_run(struct kernel *k, unsigned steps);
void kernel_free(struct kernel *k);

#endif
