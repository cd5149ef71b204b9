/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_CELLS_H
#define CIDSIM_SIM_PLOT_CELLS_H

/* Rows cut into equal slots of the picture's time: which of a few kinds was there for how long. */

#include <stdint.h>
#include <stdio.h>

#include "sim/plot/thin.h"

struct plot_cells {
	struct plot_columns columns; /* the slots */
	unsigned rows, kinds;        /* at least 1 */
	uint64_t *ns;                /* rows * columns.count * kinds, zeroed by the caller */
};

/* @kind is in @row from @start_ns to @end_ns; the part in the picture counts. */
void plot_cells_add(
	struct plot_cells *cells, unsigned row, unsigned kind, uint64_t start_ns, uint64_t end_ns);

/* Write "start end row kind level" for each cell that is not empty: the kind that was there
 * longest, and how much all were there, in thousandths. @places[row]: how many can be there at
 * once. */
void plot_cells_write(const struct plot_cells *cells, const uint32_t *places, FILE *out);

#endif
