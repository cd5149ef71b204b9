/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_CHILD_H
#define CIDSIM_SIM_KERNEL_CHILD_H

/*
 * The code of a kernel runs in a process of its own, with limits (limits.h): it may loop, sleep,
 * crash, or write where it likes. What it does there is a job: lockstep_run(), or an exploration.
 *
 *     child_start() -> RUNS --child_poll()--> DONE | LOOPS | CRASHED | FAILED
 */

#include "sim/kernel/compile.h"
#include "sim/kernel/lockstep.h"

enum child_state {
	CHILD_RUNS,
	CHILD_DONE,    /* the result is complete */
	CHILD_LOOPS,   /* the code ran, or slept, for seconds without a stop */
	CHILD_CRASHED, /* a signal ended it */
	CHILD_FAILED,  /* the machine's failure: see child_failure() */
};

struct child_job {
	/* @result, and @more bytes behind it, are 0 before, and shared. */
	void (*run)(const struct code *code, const void *options, struct lockstep_result *result,
		void *more);
	const void *options;
	size_t more;
	uint64_t memory; /* bytes that it may use beside 4 GiB */
	uint32_t helpers; /* processes that run the job, too, beside the first one: child_helper() */
};

struct child {
	int pid;
	enum child_state state;
	int signal;                     /* CRASHED */
	gint64 polled_us, asked_us;     /* when it was last looked at; was asked to end, or 0 */
	gint64 idle_us;                 /* that it has slept since it last used the CPU */
	int64_t used_ns;                /* processor time */
	bool stuck;                     /* it was ended, as it did not go on */
	struct lockstep_result *result; /* shared with it */
	void *more;
	size_t shared; /* bytes of both */
};

/* In a job: 0 for the first process, whose end is that of the job; 1, 2, … for its helpers. They have
 * the same memory layout, each its own limits, and end with the first one. */
uint32_t child_helper(void);

/* Begin. False and @error, of failure_quark(), if there can be no process. */
bool child_start(struct child *child, const struct compiled *compiled, const struct child_job *job,
	GError **error);

/* Has it ended? If so child.state says how, and the result is made safe: counts are in range, texts
 * end. What is behind it is not. */
bool child_poll(struct child *child);

/* Its state is FAILED: say why, that the code cannot be loaded, or that there is no memory. Returns
 * false. */
bool child_failure(const struct child *child, GError **error);

/* It ends soon. */
void child_stop(struct child *child);

/* End it, if it runs, and free what child_start() took. */
void child_end(struct child *child);

#endif
