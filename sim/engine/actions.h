/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_ACTIONS_H
#define CIDSIM_SIM_ENGINE_ACTIONS_H

/*
 * The timeline of the scenario: processes and groups that begin, timed actions. Actions that others
 * do to a task (affinity, waking, CPUs) happen at once. An action of the task itself is a request:
 * the task does it as soon as it is in user space on a CPU. A task that sleeps is woken for it.
 */

#include <glib.h>
#include <stdint.h>

struct engine;

/* Something that the scenario wants at a time. Those of the same time happen in the order of kind,
 * index, process. */
enum moment_kind { MOMENT_PROCESS, MOMENT_GROUP, MOMENT_ACTION };
struct moment {
	uint64_t time_ns;
	enum moment_kind kind;
	uint32_t index;   /* of the mm, the group or the action */
	uint32_t process; /* MOMENT_PROCESS, MOMENT_GROUP: which one of the mm's */
};

struct timeline {
	GArray *moments; /* struct moment, by time and order of the file */
	uint32_t next;
};

/* All that the scenario wants at a time. */
void actions_init(struct engine *engine);
void actions_clear(struct timeline *timeline);

/* When the next one is; NEVER if there is none. */
uint64_t actions_next_ns(const struct engine *engine);

/* It is time for it. */
void actions_do(struct engine *engine);

#endif
