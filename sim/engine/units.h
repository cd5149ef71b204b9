/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_UNITS_H
#define CIDSIM_SIM_ENGINE_UNITS_H

/* What tasks of a kind have in common: each mm, group, ramp and pool of the scenario is a unit, and
 * the kernel thread is one. Units that an action refers to remember who their members are. */

#include <glib.h>

#include "sim/engine/masks.h"

enum unit_kind {
	UNIT_MAIN,
	UNIT_GROUP,
	UNIT_RAMP,
	UNIT_LEADER,
	UNIT_WORKER,
	UNIT_KWORKER,
	UNIT_KINDS,
};

struct unit {
	enum unit_kind kind;
	uint32_t index; /* in scenario.mms, groups, ramps or pools */
	const struct behaviour *behaviour;
	uint32_t mask;
	bool has_mask;
	const char *name;
	GArray *members; /* struct member; NULL where no action refers to them by number */
};

struct member {
	uint32_t task, pid; /* TASK_NONE: not there yet */
};

enum { UNITS_MAX = 1 << 20 }; /* a file has fewer lines than that */

struct units {
	GArray *all; /* struct unit */
	uint32_t first[UNIT_KINDS];
};

/* The units of @scenario; their affinities go into @masks. */
void units_init(struct units *units, const struct scenario *scenario, struct masks *masks);
void units_clear(struct units *units);

/* @task, with @pid, is member @number of @unit; INDEX_NONE: the next one. */
void units_add_member(
	struct units *units, uint32_t unit, uint32_t number, uint32_t task, uint32_t pid);

/* All members of the unit that @ref names; NULL if it names none. */
GArray *units_members(const struct units *units, const struct scenario_ref *ref);

static inline struct unit *units_at(const struct units *units, uint32_t unit)
{
	return &g_array_index(units->all, struct unit, unit);
}

#endif
