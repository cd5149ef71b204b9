/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/bands.h"

#include "tests/lib/folder.h"
#include "tests/lib/plot-run.h"
#include "tests/lib/suite.h"

#define SERIES "time_ns,mm,users,allowed,max_cids,pcpu_thrs,mode,taken,span,optimum\n"

static char *dir;

static void start(void)
{
	dir = folder_new();
}

static void stop(void)
{
	folder_remove(dir);
}

/* Write the bands of @rows from 100 to 1100 ns, in 1000 columns; times are relative to 100. */
static void assert_bands(const char *rows, const char *expected, const char *assignments)
{
	struct plot_run run = { .dir = dir };
	struct plot_page page = { .work = dir, .assignments = g_string_new(NULL) };
	const struct plot_mm mm = { .name = (char *)"app" };
	struct plot_job job = { &run, &mm, 100, 1100, { 100, 1100, 100, 1000 }, &page, NULL, NULL };
	char *series = g_strconcat(SERIES, rows, NULL), *text;

	plot_run_write(dir, "series.csv", series, -1);
	ck_assert(plot_bands(&job, NULL));
	text = plot_run_read(dir, "bands.dat", NULL);
	ck_assert_str_eq(text, expected);
	ck_assert_str_eq(page.assignments->str, assignments);
	g_free(text);
	g_free(series);
	g_string_free(page.assignments, TRUE);
}

SUITE(.timeout = 60, .before = start, .after = stop);

TEST(a_band_is_the_time_in_per_cpu_mode)
{
	assert_bands("0,app,1,4,1,0,0,1,1,1\n"
		     "200,app,9,4,1,0,1,1,1,1\n"
		     "300,app,9,4,1,0,3,1,1,1\n"
		     "400,app,1,4,1,0,0,1,1,1\n",
		"100 300\n", "KNOWN = 0.0\n");
}

TEST(bands_are_cut_at_the_ends_of_the_picture)
{
	assert_bands("0,app,9,4,1,0,1,1,1,1\n"
		     "150,app,1,4,1,0,0,1,1,1\n"
		     "1000,app,9,4,1,0,1,1,1,1\n"
		     "2000,app,1,4,1,0,0,1,1,1\n",
		"0 50\n900 1000\n", "KNOWN = 0.0\n");
	assert_bands("0,app,9,4,1,0,1,1,1,1\n50,app,1,4,1,0,0,1,1,1\n", "", "KNOWN = 0.0\n");
}

TEST(an_mm_is_known_from_its_first_row)
{
	assert_bands("700,app,1,4,1,0,0,1,1,1\n", "", "KNOWN = 600.0\n");
	assert_bands("700,other,1,4,1,0,1,1,1,1\n", "", "KNOWN = 1000.0\n");
}

TEST(a_series_that_is_not_there_is_reported)
{
	struct plot_run run = { .dir = dir };
	struct plot_page page = { .work = dir, .assignments = g_string_new(NULL) };
	const struct plot_mm mm = { .name = (char *)"app" };
	struct plot_job job = { &run, &mm, 100, 1100, { 100, 1100, 100, 1000 }, &page, NULL, NULL };
	GError *error = NULL;

	ck_assert(!plot_bands(&job, &error));
	ck_assert(g_str_has_suffix(error->message, "series.csv: No such file or directory"));
	g_error_free(error);
	g_string_free(page.assignments, TRUE);
}
