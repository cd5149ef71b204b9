/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_STEPS_H
#define CIDSIM_SIM_PLOT_STEPS_H

/*
 * What the parts of the sequence chart of [steps] share. steps.c plays the steps and writes the
 * page; steps-state.c writes one state, steps-blame.c says which parts of it break a property.
 *
 * The chart has a *row* for the start and one after each step, and a *lane* for each CPU and each
 * task. Left of them are columns for what the mm has.
 */

#include <glib.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/machine/machine.h"

/* Columns of the mm. From 0 on: lanes of the CPUs, then those of the tasks. */
enum { STEPS_MODE = -5, STEPS_USERS, STEPS_MAX, STEPS_THRS, STEPS_POOL, STEPS_CPU0 };

enum {
	STEPS_LANES_MAX = MACHINE_CPUS_MAX + MACHINE_TASKS_MAX,
	STEPS_TEXT_MAX = 32, /* bytes of a text in a lane, with its NUL */
};

/* Bits of steps_legend: marks that the legend must explain. */
enum {
	STEPS_OWNED = 1 << 0,   /* by a task or a CPU */
	STEPS_TRANSIT = 1 << 1, /* held until the next switch */
	STEPS_USED = 1 << 2,    /* a task uses the CID of its CPU */
	STEPS_MUTEX = 1 << 3,
	STEPS_RQ_LOCK = 1 << 4,
	STEPS_WALK = 1 << 5, /* the walk comes here next */
	STEPS_BROKEN = 1 << 6,
};

/* --- steps-state.c --- */

/* What stands in the row above, so that what is new can be seen. */
struct steps_row {
	char word[STEPS_LANES_MAX][STEPS_TEXT_MAX];
	char text[STEPS_LANES_MAX - STEPS_MODE][2][STEPS_TEXT_MAX];
};

struct steps_page {
	const struct machine_config *config;
	unsigned lanes;              /* CPUs, then tasks from T0 on */
	FILE *words, *texts, *marks; /* see plots/steps.gp */
	unsigned y;                  /* pixels from the top of the chart to the row */
	bool is_first;               /* row: nothing in it is new */
	unsigned legend;             /* STEPS_* of marks that were drawn */
	struct steps_row row;
};

/* Write the row of @machine. */
void steps_write_state(struct steps_page *page, const struct machine *machine);

/* The lane of @task. */
static inline int steps_task_lane(const struct machine_config *config, uint32_t task)
{
	return (int)(config->cpus_count + task);
}

/* --- steps-blame.c --- */

struct steps_blame {
	uint64_t lanes;     /* bit (lane - STEPS_MODE) */
	GPtrArray *reasons; /* strings: "T2 owns CID 2, and the mode is per CPU" */
};

/* Add to @blame what in @machine breaks @property, one CHECK_* or EXPLORE_* bit. @bad_drop is the
 * EVENT_BAD_DROP of the last step, if there was one. */
void steps_find_blame(struct steps_blame *blame, unsigned property, const struct machine *machine,
	const struct machine_config *config, const struct model_event *bad_drop);

#endif
