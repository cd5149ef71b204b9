/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/plot/histogram.h"
#include "sim/plot/table.h"
#include "tests/lib/plot-sweep.h"
#include "tests/lib/suite.h"

#define M 1000000

static char *dir; /* of the test, removed after it */

static void start(void)
{
	dir = folder_new();
}

static void stop(void)
{
	folder_remove(dir);
}

static char *path_of(const char *name)
{
	return g_build_filename(dir, name, NULL);
}

SUITE(.timeout = 120, .before = start, .after = stop);

TEST(a_mean_is_rounded_and_a_sum_has_a_limit)
{
	struct plot_number number = { 0 };

	ck_assert_int_eq(plot_number_mean(&number), 0);
	ck_assert(plot_number_add(&number, 5));
	ck_assert_int_eq(number.min, 5);
	ck_assert(plot_number_add(&number, 2));
	ck_assert_int_eq(plot_number_mean(&number), 4); /* 3.5 */
	ck_assert_int_eq(number.min, 2);
	ck_assert_int_eq(number.max, 5);
	ck_assert(!plot_number_add(&number, INT64_MAX - 6));
	ck_assert(plot_number_add(&number, INT64_MAX - 7));
	ck_assert_uint_eq(number.count, 3);
}

static const char *const wanted_columns[] = { "forks", "leave_users_min", NULL };
static const struct plot_wanted wanted = { wanted_columns, NULL, true, "the hint" };

static struct plot_table *read_table(const char *name)
{
	g_autofree char *path = path_of(name);
	GError *fault = NULL;
	struct plot_table *table = plot_table_read(path, &wanted, &fault);

	ck_assert_msg(table != NULL, "%s", fault ? fault->message : "");
	return table;
}

static void assert_no_table(const char *name, const char *expected)
{
	g_autofree char *path = path_of(name);
	g_autofree char *message = NULL;
	GError *fault = NULL;
	struct plot_table *table = plot_table_read(path, &wanted, &fault);

	ck_assert_ptr_null(table);
	ck_assert_int_eq(fault->domain, FAILURE);
	ck_assert_int_eq(fault->code,
		strstr(fault->message, "No such file") ? FAILURE_ENVIRONMENT : FAILURE_INPUT);
	message = folder_message(dir, fault);
	ck_assert_msg(strstr(message, expected) == message, "%s", message);
}

static const struct plot_point *point_at(const struct plot_table *table, unsigned index)
{
	ck_assert_uint_lt(index, table->points->len);
	return table->points->pdata[index];
}

TEST(rows_that_differ_in_the_seed_are_one_point)
{
	GString *rows = g_string_new(NULL);
	struct plot_table *table;

	plot_sweep_add_row(
		rows, "16,a", " seed=1 forks=10 leave_users_min= window_histogram=8:1_16:2");
	plot_sweep_add_row(
		rows, "16,a", " seed=2 forks=13.5 leave_users_min=7 window_histogram=16:3");
	plot_sweep_add_row(rows, "16,a", " seed=3 outcome=failed forks=999 leave_users_min=999");
	plot_sweep_add_row(rows, "8,b", " seed=1 outcome=undecided forks=1");
	plot_sweep_add_row(rows, "8,a", " seed=1 forks=3 possible_cpus=4");
	plot_sweep_write(dir, "x.csv", "machine.cpus,policy", rows);
	table = read_table("x.csv");
	ck_assert_str_eq(table->title, "A title");
	ck_assert_str_eq(table->seed, "1");
	ck_assert_uint_eq(table->seeds, 3);
	ck_assert_uint_eq(table->runs, 5);
	ck_assert_uint_eq(table->good, 3);
	ck_assert_int_eq(table->cpus.min, 4 * M);
	ck_assert_int_eq(table->cpus.max, 8 * M);
	ck_assert_uint_eq(table->points->len, 3);
	ck_assert_uint_eq(point_at(table, 0)->good, 2);
	ck_assert_int_eq(plot_number_mean(&point_at(table, 0)->number[0]), 11750000);
	ck_assert_uint_eq(point_at(table, 0)->number[1].count, 1);
	ck_assert_int_eq(point_at(table, 0)->number[1].min, 7 * M);
	plot_sweep_assert_histogram(point_at(table, 0)->histogram, "8:1 16:5");
	ck_assert_uint_eq(point_at(table, 1)->good, 0);
	ck_assert_uint_eq(point_at(table, 1)->number[0].count, 0);
	plot_table_free(table);
	g_string_free(rows, TRUE);
}

