/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_SWEEP_LAYOUT_H
#define CIDSIM_SIM_PLOT_SWEEP_LAYOUT_H

/* What is where in a picture of sweeps: the choices of its view, completed by what the tables
 * have; and the place of each point. */

#include "sim/plot/sweep-page.h"

/* The columns that the view may need, for plot_table_read(); freed by g_strfreev(). NULL sets
 * @error: more of them than there is room for. */
char **plot_layout_wanted(const struct plot_view *view, GError **error);

/* Complete @sweep, whose view and tables are set. False sets @error: an axis that is not there, an
 * axis without a place, more panels, curves or measures than there is room for. */
bool plot_layout_choose(struct plot_sweep *sweep, GError **error);
void plot_layout_clear(struct plot_sweep *sweep); /* also after a failure */

/* The values that the points have of column @name, or "file": ascending if they are numbers, else
 * in the order in which they come. Free it with plot_texts_free(). */
struct plot_texts *plot_layout_scale(const struct plot_sweep *sweep, const char *name);
/* The position of the value of @point there. */
unsigned plot_layout_position(
	const struct plot_texts *scale, const struct plot_point *point, const char *name);

/* Whether @name is an axis, of any table. */
bool plot_layout_is_axis(const struct plot_sweep *sweep, const char *name);

#endif
