/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_COMPARE_PRIVATE_H
#define CIDSIM_SIM_COMPARE_PRIVATE_H

#include "sim/compare/compare.h"
#include "sim/plot/run.h"

struct comparison *comparison_new(const char *const paths[2]);

/* A value that differs. Names and texts are copied; NULL: a side has none. Returns it. */
struct compare_value *comparison_add(
	struct comparison *comparison, const char *name, const char *a, const char *b);

void compare_event_free(struct compare_event *event); /* NULL is allowed */

/* --- events.c --- */

/* Set comparison.first by the CSV files of @runs. */
bool compare_events(struct comparison *comparison, struct plot_run *const runs[2], GError **error);

/* --- numbers.c --- */

/* Add the numbers and words of report.json that differ, in its order. */
bool compare_reports(struct comparison *comparison, struct plot_run *const runs[2], GError **error);

#endif
