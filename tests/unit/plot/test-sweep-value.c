/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/sweep-value.h"

#include "tests/lib/suite.h"

#define M INT64_C(1000000)

/* A table of one point, with an axis "ramp a.from" and the columns below. */
static struct plot_table table;
static struct plot_point point;

static void start(void)
{
	static const char *const columns[] = { "users_max", "forks", "to_percpu", "to_task",
		"enter_formula", "leave_formula", "window_p50_ns" };

	table = (struct plot_table){ .dimensions = 2, .columns = G_N_ELEMENTS(columns) };
	point = (struct plot_point){ .table = &table, .runs = 2, .good = 2 };
	for (unsigned i = 0; i < table.columns; i++)
		table.column[i] = (char *)columns[i];
	table.dimension[0] = (char *)"ramp a.from";
	table.dimension[1] = (char *)"revision";
	point.value[1] = "7.1";
}

static void set(unsigned column, int64_t value)
{
	point.number[column] = (struct plot_number){ 0 };
	plot_number_add(&point.number[column], value);
}

/* What the point has in millionths; -1: nothing. */
static int64_t value_of(const char *name)
{
	int64_t value;

	return plot_value(&point, name, &value) ? value : -1;
}

SUITE(.before = start);

static const struct swing {
	const char *from;
	int64_t users_max, forks, flips, swing, per_1000;
} swings[] = {
	/* three cycles of 8 users: 1 + 8 * 3 - 1 forks */
	{ "1", 9 * M, 24 * M, 6 * M, 8 * M, 2000 * M },
	{ "1", 9 * M, 24 * M, 0, 8 * M, 0 },
	{ "4", 9 * M, 13 * M, M, 5 * M, 500 * M },
	/* no swing, no cycle */
	{ "9", 9 * M, 24 * M, 6 * M, -1, -1 },
	{ "10", 9 * M, 24 * M, 6 * M, -1, -1 },
	{ "4", 9 * M, 3 * M, 6 * M, 5 * M, -1 },
	/* what cannot be computed */
	{ "1", INT64_C(1) << 60, 24 * M, 6 * M, (INT64_C(1) << 60) - M, -1 },
	{ "1", (INT64_C(1) << 55), M, INT64_C(1) << 55, (INT64_C(1) << 55) - M, -1 },
};

TEST_ROWS(swings_and_flips, swings)
{
	const struct swing *swing = &swings[_i];

	point.value[0] = swing->from;
	set(0, swing->users_max);
	set(1, swing->forks);
	set(2, swing->flips / 2);
	set(3, swing->flips - swing->flips / 2);
	ck_assert_int_eq(value_of("swing"), swing->swing);
	ck_assert_int_eq(value_of("flips_per_1000_cycles"), swing->per_1000);
	point.good = 0;
	ck_assert_int_eq(value_of("swing"), -1);
}

TEST(a_swing_needs_an_axis_of_numbers)
{
	point.value[0] = "x";
	set(0, 9 * M);
	ck_assert_int_eq(value_of("swing"), -1);
	table.dimension[0] = (char *)"ramp a.to";
	ck_assert_int_eq(value_of("swing"), -1);
}

TEST(hysteresis_needs_both_formulas)
{
	point.value[0] = "1";
	set(4, 9 * M);
	ck_assert_int_eq(value_of("hysteresis"), -1);
	set(5, 3 * M);
	ck_assert_int_eq(value_of("hysteresis"), 6 * M);
}

TEST(columns_have_means_and_extremes)
{
	g_autofree char *text = NULL, *whole = NULL, *axis = NULL;

	point.value[0] = "4";
	set(0, 5 * M);
	plot_number_add(&point.number[0], 8 * M);
	set(6, 3 * M);
	plot_number_add(&point.number[6], 4 * M);
	ck_assert_int_eq(value_of("users_max"), 8 * M);
	ck_assert_int_eq(value_of("window_p50_ns"), 3500000);
	ck_assert_int_eq(value_of("ramp a.from"), 4 * M);
	ck_assert_int_eq(value_of("revision"), -1);
	ck_assert_int_eq(value_of("nothing"), -1);
	text = plot_value_text(&point, "window_p50_ns");
	whole = plot_value_text(&point, "users_max");
	axis = plot_value_text(&point, "revision");
	ck_assert_str_eq(text, "3.500000");
	ck_assert_str_eq(whole, "8");
	ck_assert_str_eq(axis, "7.1");
	ck_assert_ptr_null(plot_value_text(&point, "forks"));
}

TEST(what_is_computed_needs_columns)
{
	ck_assert_str_eq(plot_value_needs("swing")[0], "users_max");
	ck_assert_ptr_null(plot_value_needs("swing")[1]);
	ck_assert_ptr_null(plot_value_needs("forks"));
}
