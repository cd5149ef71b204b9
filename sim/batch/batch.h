/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BATCH_BATCH_H
#define CIDSIM_SIM_BATCH_BATCH_H

/*
 * The results of many scenarios, for people and for programs: a line for each, TAP, JUnit. Each
 * function takes one case and appends what is printed of it; the totals come at the end.
 */

#include <glib.h>
#include <stdint.h>

#include "sim/record/record.h"

enum batch_verdict {
	BATCH_PASS,
	BATCH_FAIL,
	BATCH_UNDECIDED,  /* ended early */
	BATCH_UNREADABLE, /* the file is not there, or is no scenario that can be run */
	BATCH_ERROR,      /* its steps cannot be taken, or its files not be written */
	BATCH_NOT_RUN,    /* interrupted before */
	BATCH_VERDICTS
};

/* One scenario. */
struct batch_case {
	const char *path; /* as given */
	const char *name; /* for people: short, clean, no other case has it */
	enum batch_verdict verdict;
	const struct record_result *result; /* NULL: there is none */
	const GPtrArray *messages;          /* char *: what was said on standard error meanwhile */
};

struct batch_totals {
	uint64_t count[BATCH_VERDICTS];
	GString *others; /* names of those that do not pass; NULL: there is none */
};

/* "PASS", "FAIL", … as they are printed. */
const char *batch_verdict_to_string(enum batch_verdict verdict);

/* Count a case of @name. */
void batch_count(struct batch_totals *totals, const char *name, enum batch_verdict verdict);
void batch_totals_clear(struct batch_totals *totals);

/* The case on a line: verdict, name, time simulated, expectations that hold; the name is filled up
 * to @width characters. Below it, unless it passes: what does not hold, what was broken, the
 * command that repeats it. */
void batch_line_print(GString *text, const struct batch_case *batch_case, unsigned width);

/* "62 scenarios: 60 pass, 1 fail, 1 unreadable", and who does not pass. */
void batch_totals_print(GString *text, const struct batch_totals *totals);

/* JSON: the object of a case without a result, on a line. (Of one with a result: record/json.h.) */
void batch_json_error(GString *text, const struct batch_case *batch_case);

/* TAP, version 13: the plan of @cases cases, number @number (from 1) of them with its diagnostics
 * in YAML, and the end of one that was interrupted. Of a case that is not run nothing is printed.
 */
void batch_tap_plan(GString *text, uint64_t cases);
void batch_tap_print(GString *text, const struct batch_case *batch_case, uint64_t number);
void batch_tap_bail_out(GString *text);

/* JUnit: the element of a case, and the document around the elements @cases of all. Times are
 * simulated ones. */
void batch_junit_print(GString *text, const struct batch_case *batch_case);
void batch_junit_document(GString *text, const GString *cases, const struct batch_totals *totals);

#endif