TEST(points_have_the_values_of_axes)
{
	GString *rows = g_string_new(NULL);
	struct plot_table *table;

	plot_sweep_add_row(rows, "16,z,100ns", "");
	plot_sweep_add_row(rows, "8,a,1us", " revision=6.19");
	plot_sweep_add_row(rows, "128,z,10us", "");
	plot_sweep_write(dir, "x.csv", "machine.cpus,policy,cost.x", rows);
	table = read_table("x.csv");
	ck_assert_int_eq(plot_table_find(table, "machine.cpus"), -1);
	ck_assert_int_eq(plot_table_find(table, "cpus"), 0);
	ck_assert_int_eq(plot_table_find(table, "policy"), 1);
	ck_assert_int_eq(plot_table_find(table, "revision"), 3);
	ck_assert_str_eq(point_at(table, 0)->value[0], "16");
	ck_assert_str_eq(point_at(table, 0)->value[1], "z");
	ck_assert_str_eq(point_at(table, 2)->value[2], "10us");
	ck_assert_str_eq(point_at(table, 1)->value[3], "6.19");
	ck_assert_uint_eq(table->values->list->len, 10);
	ck_assert_ptr_eq(plot_point_column(point_at(table, 1), "leave_users_min"),
		&point_at(table, 1)->number[1]);
	ck_assert_ptr_null(plot_point_column(point_at(table, 1), "users_max"));
	plot_table_free(table);
	g_string_free(rows, TRUE);
}

static void assert_no_row(const char *values, const char *expected)
{
	GString *rows = g_string_new(NULL);

	plot_sweep_add_row(rows, "4", "");
	plot_sweep_add_row(rows, "5", values);
	plot_sweep_write(dir, "x.csv", "cpus", rows);
	assert_no_table("x.csv", expected);
	g_string_free(rows, TRUE);
}

TEST(rows_that_cannot_be_are_refused_with_their_line)
{
	assert_no_row(" outcome=good", "x.csv:5: 'outcome' is 'good', expected ok or failed or ");
	assert_no_row(" forks=-1", "x.csv:5: forks is not from 0 to 10^12");
	assert_no_row(" forks=1000000000001", "x.csv:5: forks is not from 0 to 10^12");
	assert_no_row(" forks=x", "x.csv:5: ");
	assert_no_row(" window_histogram=3:1_2:1", "x.csv:5: window_histogram is '3:1 2:1', ");
}

TEST(too_large_sums_are_refused)
{
	GString *rows = g_string_new(NULL);

	for (unsigned i = 0; i < 10; i++)
		plot_sweep_add_row(rows, "4", " forks=1000000000000");
	plot_sweep_write(dir, "x.csv", "cpus", rows);
	assert_no_table("x.csv", "x.csv:13: forks is too large to be summed up");
	g_string_free(rows, TRUE);
}

TEST(a_file_without_what_is_wanted_is_refused)
{
	g_autofree char *path = path_of("x.csv");
	g_autofree char *without = plot_sweep_head("cpus", "forks");
	g_autofree char *sweep = sweep_text_result(without, "");
	GString *rows = g_string_new(NULL);
	char *text;

	sweep_text_write(path, sweep, strlen(sweep));
	assert_no_table("x.csv", "x.csv: no column 'forks'; the columns are point, cpus, ");
	text = sweep_text_result("# cidsim 1 sweep\nrevision,seed,outcome,possible_cpus,"
				 "window_histogram,forks,leave_users_min\n",
		"");
	sweep_text_write(path, text, strlen(text));
	assert_no_table("x.csv", "x.csv: columns are not in the order point, axes");
	g_free(text);
	text = sweep_text_result("# cidsim 1 sweep-summary\nx\n", "");
	sweep_text_write(path, text, strlen(text));
	assert_no_table("x.csv", "x.csv: a summary cannot be drawn");
	g_free(text);
	plot_sweep_add_row(rows, "4", " outcome=failed");
	plot_sweep_add_row(rows, "5", " outcome=impossible");
	plot_sweep_write(dir, "x.csv", "cpus", rows);
	assert_no_table("x.csv", "x.csv: nothing to draw, no run has outcome ok");
	assert_no_table("nowhere.csv", "nowhere.csv: ");
	g_string_free(rows, TRUE);
}

TEST(too_much_to_draw_is_refused)
{
	GString *rows = g_string_new(NULL);
	g_autofree char *longest = g_strnfill(PLOT_VALUES_BYTES_MAX / 2, '1');
	char axes[32];

	for (unsigned i = 0; i <= PLOT_POINTS_MAX; i++) {
		g_snprintf(axes, sizeof(axes), "%u", i);
		plot_sweep_add_row(rows, axes, "");
		plot_sweep_add_row(rows, axes, "");
	}
	plot_sweep_write(dir, "x.csv", "cpus", rows);
	assert_no_table("x.csv", "x.csv:8196: more than 4096 points");
	plot_sweep_add_row(rows, longest, "");
	longest[0] = '2';
	plot_sweep_add_row(rows, longest, "");
	longest[0] = '3';
	plot_sweep_add_row(rows, longest, "");
	plot_sweep_write(dir, "x.csv", "cpus", rows);
	assert_no_table("x.csv", "x.csv:5: the values of the axes have more than 1048576 bytes");
	g_string_free(rows, TRUE);
}

TEST_SIGNAL(numbers_are_not_negative, SIGABRT)
{
	struct plot_number number = { 0 };

	plot_number_add(&number, -1);
}
