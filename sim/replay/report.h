/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_REPORT_H
#define CIDSIM_SIM_REPLAY_REPORT_H

/* The result of a replay: for people, and for programs (docs/replay.md, "The JSON object"). */

#include "sim/record/record.h"
#include "sim/replay/orders/verdict.h"
#include "sim/trace/trace.h"

enum replay_outcome {
	REPLAY_AGREES,
	REPLAY_DIFFERS,
	REPLAY_UNDECIDED, /* nothing contradicts; but not all orders were tried, or the trace was
	                   * cut off, or there is nothing to compare or to predict */
};

struct replay_report {
	const struct trace *trace;
	const struct record_result *result;
	const struct replay_verdict *verdict;
	bool cut_short; /* interrupted, or the trace breaks off: what follows is not known */
};

enum replay_outcome replay_outcome(const struct replay_report *report);

void replay_report_print(GString *text, const struct replay_report *report);

/* Names of events that were not looked at, sorted, the trace's own; the caller frees the array. How
 * often one of them came. */
GPtrArray *report_ignored_names(const struct replay_report *report);
uint64_t report_ignored_count(const struct replay_report *report, const char *name);

/* One object and a line feed. */
void replay_report_json(GString *text, const struct replay_report *report);

#endif
