/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/failure.h"
#include "sim/plot/kinds.h"
#include "tests/lib/folder.h"
#include "tests/lib/plot-run.h"
#include "tests/lib/suite.h"

static char *dir; /* of the test, removed after it: the run, and the data for gnuplot */
static GString *stays;
static struct plot_run run;
static struct plot_page page;
static struct plot_job job;

static void start(void)
{
	dir = folder_new();
	stays = g_string_new("cpu,pid,mm,cid,start_ns,end_ns\n");
	run = (struct plot_run){ .dir = dir, .mms = g_ptr_array_new_with_free_func(g_free) };
	page = (struct plot_page){ .work = dir, .width = 800, .assignments = g_string_new(NULL) };
	job = (struct plot_job){ &run, NULL, 0, 10000, { 0, 10000, 0, 1600 }, &page, NULL, NULL };
}

static void stop(void)
{
	g_string_free(page.assignments, TRUE);
	g_ptr_array_unref(run.mms);
	g_string_free(stays, TRUE);
	folder_remove(dir);
}

static void add_mm_name(const char *name)
{
	struct plot_mm *mm = g_new0(struct plot_mm, 1);

	mm->name = (char *)name;
	g_ptr_array_add(run.mms, mm);
}

static void add_stay(unsigned cpu, const char *mm, uint64_t cid, unsigned start_ns, unsigned end_ns)
{
	g_string_append_printf(
		stays, "%u,1001,%s,%" G_GUINT64_FORMAT ",%u,%u\n", cpu, mm, cid, start_ns, end_ns);
}

/* What is wrong, NULL: nothing. */
static char *draw(void)
{
	GError *fault = NULL;

	plot_run_write(dir, "stays.csv", stays->str, -1);
	ck_assert_int_eq(plot_cpus(&job, &fault), fault == NULL);
	return fault ? folder_message(dir, fault) : NULL;
}

static void assert_drawn(void)
{
	g_autofree char *wrong = draw();

	ck_assert_msg(!wrong, "%s", wrong);
}

static void assert_data(const char *name, const char *expected)
{
	g_autofree char *data = plot_run_read(dir, name, NULL);

	ck_assert_str_eq(data, expected);
}

static void assert_entry(unsigned number, const char *text)
{
	g_autofree char *line = g_strdup_printf("ENTRY_%u = \"%s\"\n", number, text);

	ck_assert_msg(strstr(page.assignments->str, line) != NULL, "no %s in %s", line,
		page.assignments->str);
}

SUITE(.timeout = 60, .before = start, .after = stop);

enum { UNSET_HUE = 6, SCALE_HUE = 7, FIRST_HUE = 8 };

TEST(few_cids_of_one_mm_have_colours_of_their_own)
{
	add_stay(2, "app", 7, 0, 5000);
	add_stay(4, "app", 2147483648, 5000, 9000);
	assert_drawn();
	assert_data("wide.dat", "0 5000 0 15 0\n5000 9000 1 6 0\n");
	assert_data("labels.dat", "2500 0 15 0 1001:7\n7000 1 6 0 1001:?\n");
	assert_data("rows.dat", "0 2\n1 4\n");
	assert_entry(7, "CID 7");
	assert_entry(8, "no CID");
}

TEST(many_cids_of_one_mm_are_a_scale)
{
	add_stay(0, "app", 40, 0, 5000);
	add_stay(1, "app", 10, 0, 5000);
	assert_drawn();
	assert_data("wide.dat", "0 5000 0 7 1000\n0 5000 1 7 250\n");
	assert_entry(0, "CID 0");
	assert_entry(4, "CID 40");
}

/* The hue of an mm does not depend on which part of the run is drawn. */
TEST(mms_have_hues_in_the_order_of_the_report)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g" };

	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
		add_mm_name(names[i]);
	add_stay(0, "c", 2, 0, 5000);
	add_stay(1, "b", 4, 0, 5000);
	add_stay(2, "b", 1, 0, 5000);
	add_stay(3, "g", 0, 0, 5000);
	add_stay(4, "f", 0, 0, 5000);
	assert_drawn();
	assert_data("wide.dat", "0 5000 0 2 1000\n0 5000 1 1 1000\n0 5000 2 1 250\n"
				"0 5000 3 5 0\n0 5000 4 5 0\n");
	assert_entry(1, "mm b\\0072 CID 4 \\0050dark\\0051");
	assert_entry(4, "other mms");
}

TEST(a_short_box_has_only_the_cid_and_a_played_task_its_name)
{
	run.clock = "step";
	add_stay(0, "mm", 3, 0, 5000);
	add_stay(0, "mm", 3, 5000, 5200);
	assert_drawn();
	assert_data("labels.dat", "2500 0 11 0 T1:3\n5100 0 11 0 3\n");
}

TEST(more_than_64_cpus_share_rows)
{
	for (unsigned cpu = 0; cpu < 65; cpu++)
		add_stay(cpu, "app", cpu, 0, 10000);
	assert_drawn();
	ck_assert_ptr_nonnull(strstr(page.assignments->str, "ROWS = 33.0\nDENSE = 1.0"));
	assert_data("wide.dat", "");
	assert_data("rows.dat",
		"0 0-1\n2 4-5\n4 8-9\n6 12-13\n8 16-17\n10 20-21\n12 24-25\n14 28-29\n16 32-33\n"
		"18 36-37\n20 40-41\n22 44-45\n24 48-49\n26 52-53\n28 56-57\n30 60-61\n32 64\n");
}

TEST(chosen_cpus_have_rows_of_their_own)
{
	struct cpu_ids ids = { 0 };

	for (unsigned cpu = 0; cpu < 65; cpu++)
		add_stay(cpu, "app", 0, 0, 10000);
	cpu_ids_add(&ids, 64);
	cpu_ids_add(&ids, 3);
	job.cpus = &ids;
	assert_drawn();
	assert_data("rows.dat", "0 3\n1 64\n");
	assert_data("wide.dat", "0 10000 0 8 0\n0 10000 1 8 0\n");
}

TEST(more_stays_than_boxes_are_cells)
{
	for (unsigned i = 0; i <= 20000; i++)
		add_stay(0, "app", 0, 0, 0);
	add_stay(1, "app", 0, 0, 10000);
	assert_drawn();
	ck_assert_ptr_nonnull(strstr(page.assignments->str, "DENSE = 0.0"));
	for (unsigned i = 0; i <= 20000; i++)
		add_stay(0, "app", 0, 1, 2);
	g_string_truncate(page.assignments, 0);
	assert_drawn();
	ck_assert_ptr_nonnull(strstr(page.assignments->str, "DENSE = 1.0"));
}

TEST(nothing_to_draw_is_said)
{
	struct cpu_ids ids = { 0 };
	g_autofree char *wrong = NULL;

	cpu_ids_add(&ids, 9);
	job.cpus = &ids;
	add_stay(0, "app", 0, 0, 10000);
	wrong = draw();
	ck_assert_ptr_nonnull(strstr(wrong, "no stays in the time to draw, on those CPUs"));
}
