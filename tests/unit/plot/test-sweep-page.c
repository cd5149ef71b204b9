/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "sim/plot/sweep-page.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/suite.h"

static struct plot_page page;
static struct plot_table table = { .path = (char *)"x.csv" };
static struct plot_table *tables[] = { &table };
static struct plot_sweep sweep = { .view = { .name = "kind", .example = "x --cpus 2" },
	.page = &page,
	.tables = tables,
	.count = 1 };

static void start(void)
{
	page = (struct plot_page){ .width = 960, .assignments = g_string_new(NULL) };
	sweep.panels = plot_texts_new();
	sweep.measure[0] = (char *)"percpu_share";
	sweep.measures = sweep.groups = 1;
}

static void stop(void)
{
	g_string_free(page.assignments, TRUE);
	plot_texts_free(sweep.panels);
}

static void add_panels(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		g_autofree char *name = g_strdup_printf("panel %u", sweep.panels->list->len);

		plot_texts_add(sweep.panels, name);
	}
}

/* Whether the assignments have @line, and then none. */
static void assert_line(const char *line)
{
	g_autofree char *whole = g_strconcat("\n", line, "\n", NULL);

	g_string_prepend_c(page.assignments, '\n');
	ck_assert_msg(strstr(page.assignments->str, whole) != NULL, "%s", page.assignments->str);
	g_string_truncate(page.assignments, 0);
}

static void assert_assignments(const char *expected)
{
	ck_assert_str_eq(page.assignments->str, expected);
	g_string_truncate(page.assignments, 0);
}

SUITE(.before = start, .after = stop);

TEST(names_are_numbered_and_cut)
{
	struct plot_texts *texts = plot_texts_new();

	plot_texts_add(texts, "8");
	plot_texts_add(texts, "a very long name of a value");
	ck_assert_uint_eq(plot_sweep_set_names(&sweep, "TICK", texts), 16);
	assert_assignments(
		"TICK_0 = \"8\"\nTICK_1 = \"a very long nam\\0342\\0200\\0246\"\nTICKS = 2.0\n");
	plot_texts_free(texts);
	ck_assert_uint_eq(plot_sweep_set_names(&sweep, "TICK", NULL), 0);
	assert_assignments("TICKS = 0.0\n");
}

static const unsigned high[3] = { 400, 300, 200 };

TEST(a_legend_has_rows_as_they_fit)
{
	add_panels(1);
	plot_sweep_set_panels(&sweep, 2, high, 1, 10);
	assert_line("LEGEND_COLUMNS = 1.0\nLEGEND_ROWS = 1.0");
	plot_sweep_set_panels(&sweep, 2, high, 0, 10);
	assert_line("LEGEND_COLUMNS = 1.0\nLEGEND_ROWS = 0.0");
	/* 146 pixels each */
	plot_sweep_set_panels(&sweep, 2, high, 13, 10);
	assert_line("LEGEND_COLUMNS = 6.0\nLEGEND_ROWS = 3.0");
	/* no entry is longer than the limit */
	plot_sweep_set_panels(&sweep, 2, high, 2, 100000);
	assert_line("LEGEND_COLUMNS = 1.0\nLEGEND_ROWS = 2.0");
}

TEST(a_page_is_as_high_as_its_panels)
{
	add_panels(5);
	plot_sweep_set_panels(&sweep, 2, high, 1, 10);
	assert_line("PANELS = 5.0\nPANELS_EACH = 5.0\nPANEL_COLUMNS = 2.0");
	ck_assert_uint_eq(page.height, 80 + 3 * 300 + 21);
	/* a height that was chosen stays */
	plot_sweep_set_panels(&sweep, 3, high, 1, 10);
	assert_line("PANELS = 5.0\nPANELS_EACH = 5.0\nPANEL_COLUMNS = 3.0");
	ck_assert_uint_eq(page.height, 80 + 3 * 300 + 21);
}

TEST(a_group_has_a_row_if_its_panels_fit)
{
	add_panels(4);
	sweep.groups = 2;
	plot_sweep_set_panels(&sweep, 2, high, 0, 0);
	assert_line("PANELS = 8.0\nPANELS_EACH = 4.0\nPANEL_COLUMNS = 4.0");
	add_panels(1);
	plot_sweep_set_panels(&sweep, 2, high, 0, 0);
	assert_line("PANELS = 10.0\nPANELS_EACH = 5.0\nPANEL_COLUMNS = 2.0");
}

TEST(a_failure_has_an_example)
{
	GError *error = NULL;

	ck_assert(!plot_sweep_fail(&sweep, &error, "no %s", "axis"));
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
	ck_assert_str_eq(text, " 12.500000 -1");
	free(text);
}

TEST_SIGNAL(a_picture_has_panels, SIGABRT)
{
	plot_sweep_set_panels(&sweep, 2, high, 0, 0);
}
