/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib.h>
#include <string.h>

#include "sim/plot/histogram.h"
#include "tests/lib/plot-sweep.h"
#include "tests/lib/suite.h"

TEST(histograms_are_summed_by_their_edges)
{
	GArray *buckets = plot_histogram_new();

	ck_assert_ptr_null(plot_histogram_read(buckets, ""));
	ck_assert_uint_eq(plot_histogram_count(buckets), 0);
	ck_assert_ptr_null(plot_histogram_read(buckets, "10:1 30:2"));
	ck_assert_ptr_null(plot_histogram_read(buckets, "5:4 10:3 20:1 40:9"));
	plot_sweep_assert_histogram(buckets, "5:4 10:4 20:1 30:2 40:9");
	ck_assert_uint_eq(plot_histogram_count(buckets), 20);
	ck_assert_uint_eq(plot_histogram_share(buckets, 0), 200000);
	ck_assert_uint_eq(plot_histogram_share(buckets, 2), 450000);
	ck_assert_uint_eq(plot_histogram_share(buckets, 4), 1000000);
	g_array_unref(buckets);
}

static void assert_no_histogram(const char *text, const char *expected)
{
	GArray *buckets = plot_histogram_new();
	char *wrong;

	ck_assert_ptr_null(plot_histogram_read(buckets, "7:1"));
	wrong = plot_histogram_read(buckets, text);
	ck_assert_ptr_nonnull(wrong);
	ck_assert_msg(strstr(wrong, expected) != NULL, "%s: %s", text, wrong);
	plot_sweep_assert_histogram(buckets, "7:1");
	g_free(wrong);
	g_array_unref(buckets);
}

TEST(what_is_no_histogram_is_refused_and_changes_nothing)
{
	static const char *const bad[] = { " ", "1", "1:", ":1", "1:1 ", " 1:1", "1:1  2:1",
		"1:1,2:1", "2:1 1:1", "1:1 1:1", "-1:1", "1:-1", "1:1x", "x", "1 1",
		"4611686018427387904:1", "99999999999999999999:1" };
	GString *many = g_string_new("1:1");

	for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_no_histogram(bad[i], "expected EDGE_NS:COUNT");
	assert_no_histogram("1:4611686018427387903", "too large counts");
	assert_no_histogram("1:4611686018427387903 2:4611686018427387903", "too large counts");
	for (unsigned i = 2; i <= PLOT_BUCKETS_MAX; i++)
		g_string_append_printf(many, " %u:1", 2 * i);
	assert_no_histogram(many->str, "more than 4096 buckets");
	g_string_append(many, " 99999:1");
	assert_no_histogram(many->str, "more than 4096 buckets");
	g_string_free(many, TRUE);
}
