/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_PAIR_H
#define CIDSIM_SIM_KERNEL_PAIR_H

/*
 * A pair: a kernel's code and the model in the same state, with the operations that are under way
 * in both. An operation runs in the code from stop to stop, and in the model from step to step:
 *
 *     apply() -> begin, resume (code) -> align (model's steps until the states are equal) -> check
 *
 * Another code may be in the model's place, or nobody. Then the model takes no steps: it is a
 * mirror of the code's state (mirror.h).
 *
 * CPUs, tasks and mms have the same indices on both sides.
 */

#include <glib.h>

#include "model/observer.h"
#include "model/state.h"
#include "sim/kernel/code.h"

/* A machine. Does not change while a pair is used. */
struct shape {
	uint32_t cpus;      /* 1..CODE_CPUS_MAX */
	uint32_t tasks_max; /* alive at once, 2..CODE_TASKS_MAX */
	uint32_t mms_max;   /* 1..CODE_MMS_MAX */
	uint64_t allowed;   /* CPUs that the first task may run on, not 0 */
	bool failed_execs;
	bool alone; /* its partner is nobody, and only what holds in the middle of steps is asked
	               for (alone.h) */
	bool fine;  /* the grain of stops; only alone */
	bool weak;  /* memory; only alone */
	bool made_in_window; /* the first mm is a copy of one that is in a window */
};

enum life {
	LIFE_NONE,    /* no such task */
	LIFE_BORN,    /* its fork is not over */
	LIFE_USER,    /* in user space, or waits to be there */
	LIFE_BUSY,    /* in an operation */
	LIFE_WAITS,   /* for the child of its vfork; runs no more once it is switched out */
	LIFE_IN_EXEC, /* has left its mm */
	LIFE_DEAD     /* gone once it is switched out */
};

/* The next step of the model in an operation. */
enum due {
	DUE_NOTHING, /* the operation is over */
	DUE_OUT,
	DUE_IN,
	DUE_SPIN, /* of a switch */
	DUE_FORK,
	DUE_FORK_GET,
	DUE_FORK_SPIN,
	DUE_LEAVE,
	DUE_DECIDE,
	DUE_CHANGE,
	DUE_WALK,
	DUE_COMPLETE,
	DUE_AFFINITY,
	DUE_WORK,
	DUES
};

/* Who goes with the code. */
enum partner {
	PARTNER_MODEL,
	PARTNER_CODE, /* another tree's */
	PARTNER_NOBODY,
};

struct operation {
	bool busy;
	enum code_op op;
	uint32_t what;     /* as in code.begin() */
	uint32_t task, mm; /* who does it, and whose CIDs; CODE_NONE: nobody, none */
	enum due due;
	struct code_at at;    /* where the code is */
	struct code_at other; /* where that of the partner is */
	bool waits;           /* for a spinning lock: its CPU does nothing else */
	bool fails;           /* an exec that will fail, or has */
	uint64_t spins_since; /* events; 0 = it does not spin */
};

struct pair_task {
	enum life life;
	uint64_t mask;
	bool fails;       /* IN_EXEC: the exec will fail */
	uint8_t waits_on; /* 1 + the child of its vfork; 0: of none */
};

/* The first thing in which the two differ. */
struct difference {
	bool found;
	char what[200];
	char file[64]; /* where the code was; "" = not known */
	uint32_t line;
};

struct path;

/* Bits that were cleared though they must not be: outside of the pool; clear already. */
struct drops {
	uint32_t range, clear;
};

struct pair {
	const struct code *code;
	const struct code *other; /* the partner's; NULL: it is the model, or nobody */
	enum partner partner;
	struct shape shape;
	struct protocol protocol;
	struct model *model, *saved; /* saved: before steps that are only tried */
	struct drops drops;          /* of the model */
	struct model_observer observer;
	struct path *path; /* of the steps of the model; NULL = they are not noted */
	struct operation operations[ACTORS_MAX];
	struct pair_task tasks[CODE_TASKS_MAX];
	bool tainted[CODE_MMS_MAX]; /* a failed exec has come back in a way that breaks properties
	                             * in every revision (B9 to B11) */
	uint32_t alive;             /* tasks but for the dead */
	uint32_t actors[ACTORS_MAX], actors_count; /* that are busy */
	uint64_t events, steps;                    /* steps: of the model */
	struct difference difference;
};

/* Do @call, of struct code, in the code and, if it is code, in the partner. */
#define PAIR_DO(pair, call)                                                                        \
	do {                                                                                       \
		(pair)->code->call;                                                                \
		if ((pair)->other)                                                                 \
			(pair)->other->call;                                                       \
	} while (0)

/* A new pair for @code, and @other if that is the partner; it owns neither. Nothing has begun. */
struct pair *pair_new(const struct code *code, enum partner partner, const struct code *other);
void pair_free(struct pair *pair);

/* Is that lock free, on both sides? As struct code has it. */
bool pair_is_free(const struct pair *pair, enum code_stop lock, uint32_t of);

/* Does @task run, on a CPU that is not in the middle of a switch? */
bool pair_executes(const struct pair *pair, uint32_t task);

/* Is @mm there? */
bool pair_has_mm(const struct pair *pair, uint32_t mm);

/* Note a difference, unless there is one. */
void pair_differs(struct pair *pair, const struct code_at *at, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

#endif
