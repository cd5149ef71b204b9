/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_SWEEP_PAGE_H
#define CIDSIM_SIM_PLOT_SWEEP_PAGE_H

/* One picture of sweeps in the making: what is read, what is where, and what goes to the script. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/plot/page.h"
#include "sim/plot/sweep-view.h"
#include "sim/plot/table.h"

enum {
	PLOT_SWEEP_FILES_MAX = 16,
	PLOT_MEASURES_MAX = 12, /* of a picture */
	PLOT_PANELS_MAX = 24,
	PLOT_CURVES_MAX = 64, /* lines of a panel */
	PLOT_LABEL_MAX = 60,  /* letters of an entry of the legend */
};

struct plot_sweep {
	struct plot_view view;
	struct plot_page *page;
	struct plot_table **tables;
	unsigned count; /* of tables, at least 1 */

	/* by sim/plot/sweep-layout.h. A panel of the picture is one of a group of measures and of
	 * one of the panels here. */
	GPtrArray *points;          /* of all tables */
	struct plot_texts *axes;    /* names */
	const char *x, *y;          /* y: of cells only */
	struct plot_texts *xs, *ys; /* their values; NULL: not an axis */
	char *measure[PLOT_MEASURES_MAX];
	unsigned measures, group[PLOT_MEASURES_MAX], groups;
	struct plot_texts *panel_by, *colour_by; /* columns */
	struct plot_texts *panels, *curves;      /* their names */
};

/* --- false sets @error: "PATH: message", with an example if the picture has one --- */

/* "KIND draws sweeps like: cidsim sweep ...", NULL without an example. The caller frees it. */
char *plot_sweep_hint(const struct plot_view *view);

bool plot_sweep_fail(const struct plot_sweep *sweep, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* --- assignments --- */

/* STEM_0 …: @texts (NULL: none), and STEMS: how many. Returns the letters of the longest. */
unsigned plot_sweep_set_names(
	const struct plot_sweep *sweep, const char *stem, const struct plot_texts *texts);

/* Room for a legend of @entries entries of up to @letters letters, and panels for all groups and
 * values, at most @columns side by side: LEGEND_…, PANEL…, and of the measures TITLE_…, GROUP_…,
 * IS_… (enum plot_is). The page gets its height, unless it has one, from that of a panel, @height[]
 * by how many are side by side (1 to 3). */
void plot_sweep_set_panels(const struct plot_sweep *sweep, unsigned columns,
	const unsigned height[3], unsigned entries, unsigned letters);

/* --- data --- */

/* " 12.500000", or " -1" if it does not exist. */
void plot_put_millionths(FILE *out, bool exists, int64_t millionths);

/* --- marks: make ready lines.gp, loops.gp, cells.gp, once the layout is chosen --- */

bool plot_sweep_lines(const struct plot_sweep *sweep, GError **error);
bool plot_sweep_loops(const struct plot_sweep *sweep, GError **error);
bool plot_sweep_cells(const struct plot_sweep *sweep, GError **error);

#endif
