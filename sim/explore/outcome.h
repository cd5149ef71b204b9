/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_OUTCOME_H
#define CIDSIM_SIM_EXPLORE_OUTCOME_H

/* The outcome of an exploration: for people, for programs, and as a scenario that can be played.
 * Nothing of it depends on time or on the number of threads. */

#include <glib.h>

#include "sim/explore/explore.h"
#include "sim/scenario/scenario.h"

/* Append the report. */
void outcome_report(
	GString *text, const struct scenario *scenario, const struct explore_outcome *outcome);

/* Append the JSON object and a line feed. @counterexample: the file that it was written to, NULL if
 * none. */
void outcome_json(GString *text, const struct scenario *scenario,
	const struct explore_outcome *outcome, const char *counterexample);

/* Append the counterexample as a scenario with [steps]. There must be one. It expects the property that
 * is reported after the last step; if others break too, also as many violations or more. */
void outcome_counterexample(
	GString *text, const struct scenario *scenario, const struct explore_outcome *outcome);

/* Append a scenario that plays @steps, at least one, on the machine of @scenario, and expects that
 * @property, one bit, is broken after them; 0: none. */
void outcome_played(
	GString *text, const struct scenario *scenario, const GArray *steps, unsigned property);

/* The property that is reported of those that the outcome breaks, the lowest; 0 if it breaks none. */
unsigned outcome_property(const struct explore_outcome *outcome);

#endif
