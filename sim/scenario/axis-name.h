/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SCENARIO_AXIS_NAME_H
#define CIDSIM_SIM_SCENARIO_AXIS_NAME_H

/* The names of the axes of a sweep, and the keys of a scenario that they stand for. */

#include <glib.h>
#include <stdbool.h>

#include "sim/scenario/scenario.h"

enum axis_kind {
	AXIS_CPUS,      /* cpus: machine.cpus, numbers only */
	AXIS_ALLOWED,   /* allowed: cpus = first N of every [mm] */
	AXIS_THREADS,   /* threads: the size of the only workload */
	AXIS_REVISIONS, /* revisions, protocol.revision */
	AXIS_SEEDS,     /* seeds, scenario.seed */
	AXIS_KEY,       /* group.key */
};

struct axis_name {
	char *text; /* in its normal form: one space between words, none around the last dot */
	enum axis_kind kind;
	bool ranges; /* its values can be ranges of numbers */
};

/* Read the name of an axis: a short one, or a key of @scenario that an axis can set, which is any
 * of [scenario] to [pool NAME]. NULL, and @name is set; or a message that names the nearest one
 * that is known. The caller frees what it gets. */
char *axis_name_read(const struct scenario *scenario, const char *text, struct axis_name *name);
void axis_name_clear(struct axis_name *name);

/* Add the keys that the axis sets, "group.key", to @keys, which owns them. A message if threads
 * cannot be found. */
char *axis_name_keys(
	const struct scenario *scenario, const struct axis_name *name, GPtrArray *keys);

/* The keys, "group.key", of the groups [scenario] to [pool NAME] that rules describe, which are all
 * but the flags of [protocol]; of groups with a name "mm NAME.count". The caller frees the array,
 * not the strings. */
GPtrArray *axis_keys(void);

/* "group.key" in its normal form, whether there is such a key or not; takes @text over. */
char *axis_key_normal(char *text);

#endif
