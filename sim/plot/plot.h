/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_PLOT_H
#define CIDSIM_SIM_PLOT_PLOT_H

/*
 * Pictures, drawn by gnuplot: of a run, from the directory that `cidsim run -o` wrote; of many,
 * from files that `cidsim sweep` wrote; of the matrix that `cidsim explore --matrix --csv` printed;
 * of the [steps] of a scenario. What is read is not trusted: nothing in it reaches gnuplot but
 * numbers and quoted text.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/cpu-ids.h"
#include "sim/plot/axis.h"
#include "sim/plot/page.h"
#include "sim/plot/sweep-view.h"
#include "sim/plot/thin.h"

enum plot_kind {
	/* of a run */
	PLOT_HYSTERESIS, /* users against mode */
	PLOT_TIMELINE,   /* users, span, taken, max_cids, pcpu_thrs over time */
	PLOT_CPUS,       /* who ran where with which CID */
	/* of sweeps */
	PLOT_SWEEP,      /* what the request chooses */
	PLOT_FAMILY,     /* a hysteresis loop for each number of CPUs */
	PLOT_THRESHOLDS, /* users at enter and leave against CPUs allowed */
	PLOT_HEATMAP,    /* threads and CPUs: time per CPU, waste, mode switches, windows */
	PLOT_AMPLITUDE,  /* flips per cycle of users against how far users swing */
	PLOT_WINDOWS,    /* how long windows are: their distribution */
	PLOT_WORKLOAD,   /* what a workload costs, over the number of CPUs */
	/* of explorations */
	PLOT_MATRIX, /* revisions and defects: what is broken, what holds */
	/* of a scenario with [steps], or a run of one */
	PLOT_STEPS, /* what each step does, and what breaks */
	PLOT_KINDS
};

#define PLOT_TIME_UNSET UINT64_MAX

/* A line across the time of the picture, with a text. */
struct plot_mark {
	uint64_t time_ns;
	const char *text;
};

struct plot_request {
	enum plot_kind kind;
	const char *output; /* a name with a known ending; NULL: a .svg and a .png, see below */
	unsigned width;     /* pixels, 0 = default */
	unsigned height;
	/* kinds of a run; without output DIR/KIND.svg and DIR/KIND.png */
	const char *dir; /* of a run, or the parent of exactly one */
	const char *mm;  /* account; NULL = the one with the most mode switches (cpus: all) */
	const struct cpu_ids *cpus; /* cpus: draw only these; NULL = all */
	uint64_t from_ns;           /* PLOT_TIME_UNSET = from the start */
	uint64_t to_ns;             /* PLOT_TIME_UNSET = to the end */
	bool counts;      /* one of them is a number of steps or events, PLOT_COUNTED_NS each */
	const char *with; /* timeline: compare with the run in this directory; NULL = no */
	const struct plot_mark *marks; /* timeline, cpus; those in the picture are drawn */
	size_t marks_count;
	/* the others; without output FILE-KIND.svg and .png, FILE: the first without .csv */
	const char *const *files;
	size_t files_count;      /* at least 1 */
	struct plot_view choice; /* of sweeps: what is not NULL replaces that of the kind */
};

/* The word of the command line: "hysteresis", "timeline", ...; NULL beyond the last. */
const char *plot_kind_to_string(enum plot_kind kind);

/* True if the picture is of files, of sweeps or explorations, not of the directory of a run; and of
 * those true if it is of sweeps. */
bool plot_kind_is_of_files(enum plot_kind kind);
bool plot_kind_is_of_sweeps(enum plot_kind kind);

/*
 * Draw @request and append the name of each file written to @written (which owns its strings).
 * A file appears under its name only when it is complete. Runs gnuplot, so it blocks.
 * Returns false and sets @error (FAILURE) if something failed; files already in @written are
 * complete and stay.
 */
bool plot_draw(const struct plot_request *request, GPtrArray *written, GError **error);

#endif
