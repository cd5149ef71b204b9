/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/cells.h"

#include <glib.h>
#include <inttypes.h>

/* The times of cell (@row, @slot), one of each kind. */
static uint64_t *cell_of(const struct plot_cells *cells, unsigned row, unsigned slot)
{
	g_assert(row < cells->rows && slot < cells->columns.count);
	return cells->ns + ((size_t)row * cells->columns.count + slot) * cells->kinds;
}

void plot_cells_add(
	struct plot_cells *cells, unsigned row, unsigned kind, uint64_t start_ns, uint64_t end_ns)
{
	const struct plot_columns *columns = &cells->columns;
	uint64_t at = MAX(start_ns, columns->from_ns), end = MIN(end_ns, columns->to_ns);

	g_assert(kind < cells->kinds);
	while (at < end) {
		unsigned slot = plot_column_holding(columns, at);
		uint64_t next = MIN(end, plot_column_start(columns, slot + 1));

		cell_of(cells, row, slot)[kind] += next - at;
		at = next;
	}
}

static void write_cell(
	const struct plot_cells *cells, unsigned row, unsigned slot, uint32_t places, FILE *out)
{
	const struct plot_columns *columns = &cells->columns;
	const uint64_t *ns = cell_of(cells, row, slot);
	uint64_t start = plot_column_start(columns, slot);
	uint64_t end = plot_column_start(columns, slot + 1), sum = 0;
	unsigned longest = 0;

	for (unsigned kind = 0; kind < cells->kinds; kind++) {
		sum += ns[kind];
		longest = ns[kind] > ns[longest] ? kind : longest;
	}
	if (sum > 0)
		fprintf(out, "%" PRIu64 " %" PRIu64 " %u %u %.0f\n", start - columns->base_ns,
			end - columns->base_ns, row, longest,
			1000.0 * (double)sum / ((double)(end - start) * places));
}

void plot_cells_write(const struct plot_cells *cells, const uint32_t *places, FILE *out)
{
	for (unsigned row = 0; row < cells->rows; row++) {
		g_assert(places[row] > 0);
		for (unsigned slot = 0; slot < cells->columns.count; slot++)
			write_cell(cells, row, slot, places[row], out);
	}
}
