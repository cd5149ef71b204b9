/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SCENARIO_EXPLAIN_H
#define CIDSIM_SIM_SCENARIO_EXPLAIN_H

#include <glib.h>

#include "sim/scenario/scenario.h"

/* Append @scenario to @text as a scenario file in which every key is written out, defaults and
 * options included: it runs the same. */
void explain_print(GString *text, const struct scenario *scenario);

/* Of a scenario with [explore]: [scenario] and [machine]; [explore] and [steps]. */
void explain_explored_machine(GString *text, const struct scenario *scenario);
void explain_explore(GString *text, const struct scenario *scenario);

/* [explore] alone. */
void explain_explored(GString *text, const struct scenario *scenario);

/* [protocol] with the revision, and only those flags that are not the revision's own: so that
 * another revision can be tried by its name. */
void explain_own_protocol(GString *text, const struct scenario *scenario);

#endif
