/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_SWEEP_VALUE_H
#define CIDSIM_SIM_PLOT_SWEEP_VALUE_H

/*
 * What a point has under a name: of an axis, of a column, or computed from columns:
 *
 *   swing                   most users minus the value of the axis that ends in ".from"
 *   flips_per_1000_cycles   of the mode; in a cycle users go from the fewest to the most and back
 *   hysteresis              enter_formula minus leave_formula
 */

#include "sim/plot/table.h"

/* The columns that @name is computed from, NULL-terminated; NULL if it is not computed. */
const char *const *plot_value_needs(const char *name);

/* The number, in millionths: the mean over the seeds, of a column that ends in "_min" or "_max" the
 * least or the most. False if there is none. */
bool plot_value(const struct plot_point *point, const char *name, int64_t *value);

/* The text: of an axis its value, of a column its number. NULL if there is none. The caller frees
 * it. */
char *plot_value_text(const struct plot_point *point, const char *name);

#endif
