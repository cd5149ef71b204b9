/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/gnuplot.h"
#include "tests/lib/suite.h"

TEST(the_ending_of_the_name_is_the_format)
{
	ck_assert_int_eq(plot_format_of("a/b.svg"), PLOT_SVG);
	ck_assert_int_eq(plot_format_of("b.x.png"), PLOT_PNG);
	ck_assert_int_eq(plot_format_of(".pdf"), PLOT_PDF);
	ck_assert_int_eq(plot_format_of("a.gif"), PLOT_FORMATS);
	ck_assert_int_eq(plot_format_of("svg"), PLOT_FORMATS);
	ck_assert_int_eq(plot_format_of("a.svg/b"), PLOT_FORMATS);
}

TEST(a_format_is_the_ending)
{
	ck_assert_str_eq(plot_format_to_string(PLOT_SVG), "svg");
	ck_assert_ptr_null(plot_format_to_string(PLOT_FORMATS));
}
