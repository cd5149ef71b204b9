/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_FTRACE_PRIVATE_H
#define CIDSIM_SIM_RECORD_FTRACE_PRIVATE_H

/* What the writers of the event log share: lines (ftrace-line.c), marks for viewers
 * (ftrace-marks.c), events (ftrace.c). */

#include <string.h>

#include "sim/record/ftrace.h"

enum { FTRACE_COUNTERS = 5 };

/* What of an account is needed to draw it. */
struct track {
	uint32_t pid;    /* of the process that its counters belong to; 0 = not seen yet */
	bool has_values; /* a sample has come */
	uint32_t values[FTRACE_COUNTERS]; /* of the last sample */
	bool shown[FTRACE_COUNTERS];      /* ... and whether it was written */
};

/* A window that is open. */
struct slice {
	struct record_task task; /* the initiator; pid 0 = the deferred work */
	uint32_t account, cpu;
};

struct ftrace {
	struct output *out;
	const struct scenario *scenario;
	const GPtrArray *accounts;
	struct record_task *running; /* by dense CPU index */
	uint32_t last_cpu;           /* where the last event took place */
	GArray *tracks;              /* struct track, by account */
	GArray *slices;              /* struct slice */
};

/* Behind @at; what is returned is where to go on. */
static inline char *ftrace_put_text(char *at, const char *text)
{
	size_t length = strlen(text);

	memcpy(at, text, length);
	return at + length;
}

static inline char *ftrace_put_key(char *at, const char *key, uint64_t value)
{
	return output_format(ftrace_put_text(at, key), value);
}

/* A name of a task: importers cut fields at blanks, and a line must stay one. */
char *ftrace_put_name(char *at, const char *name, size_t size);

/* The id of the CPU with dense index @cpu. */
uint32_t ftrace_cpu_id(const struct ftrace *ftrace, uint32_t cpu);

/* Everything before the name of the event; @task is who runs on @cpu, NULL: idle. Returns where to
 * go on: the caller has OUTPUT_RESERVE_MAX - 128 bytes left. */
char *ftrace_begin_line(
	struct ftrace *ftrace, uint64_t time_ns, uint32_t cpu, const struct record_task *task);
void ftrace_end_line(struct ftrace *ftrace, char *at);

/* Text of any length, on one line; @bar instead of each '|'. */
void ftrace_add_text(struct ftrace *ftrace, const char *text, char bar);

/* "-" of one that there is not. */
const char *ftrace_account_name(const struct ftrace *ftrace, uint32_t account);

/* key=name, quoted where the name has blanks. */
void ftrace_add_account(struct ftrace *ftrace, const char *key, uint32_t account);

/* @task, of @account, runs: the counters of its process can be shown from now on. */
void ftrace_learn_process(
	struct ftrace *ftrace, uint64_t time_ns, uint32_t account, const struct record_task *task);

#endif
