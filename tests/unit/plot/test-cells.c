/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
/* open_memstream() with -std=c17 */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdlib.h>

#include "sim/plot/cells.h"
#include "tests/lib/suite.h"

enum { ROWS = 2, SLOTS = 2, KINDS = 3 };

/* Two slots of 100 ns from 1000 on, written relative to 1000. */
static struct plot_cells cells_of(uint64_t ns[ROWS * SLOTS * KINDS])
{
	return (struct plot_cells){ { 1000, 1200, 1000, SLOTS }, ROWS, KINDS, ns };
}

TEST(a_cell_has_the_kind_that_was_there_longest_and_the_share_of_all)
{
	static const uint32_t places[ROWS] = { 1, 2 };
	uint64_t ns[ROWS * SLOTS * KINDS] = { 0 };
	struct plot_cells cells = cells_of(ns);
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	plot_cells_add(&cells, 0, 1, 900, 1020);  /* 20 of it in the picture */
	plot_cells_add(&cells, 0, 2, 1050, 1110); /* over both slots */
	plot_cells_add(&cells, 1, 0, 1100, 1300);
	plot_cells_add(&cells, 1, 2, 1150, 1200);
	plot_cells_add(&cells, 1, 1, 1300, 1400); /* behind the picture */
	plot_cells_write(&cells, places, out);
	fclose(out);
	ck_assert_str_eq(text, "0 100 0 2 700\n100 200 0 2 100\n100 200 1 0 750\n");
	free(text);
}

TEST_SIGNAL(there_are_only_so_many_kinds, SIGABRT)
{
	uint64_t ns[ROWS * SLOTS * KINDS] = { 0 };
	struct plot_cells cells = cells_of(ns);

	plot_cells_add(&cells, 0, KINDS, 1000, 1100);
}
