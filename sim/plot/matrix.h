/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_MATRIX_H
#define CIDSIM_SIM_PLOT_MATRIX_H

/* The matrix of revisions and defects that `cidsim explore --matrix --csv` printed. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { PLOT_MATRIX_ROWS_MAX = 64, PLOT_MATRIX_COLUMNS_MAX = 32 };

enum plot_verdict { PLOT_CELL_HOLDS, PLOT_CELL_FOUND, PLOT_CELL_UNDECIDED, PLOT_CELL_VERDICTS };

struct plot_cell {
	uint64_t line; /* of the file; 0: there is none */
	enum plot_verdict verdict;
	unsigned property; /* that was found broken, as for scenario_property_to_string(); else 0 */
	uint64_t length;   /* steps to there; otherwise 0 */
	uint64_t states;   /* seen */
};

struct plot_matrix {
	char *version;      /* of the program that made the file, "" if it does not say */
	GPtrArray *rows;    /* names of revisions, in the order of the file, at least one */
	GPtrArray *columns; /* names of defects, in the order of the file, at least one */
	struct plot_cell cell[PLOT_MATRIX_ROWS_MAX][PLOT_MATRIX_COLUMNS_MAX];
};

/* Read the file at @path. Each revision must have each defect once. NULL sets @error. */
struct plot_matrix *plot_matrix_read(const char *path, GError **error);
void plot_matrix_free(struct plot_matrix *matrix);

/* What stands in a cell: "I3 in 3", "2 086" (with narrow blanks), "? 9 000". The caller frees it.
 */
char *plot_matrix_text(const struct plot_cell *cell);

#endif
