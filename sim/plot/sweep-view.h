/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_SWEEP_VIEW_H
#define CIDSIM_SIM_PLOT_SWEEP_VIEW_H

/*
 * What a picture of sweeps shows: which column is where. A named picture ("heatmap") is a row of
 * such choices; "sweep" leaves all of them to the user and to the data. And what is known of a
 * column: its title, how it is drawn.
 */

#include <glib.h>
#include <stdbool.h>

#define PLOT_HISTOGRAM "window_histogram" /* its x is the length of a window */

enum plot_shape {
	PLOT_MARK_AUTO,  /* cells if y is an axis, else lines */
	PLOT_MARK_LINES, /* a line for each colour */
	PLOT_MARK_CELLS, /* a cell for each x and y; the colour is a measure */
	PLOT_MARK_LOOPS, /* a hysteresis loop for each x */
};

/*
 * Names of columns and axes. A list is separated by ','; "A+B" in y puts both in one panel, and
 * ',' makes panels. "PREFIX*" in a list is all axes that begin so and are nowhere else, if there
 * are any. NULL: chosen by the data; "": none. All strings are static, or the caller's.
 */
struct plot_view {
	const char *name; /* the word of the command line */
	enum plot_shape mark;
	const char *x, *y, *colour, *panel;
	const char *covered;       /* a pattern: axes that need no place, as x or panel has them */
	const char *log;           /* which are logarithmic, of "x,y,colour"; "none" */
	const char *y_title;       /* NULL: that of the measure */
	bool steps;                /* a line keeps its value up to the next sample */
	bool own_scales;           /* each panel has its own */
	const char *reference;     /* a measure; its most in a panel is a vertical line */
	const char *reference_key; /* in the legend */
	unsigned files_max;
	const char *example;      /* arguments of "cidsim sweep" that make such a file; or NULL */
	const char *const *where; /* sim/plot/where.h */
};

/* The choices of the command line: what is not NULL replaces that of @view. */
struct plot_view plot_view_with(const struct plot_view *view, const struct plot_view *choice);

extern const struct plot_view plot_sweep, plot_family, plot_thresholds, plot_heatmap,
	plot_amplitude, plot_windows, plot_workload;

/* What is measured if nobody says what. */
#define PLOT_MEASURES_DEFAULT "percpu_share,waste,mode_switches_per_s,transit_share"

enum plot_is {
	PLOT_PERCENT = 1,    /* a share of 1 */
	PLOT_LOG = 2,        /* as a colour, if values differ much */
	PLOT_AROUND_ONE = 4, /* 1 is neither good nor bad: colours diverge there */
	PLOT_NEAR = 8,       /* its axis need not begin at 0 */
	PLOT_POINTS = 16,    /* measured: marks on the line before it */
	PLOT_PLACE = 32,     /* of the machine, not of the run: there whatever the outcome */
};

struct plot_nature {
	const char *name;
	const char *title; /* of an axis of the picture or a panel */
	/* around a value of it, where it is the name of a curve or panel; NULL: "name = value" */
	const char *before, *after;
	unsigned is; /* of enum plot_is */
};

/* What is known of column @name; its title is the name if nothing is. As long as @name. */
struct plot_nature plot_nature_of(const char *name);

/* "64 CPUs", "cap possible", "cost.walk-task = 1us". The caller frees it. */
char *plot_describe(const char *name, const char *value);

#endif
