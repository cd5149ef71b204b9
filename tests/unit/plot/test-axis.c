/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib.h>
#include <signal.h>

#include "sim/plot/axis.h"
#include "sim/plot/thin.h"
#include "tests/lib/suite.h"

TEST(steps_are_round)
{
	ck_assert_uint_eq(plot_axis_step(0, 8), 1);
	ck_assert_uint_eq(plot_axis_step(8, 8), 1);
	ck_assert_uint_eq(plot_axis_step(9, 8), 2);
	ck_assert_uint_eq(plot_axis_step(17, 8), 5);
	ck_assert_uint_eq(plot_axis_step(41, 8), 10);
	ck_assert_uint_eq(plot_axis_step(1000, 10), 100);
	ck_assert_uint_eq(plot_axis_step(1001, 10), 200);
}

TEST(time_has_a_fitting_unit)
{
	struct plot_axis axis = plot_axis_time(0, 56000000, 8, NULL);

	ck_assert_str_eq(axis.unit, "ms");
	ck_assert_uint_eq(axis.step_ns, 10000000);
	ck_assert_uint_eq(axis.decimals, 0);
	axis = plot_axis_time(0, 2000000, 8, NULL);
	ck_assert_str_eq(axis.unit, "ms");
	ck_assert_uint_eq(axis.decimals, 1); /* 0.5 ms */
	axis = plot_axis_time(0, 1999999, 8, NULL);
	ck_assert_str_eq(axis.unit, "\u00b5s");
	axis = plot_axis_time(0, 1, 8, NULL);
	ck_assert_str_eq(axis.unit, "ns");
	ck_assert_uint_eq(axis.step_ns, 1);
	axis = plot_axis_time(0, PLOT_TIME_NS_MAX, 8, NULL);
	ck_assert_str_eq(axis.unit, "s");
}

TEST(far_from_the_start_time_counts_from_a_round_base)
{
	ck_assert_uint_eq(plot_axis_time(99000, 100000, 8, NULL).base_ns, 0);
	ck_assert_uint_eq(plot_axis_time(1000123456, 1000200000, 8, NULL).base_ns, 1000100000);
}

TEST(a_clock_that_counts_has_whole_ticks)
{
	struct plot_axis axis = plot_axis_time(0, 5000, 8, "step");

	ck_assert_uint_eq(axis.unit_ns, 1000);
	ck_assert_uint_eq(axis.step_ns, 1000);
	ck_assert_uint_eq(axis.decimals, 0);
	ck_assert_uint_eq(plot_axis_time(0, 100000, 8, "event").step_ns, 20000);
	ck_assert_uint_eq(plot_axis_time(31000500, 31000600, 8, "event").base_ns % 1000, 0);
}

static const struct {
	uint64_t from_ns, to_ns;
	const char *clock, *label;
} labels[] = {
	{ 0, 5000, NULL, "time (\u00b5s)" },
	{ 0, 5000, "step", "step" },
	{ 1000123456, 1000200000, NULL, "time after 1000100 \u00b5s (\u00b5s)" },
	{ 3000000000, 3000000500, NULL, "time after 3 s (ns)" },
	{ 31000000, 31004000, "event", "event after 31000" },
};

TEST_ROWS(the_label_has_unit_and_base, labels)
{
	struct plot_axis axis =
		plot_axis_time(labels[_i].from_ns, labels[_i].to_ns, 8, labels[_i].clock);
	g_autofree char *label = plot_axis_label(&axis);

	ck_assert_str_eq(label, labels[_i].label);
}

TEST_SIGNAL(an_axis_has_a_length, SIGABRT)
{
	plot_axis_time(5, 5, 8, NULL);
}
