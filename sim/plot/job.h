/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_JOB_H
#define CIDSIM_SIM_PLOT_JOB_H

/* One picture of a run in the making: what was requested, and the rows that the kinds of pictures
 * read.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/cpu-ids.h"
#include "sim/base/csv.h"
#include "sim/plot/run.h"
#include "sim/plot/page.h"
#include "sim/plot/thin.h"

struct plot_job {
	const struct plot_run *run;
	const struct plot_mm *mm; /* NULL: all (cpus only) */
	uint64_t from_ns, to_ns;  /* from < to */
	struct plot_columns columns;
	struct plot_page *page;
	const struct cpu_ids *cpus;  /* cpus: only these; NULL: all */
	const struct plot_run *with; /* timeline: another run to compare with; NULL: none */
};

/* Open file @name of the run; NULL sets @error. */
struct csv_reader *plot_job_open(
	const struct plot_job *job, const char *name, const char *columns, GError **error);

/* --- series.csv, modes.csv, windows.csv: the rows of the job's mm --- */

/* mode in series.csv */
enum { PLOT_MODE_PERCPU = 1, PLOT_MODE_TRANSIT = 2 };

struct plot_sample {
	uint64_t time_ns;
	uint64_t users, max_cids, pcpu_thrs, mode, taken, span;
};

struct plot_switch {
	uint64_t time_ns, users;
	bool to_percpu;
};

struct plot_window {
	uint64_t open_ns, close_ns; /* open <= close */
	bool to_percpu;
};

struct csv_reader *plot_series_open(const struct plot_job *job, GError **error);
struct csv_reader *plot_switches_open(const struct plot_job *job, GError **error);
struct csv_reader *plot_windows_open(const struct plot_job *job, GError **error);

/* The next row of the job's mm. FALSE at the end, or with @error set. */
bool plot_series_next(const struct plot_job *job, struct csv_reader *csv,
	struct plot_sample *sample, GError **error);
bool plot_switches_next(const struct plot_job *job, struct csv_reader *csv,
	struct plot_switch *mode_switch, GError **error);
bool plot_windows_next(const struct plot_job *job, struct csv_reader *csv,
	struct plot_window *window, GError **error);

#endif
