/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "sim/plot/sweep-page.h"

#include <signal.h>
#include <stdlib.h>

#include "tests/lib/suite.h"

static const struct plot_sweep_kind kind = { .name = "kind", .example = "x --cpus 2" };
static struct plot_page page;
static const struct plot_sweep sweep = { .kind = &kind, .page = &page };

static void start(void)
{
	page = (struct plot_page){ .width = 960, .assignments = g_string_new(NULL) };
}

static void stop(void)
{
	g_string_free(page.assignments, TRUE);
}

static void assert_assignments(const char *expected)
{
	ck_assert_str_eq(page.assignments->str, expected);
	g_string_truncate(page.assignments, 0);
}

SUITE(.before = start, .after = stop);

TEST(assignments_are_numbered)
{
	plot_sweep_set_text(&sweep, "CURVE", 3, "a b", 10);
	assert_assignments("CURVE_3 = \"a b\"\n");
	plot_sweep_set_number(&sweep, "PANEL", 0, 7);
	assert_assignments("PANEL_0 = 7.0\n");
	plot_sweep_set_decimal(&sweep, "LOW", 1, 12000034);
	assert_assignments("LOW_1 = 12.000034\n");
}

TEST(a_legend_has_rows_as_they_fit)
{
	unsigned pixels = plot_sweep_set_legend(&sweep, 1, 10);

	assert_assignments("LEGEND_COLUMNS = 1.0\nLEGEND_ROWS = 1.0\n");
	ck_assert_uint_eq(plot_sweep_set_legend(&sweep, 0, 10), 0);
	assert_assignments("LEGEND_COLUMNS = 1.0\nLEGEND_ROWS = 0.0\n");
	/* 146 pixels each */
	ck_assert_uint_eq(plot_sweep_set_legend(&sweep, 13, 10), 3 * pixels);
	assert_assignments("LEGEND_COLUMNS = 6.0\nLEGEND_ROWS = 3.0\n");
	/* no entry is longer than the limit */
	plot_sweep_set_legend(&sweep, 2, 100000);
	assert_assignments("LEGEND_COLUMNS = 1.0\nLEGEND_ROWS = 2.0\n");
}

TEST(a_page_is_as_high_as_its_panels)
{
	plot_sweep_set_panels(&sweep, 5, 2, 300, 20);
	assert_assignments("PANELS = 5.0\nPANEL_COLUMNS = 2.0\n");
	ck_assert_uint_eq(page.height, 64 + 3 * 300 + 20);
	plot_sweep_set_panels(&sweep, 1, 2, 300, 20);
	assert_assignments("PANELS = 1.0\nPANEL_COLUMNS = 1.0\n");
	ck_assert_uint_eq(page.height, 64 + 3 * 300 + 20);
}

TEST(a_failure_has_an_example)
{
	struct plot_table table = { .path = (char *)"x.csv" };
	GError *error = NULL;

	ck_assert(!plot_sweep_fail(&sweep, &table, &error, "no %s", "axis"));
	ck_assert_str_eq(
		error->message, "x.csv: no axis; kind draws sweeps like: cidsim sweep x --cpus 2");
	g_error_free(error);
}

TEST(a_number_that_does_not_exist_is_written_as_such)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	plot_put_millionths(out, true, 12500000);
	plot_put_millionths(out, false, 0);
	fclose(out);
	ck_assert_str_eq(text, " 12.500000 NaN");
	free(text);
}

TEST_SIGNAL(a_picture_has_panels, SIGABRT)
{
	plot_sweep_set_panels(&sweep, 0, 2, 300, 20);
}
