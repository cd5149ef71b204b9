/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_SWEEP_PAGE_H
#define CIDSIM_SIM_PLOT_SWEEP_PAGE_H

/* One picture of sweeps in the making, and what the kinds of such pictures have in common. A kind
 * is a struct plot_sweep_kind, in a file of its own: sim/plot/sweep-NAME.c. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/plot/page.h"
#include "sim/plot/table.h"

enum {
	PLOT_SWEEP_FILES_MAX = 16,
	PLOT_CURVES_MAX = 64, /* lines of a picture, or of a panel of it */
	PLOT_LABEL_MAX = 60,  /* letters of an entry of the legend */
};

struct plot_sweep;

struct plot_sweep_kind {
	const char *name;
	const char *const *columns; /* of the numbers in the points, NULL-terminated */
	bool histogram;             /* is needed, too */
	unsigned files_max;
	const char *example; /* arguments of "cidsim sweep" that make such a file */
	/* Make ready what the script draws: data files in work, assignments. */
	bool (*make_ready)(const struct plot_sweep *sweep, GError **error);
};

struct plot_sweep {
	const struct plot_sweep_kind *kind;
	struct plot_page *page;
	struct plot_table **tables;
	unsigned count; /* of tables, at least 1 */
};

/* --- what the tables must be like: false (or -1) sets @error, with an example --- */

/* "KIND draws sweeps like: cidsim sweep ...". The caller frees it. */
char *plot_sweep_hint(const struct plot_sweep_kind *kind);

/* Set @error to "PATH: message; KIND draws sweeps like ...". Returns false. */
bool plot_sweep_fail(const struct plot_sweep *sweep, const struct plot_table *table, GError **error,
	const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The dimension called @name. */
int plot_sweep_axis(const struct plot_sweep *sweep, const struct plot_table *table,
	const char *name, GError **error);

/* The same; its values must be integers. */
int plot_sweep_numeric_axis(const struct plot_sweep *sweep, const struct plot_table *table,
	const char *name, GError **error);

/* No dimension but those called @names (NULL-terminated) may have several values: the picture has
 * no place for them. */
bool plot_sweep_only(const struct plot_sweep *sweep, const struct plot_table *table,
	const char *const *names, GError **error);

/* --- assignments --- */

/* STEM_INDEX = text. */
void plot_sweep_set_text(const struct plot_sweep *sweep, const char *stem, unsigned index,
	const char *text, unsigned letters_max);
/* STEM_INDEX = number. */
void plot_sweep_set_number(
	const struct plot_sweep *sweep, const char *stem, unsigned index, uint64_t value);
/* STEM_INDEX = number in millionths, as a decimal. */
void plot_sweep_set_decimal(
	const struct plot_sweep *sweep, const char *stem, unsigned index, int64_t millionths);

/* Room for a legend of @entries entries of up to @letters letters: LEGEND_COLUMNS, LEGEND_ROWS.
 * Returns the pixels that it is high. */
unsigned plot_sweep_set_legend(const struct plot_sweep *sweep, unsigned entries, unsigned letters);

/* Panels side by side, at most @columns: PANELS, PANEL_COLUMNS. The page gets its height, unless
 * it has one: @height for each row of panels, and @legend. */
void plot_sweep_set_panels(const struct plot_sweep *sweep, unsigned panels, unsigned columns,
	unsigned height, unsigned legend);

/* --- data --- */

/* " 12.500000", or " NaN" if it does not exist. */
void plot_put_millionths(FILE *out, bool exists, int64_t millionths);

#endif
