/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_LANES_H
#define CIDSIM_SIM_RECORD_LANES_H

/*
 * The timeline of a run as text, for terminals and mails: a column for each CPU, a line whenever
 * one of them changes, marked lines for flips, windows and broken properties between them.
 *
 *	 3.084800 -- app flips to per CPU: 5 users > max_cids 4; a window opens
 *	 3.084800 *A0:0t    A2:2     .        .
 *
 * Memory grows with the lines and the tasks in them, so without a window of time the lines are
 * limited; the last line says how many are left out.
 */

#include "sim/record/lane.h"

enum {
	LANES_WIDTH = 80,
	LANES_LINES = 1000,          /* a good number where none was asked for */
	LANES_LINES_ASKED = 1 << 20, /* ... where a part of the time was asked for */
};

struct lanes_options {
	bool compact;            /* only lines in which a task runs with another CID than before */
	uint64_t from_ns, to_ns; /* only what happens from @from_ns up to @to_ns, both included */
	uint64_t lines_max;      /* lines; more are only counted */
};

struct lanes;

/* What is on @cpu, a dense index, now. */
typedef void (*lanes_get)(void *context, uint32_t cpu, struct record_lane *lane);

/* Of the run whose records are in @result, which must outlive it. */
struct lanes *lanes_new(const struct record_result *result, const struct lanes_options *options);
void lanes_free(struct lanes *lanes);

/* Takes mode switches and windows. To be called before lanes_look() for the same event. */
const struct record_sink *lanes_sink(struct lanes *lanes);

/* An event is over at @now_ns: look at all CPUs. */
void lanes_look(struct lanes *lanes, uint64_t now_ns, lanes_get get, void *context);

/* The timeline, with a head that explains it. The caller frees it. */
char *lanes_text(const struct lanes *lanes);

#endif
