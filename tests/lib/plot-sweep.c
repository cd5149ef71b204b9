/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/plot-sweep.h"

#include <check.h>
#include <string.h>

#include "sim/plot/histogram.h"

/* Columns after the axes. */
static const char *const plot_sweep_columns[] = { "revision", "seed", "outcome", "digest",
	"possible_cpus", "nr_cpu_ids", "users_max", "forks", "enter_formula", "enter_users_min",
	"enter_users_max", "leave_formula", "leave_users_min", "leave_users_max", "to_percpu",
	"to_task", "mode_switches_per_s", "percpu_share", "transit_share", "span_mean",
	"optimum_mean", "waste", "windows", "bitmap_ops_per_switch", "fast_path",
	"window_histogram" };

/* What @values has for @column, else @fallback; holds until the next call. */
static const char *plot_sweep_value(const char *values, const char *column, const char *fallback)
{
	static char value[256];
	g_autofree char *key = g_strdup_printf(" %s=", column);
	const char *found = strstr(values, key);

	if (!found)
		return fallback;
	found += strlen(key);
	/* a histogram has blanks, which are written as '_' */
	g_snprintf(value, sizeof(value), "%.*s", (int)strcspn(found, " "), found);
	return g_strdelimit(value, "_", ' ');
}

void plot_sweep_add_row(GString *rows, const char *axes, const char *values)
{
	g_string_append_printf(rows, "0,%s", axes);
	for (unsigned i = 0; i < G_N_ELEMENTS(plot_sweep_columns); i++) {
		const char *fallback = i == 0   ? "7.1"
		                       : i == 1 ? "1"
		                       : i == 2 ? "ok"
		                       : i == 3 ? "0123456789abcdef"
		                       : i == 4 ? "8"
		                       : i == G_N_ELEMENTS(plot_sweep_columns) - 1 ? ""
		                                                                   : "0";

		g_string_append_printf(
			rows, ",%s", plot_sweep_value(values, plot_sweep_columns[i], fallback));
	}
	g_string_append_c(rows, '\n');
}

char *plot_sweep_head(const char *axes, const char *left_out)
{
	GString *head = g_string_new("# cidsim 0.1.0 sweep\n# title A title\npoint");

	g_string_append_printf(head, ",%s", axes);
	for (unsigned i = 0; i < G_N_ELEMENTS(plot_sweep_columns); i++)
		g_string_append_printf(head, ",%s",
			g_strcmp0(plot_sweep_columns[i], left_out) == 0 ? "other"
									: plot_sweep_columns[i]);
	g_string_append_c(head, '\n');
	return g_string_free(head, FALSE);
}

void plot_sweep_write(const char *dir, const char *name, const char *axes, GString *rows)
{
	g_autofree char *head = plot_sweep_head(axes, NULL);
	g_autofree char *text = sweep_text_result(head, rows->str);
	g_autofree char *path = g_build_filename(dir, name, NULL);

	sweep_text_write(path, text, strlen(text));
	g_string_truncate(rows, 0);
}

void plot_sweep_assert_histogram(const GArray *buckets, const char *expected)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < buckets->len; i++) {
		const struct plot_bucket *bucket = &g_array_index(buckets, struct plot_bucket, i);

		g_string_append_printf(text, "%s%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
			i ? " " : "", bucket->edge_ns, bucket->count);
	}
	ck_assert_str_eq(text->str, expected);
	g_string_free(text, TRUE);
}
