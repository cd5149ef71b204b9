/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_RUN_H
#define CIDSIM_SIM_SWEEP_RUN_H

/*
 * Runs the points of a sweep on several threads and hands their rows over in order. At most
 * SWEEP_AHEAD points are begun before the one that is handed over next is done: memory does not
 * grow with the number of points, and no more than these are lost if the program ends.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/scenario/scenario.h"
#include "sim/sweep/axes.h"
#include "sim/sweep/row.h"

enum {
	SWEEP_JOBS_MAX = 1024,
	SWEEP_AHEAD = 2048,
};

struct sweep_run {
	/* what is run */
	const struct sweep_source *source;
	const struct scenario *base; /* the scenario without axes */
	const struct sweep_axes *axes;
	const char *mm; /* whose numbers; NULL = of all */
	/* which rows: row r is the point first_point + r * step */
	uint64_t first_point, step;
	uint64_t rows, done; /* of them: these are there already */
	unsigned jobs;       /* from 1 to SWEEP_JOBS_MAX */
	/* Told each row in its order, without LF, by the thread that called sweep_run(). Returns
	 * false to stop. */
	bool (*row)(void *context, const char *row, enum sweep_outcome outcome);
	/* Called a few times in a second. Returns false to stop: points that run then end early and
	 * have no row. */
	bool (*tick)(void *context);
	void *context;
};

/* What was wrong with points that cannot be. */
struct sweep_faults {
	uint64_t count;
	uint64_t first_point;
	char *first; /* its message; NULL = none. The caller frees it */
};

/* Run all rows from @run->done on. Returns true if all of them were told; @faults is filled in
 * any case. */
bool sweep_run(const struct sweep_run *run, struct sweep_faults *faults);

#endif
