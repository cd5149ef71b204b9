/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/compare/compare.h"

#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/sweep/result.h"
#include "tests/lib/folder.h"
#include "tests/lib/sample-run.h"
#include "tests/lib/suite.h"

/* Sweeps are made up here; runs are compared as commands write them, in tests/cli/compare.sh. */

static char *dir, *paths[2];
static struct comparison *comparison;
static GString *text;

static void start(void)
{
	dir = folder_new();
	paths[0] = g_build_filename(dir, "a.csv", NULL);
	paths[1] = g_build_filename(dir, "b.csv", NULL);
	text = g_string_new(NULL);
}

static void stop(void)
{
	comparison_free(comparison);
	folder_remove(dir);
	g_free(paths[0]);
	g_free(paths[1]);
	g_string_free(text, TRUE);
}

SUITE(.before = start, .after = stop);

#define COLUMNS "point,cpus,revision,seed,outcome,digest,events,waste\n"

/* A result file of @columns and @rows, each line with its LF. */
static void write_sweep(int side, const char *columns, const char *rows)
{
	g_autofree char *head = g_strconcat("# cidsim 0.1.0 sweep\n", columns, NULL);
	g_auto(GStrv) lines = g_strsplit(rows, "\n", -1);
	struct sweep_result result;

	ck_assert(sweep_result_open(&result, paths[side], head, NULL));
	for (char **line = lines; *line; line++)
		if (**line)
			sweep_result_row(&result, *line, strlen(*line));
	ck_assert(sweep_result_finish(&result, NULL));
}

static void compare(const char *a, const char *b)
{
	g_autoptr(GError) error = NULL;

	write_sweep(0, COLUMNS, a);
	write_sweep(1, COLUMNS, b);
	comparison = compare_sweeps((const char *const *)paths, &error);
	ck_assert_msg(comparison, "%s", error ? error->message : "");
	comparison_print(text, comparison);
}

#define FOUR_A "0,2,7.1,1,ok,aa,10,1.5\n1,2,7.1,2,ok,ab,20,1.5\n"
#define FOUR_B "2,4,7.1,1,ok,ac,30,1.5\n3,4,7.1,2,ok,ad,40,\n"

TEST(the_same_rows_are_the_same_in_any_order)
{
	compare(FOUR_A FOUR_B, FOUR_B FOUR_A);
	ck_assert(comparison_same(comparison));
	ck_assert_uint_eq(comparison->points, 4);
	assert_has(text->str, "A and B are the same.\n");
}

TEST(a_column_that_differs_is_shown_where_the_ratio_is_largest)
{
	const struct compare_value *value;

	compare(FOUR_A FOUR_B, "0,2,7.1,1,ok,aa,11,1.5\n1,2,7.1,2,ok,ab,2,1.5\n2,4,7.1,1,ok,ac,60,"
			       "1.5\n3,4,7.1,2,ok,ad,40,\n");
	ck_assert_uint_eq(comparison->values->len, 1);
	value = comparison->values->pdata[0];
	ck_assert_str_eq(value->name, "events");
	ck_assert_uint_eq(value->points, 3);
	ck_assert_str_eq(value->side[0], "20");
	ck_assert_str_eq(value->side[1], "2");
	ck_assert_str_eq(value->at, "cpus=2 seed=2");
	assert_has(text->str, "  events       3  20  2  0.100  cpus=2 seed=2\n");
}

TEST(points_of_one_side_are_counted_and_the_first_is_named)
{
	compare(FOUR_A FOUR_B, FOUR_A "3,4,7.1,3,ok,ae,1,1\n");
	ck_assert_uint_eq(comparison->only[0], 2);
	ck_assert_uint_eq(comparison->only[1], 1);
	ck_assert_str_eq(comparison->only_at[0], "cpus=4 seed=1");
	ck_assert_str_eq(comparison->only_at[1], "cpus=4 seed=3");
}

