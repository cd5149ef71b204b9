/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_LOCKSTEP_H
#define CIDSIM_SIM_KERNEL_LOCKSTEP_H

/*
 * A kernel's code in lockstep with a revision of the model, or another partner: random machines,
 * one after the other, each for some thousands of random events. Runs in a process of its own (see
 * child.h): the code may do anything.
 */

#include <signal.h>

#include "sim/kernel/event.h"
#include "sim/kernel/load.h"
#include "sim/kernel/path.h"

enum {
	LOCKSTEP_ROUND = 20000,   /* events of one machine, at most */
	LOCKSTEP_STORY = 1 << 16, /* bytes */
};

struct compiled;

struct lockstep_options {
	struct protocol protocol;
	uint64_t seed;
	uint64_t steps_max;                 /* of the model; a round is finished */
	bool tells;                         /* what is found is made short, and told */
	const struct lockstep_log *replays; /* play this one, and tell it; NULL = random ones */
	enum partner partner;
	bool fine; /* PARTNER_NOBODY: the fine grain, in machines of one mm without failed execs */
	const struct compiled *other; /* the partner's code, NULL if it is none; loaded here */
	const struct load *loads; /* PARTNER_NOBODY: play these, for their effect; NULL: random */
	uint32_t loads_count;     /* at most LOADS_MAX */
};

/* A machine and what has happened on it. */
struct lockstep_log {
	struct shape shape;
	uint32_t count;
	struct event events[LOCKSTEP_ROUND];
};

/* What is told of: a difference, or a property that is broken. */
struct lockstep_finding {
	uint64_t step; /* of the model, in the run */
	struct difference difference;
	unsigned broken;            /* a CHECK_* bit; 0 if it is a difference */
	struct lockstep_log log;    /* up to the event that shows it */
	struct path path;           /* the steps of the model */
	char story[LOCKSTEP_STORY]; /* the same in words; "" = not told */
};

/* Lives in memory that the two processes share. The other side trusts nothing in it. */
struct lockstep_result {
	volatile sig_atomic_t stop; /* the other side asks to end after this round */
	volatile uint64_t steps;    /* so far */
	uint64_t rounds;
	char failed[512];              /* why there is no result, "" = see done */
	uint32_t done;                 /* all below is complete */
	unsigned broken, broken_known; /* CHECK_* bits; known: in every revision (B9 to B11) */
	struct lockstep_finding difference, violation; /* violation: the first one not known */
	struct lockstep_log now;                       /* for who finds this process dead */
	struct load_effect effects[LOADS_MAX];
};

/* Run it: the job of a child. @options: struct lockstep_options. */
void lockstep_run(
	const struct code *code, const void *options, struct lockstep_result *result, void *more);

#endif
