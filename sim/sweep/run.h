/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_RUN_H
#define CIDSIM_SIM_SWEEP_RUN_H

/*
 * Runs the points of a sweep on several threads and hands their rows over in order: sim/base/crew.h
 * has the states of a row. Rows that were not handed over are lost if the program ends.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/scenario/scenario.h"
#include "sim/sweep/axes.h"
#include "sim/sweep/row.h"

struct sweep_run {
	/* what is run */
	const struct sweep_source *source;
	const struct scenario *base; /* the scenario without axes */
	const struct sweep_axes *axes;
	const char *mm; /* whose numbers; NULL = of all */
	/* which rows: row r is the point first_point + r * step */
	uint64_t first_point, step;
	uint64_t rows, done; /* of them: these are there already, done <= rows */
	unsigned jobs;       /* threads, from 1 to CREW_JOBS_MAX */
	/* Takes each row in its order, without LF. Returns false to stop. */
	bool (*row)(void *context, const char *row, enum sweep_outcome outcome);
	/* Called a few times in a second. Returns false to stop. */
	bool (*tick)(void *context);
	/* Both are called by the thread that called sweep_run(). */
	void *context;
};

/* What happened besides the rows. */
struct sweep_events {
	/* points that are impossible */
	uint64_t impossible;
	uint64_t first_impossible; /* the number of the first point */
	char *message;             /* what is wrong with it; NULL = none. The caller frees it */
	unsigned threads_missing;  /* that the system did not give */
};

/* Run all rows from @run->done on. Returns true if all of them were handed over; @events is filled
 * in any case. */
bool sweep_run(const struct sweep_run *run, struct sweep_events *events);

#endif