TEST(an_axis_with_one_value_in_each_file_is_what_was_swept)
{
	compare(FOUR_A FOUR_B, "0,2,6.19,1,ok,aa,10,1.5\n1,2,6.19,2,ok,ab,20,1.5\n");
	ck_assert_uint_eq(comparison->points, 2);
	ck_assert_str_eq(comparison->about[0], "revision 7.1");
	ck_assert_str_eq(comparison->about[1], "revision 6.19");
}

TEST(where_only_the_digest_differs_it_is_told)
{
	compare(FOUR_A, "0,2,7.1,1,ok,ff,10,1.5\n1,2,7.1,2,ok,fe,21,1.5\n");
	ck_assert_uint_eq(comparison->values->len, 2);
	ck_assert_str_eq(((struct compare_value *)comparison->values->pdata[0])->name, "digest");
	ck_assert_uint_eq(((struct compare_value *)comparison->values->pdata[0])->points, 1);
}

TEST(a_value_that_is_not_there_has_no_ratio)
{
	compare(FOUR_B, "2,4,7.1,1,ok,ac,30,\n3,4,7.1,2,ok,ad,40,\n");
	assert_has(text->str, "  waste       1  1.5       -  seed=1\n");
}

TEST(other_axes_cannot_be_compared)
{
	g_autoptr(GError) error = NULL;

	write_sweep(0, COLUMNS, FOUR_A);
	write_sweep(
		1, "point,threads,revision,seed,outcome,digest,events\n", "0,2,7.1,1,ok,aa,1\n");
	ck_assert_ptr_null(compare_sweeps((const char *const *)paths, &error));
	assert_has(error->message, "have other axes");
}

/* If a name or a point is there twice, rows cannot be matched: the file would differ from itself. */
TEST(a_column_or_a_point_that_is_there_twice_is_refused)
{
	g_autoptr(GError) column = NULL, first = NULL, second = NULL;

	write_sweep(0, COLUMNS, FOUR_A);
	write_sweep(1, "point,cpus,revision,seed,outcome,digest,events,events\n",
		"0,2,7.1,1,ok,aa,1,2\n");
	ck_assert_ptr_null(compare_sweeps((const char *const *)paths, &column));
	assert_has(column->message, "b.csv: has the column 'events' twice");
	write_sweep(1, COLUMNS, FOUR_A "2,2,7.1,2,ok,ab,20,1.5\n");
	ck_assert_ptr_null(compare_sweeps((const char *const *)paths, &second));
	assert_has(second->message, "b.csv:5: is a second row of seed=2");
	write_sweep(0, COLUMNS, FOUR_A "2,2,7.1,2,ok,ab,20,1.5\n");
	ck_assert_ptr_null(compare_sweeps((const char *const *)paths, &first));
	assert_has(first->message, "a.csv:5: is a second row of seed=2");
}

TEST(a_file_that_is_no_sweep_is_refused)
{
	g_autoptr(GError) error = NULL;

	write_sweep(0, COLUMNS, FOUR_A);
	ck_assert(g_file_set_contents(paths[1], "x,y\n1,2\n", -1, NULL));
	ck_assert_ptr_null(compare_sweeps((const char *const *)paths, &error));
	assert_has(error->message, paths[1]);
}

static const struct {
	const char *a, *b;
	bool good;
	uint64_t milli;
} ratios[] = {
	{ "2", "6", true, 3000 },
	{ "3", "1", true, 333 },
	{ "1.5", "3", true, 2000 },
	{ "0", "1", false, 0 },
	{ "1", "0", true, 0 },
	{ "1", "-1", false, 0 },
	{ "x", "1", false, 0 },
	{ "1", "", false, 0 },
	{ "1", NULL, false, 0 },
	{ NULL, "1", false, 0 },
	{ "1.2345678", "1", false, 0 },
	{ "18446744073709551615", "18446744073709551615", true, 1000 },
	{ "18446744073709551616", "1", false, 0 },
	{ "0.000001", "18446744073709551615", true, UINT64_MAX },
};

TEST_ROWS(a_ratio_is_of_two_numbers, ratios)
{
	uint64_t milli = 0;

	ck_assert_int_eq(compare_ratio(ratios[_i].a, ratios[_i].b, &milli), ratios[_i].good);
	ck_assert_uint_eq(milli, ratios[_i].milli);
}
