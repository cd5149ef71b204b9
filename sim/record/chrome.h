/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_CHROME_H
#define CIDSIM_SIM_RECORD_CHROME_H

/*
 * The event log as JSON trace events, the form that chrome://tracing, Perfetto and others draw:
 *
 *     process "CPUs"    a thread for each CPU: a slice for each task that runs, "name-PID:CID"
 *     process "mm NAME" counters users, taken, max_cids and span; an instant for each flip; a slice
 *                       for each transit window, those that overlap in threads of their own
 *
 * Slices are pairs of B and E, for ends that are computed from durations would not meet the next
 * beginning exactly. Those of a thread follow each other; times are in us with three decimals.
 */

#include "sim/base/output.h"
#include "sim/record/record.h"

struct chrome;

/* Begin on @out, which stays the caller's, as do @scenario and @accounts; all must outlive it. */
struct chrome *chrome_new(
	struct output *out, const struct scenario *scenario, const GPtrArray *accounts);
void chrome_free(struct chrome *chrome); /* NULL is allowed */

/* Its functions, in the order of time. Those that it does not need are NULL. */
struct record_sink chrome_sink(struct chrome *chrome);

/* Slices that are open end at @now_ns, and so does the file. @why: an instant says why it ends
 * before the run does; NULL: it does not. */
void chrome_end(struct chrome *chrome, uint64_t now_ns, const char *why);

#endif
