/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/where.h"

#include <string.h>

#include "sim/base/failure.h"
#include "tests/lib/plot-sweep.h"
#include "tests/lib/suite.h"

static char *dir; /* of the test, removed after it */
static struct csv_reader *csv;

/* Rows with cpus 4, 8, 16 (as lists of CPUs, if @lists) and span_mean 4.5, 8.5, 16.5. */
static void open_rows(bool lists)
{
	static const char *const axes[2][3] = { { "4", "8", "16" },
		{ "\"0-3,8\"", "0-7", "\"1,2\"" } };
	static const char *const values[] = { " span_mean=4.5", " span_mean=8.5",
		" span_mean=16.5" };
	g_autofree char *path = g_build_filename(dir, "x.csv", NULL);
	GString *rows = g_string_new(NULL);

	for (unsigned i = 0; i < 3; i++)
		plot_sweep_add_row(rows, axes[lists][i], values[i]);
	plot_sweep_write(dir, "x.csv", "machine.cpus", rows);
	g_string_free(rows, TRUE);
	csv_reader_close(csv);
	csv = csv_reader_open(path, NULL);
	ck_assert(csv_reader_read_head(csv, NULL));
}

static void start(void)
{
	dir = folder_new();
	open_rows(false);
}

static void stop(void)
{
	g_clear_pointer(&csv, csv_reader_close);
	folder_remove(dir);
}

/* Which rows have all of @conditions, such as "101"; or what is wrong. */
static char *rows_of(const char *const *conditions)
{
	GError *error = NULL;
	GArray *where = plot_where_new(conditions, csv, &error);
	GString *rows = g_string_new(NULL);

	for (unsigned i = 0; where && i < 3; i++) {
		ck_assert(csv_reader_next(csv, NULL));
		g_string_append_c(rows, plot_where_has(where, csv) ? '1' : '0');
	}
	if (where) {
		plot_where_check(where, csv, &error);
		g_array_unref(where);
	}
	if (error)
		g_string_assign(rows, strrchr(error->message, '/')
					      ? strrchr(error->message, '/') + 1
					      : error->message);
	ck_assert(!error || error->code == FAILURE_INPUT);
	g_clear_error(&error);
	return g_string_free(rows, FALSE);
}

SUITE(.before = start, .after = stop);

static const struct chosen {
	const char *conditions[3], *rows;
	bool lists;
} chosen[] = {
	{ { NULL }, "111", false },
	{ { "cpus=4" }, "100", false },
	{ { "machine.cpus=4" }, "100", false },
	{ { "cpus=16,4" }, "101", false },
	{ { "cpus=4;16" }, "101", false },
	{ { "cpus=5-16" }, "011", false },
	{ { "cpus=4,8-9" }, "110", false },
	{ { "cpus=4-8", "cpus=8-16" }, "010", false },
	{ { "span_mean=8-16" }, "010", false },
	{ { "span_mean=16.5" }, "001", false },
	{ { "cpus=0-3,8;0-7" }, "110", true },
	{ { "cpus=04" }, "x.csv has machine.cpus '04'", false },
	{ { "cpus=16-4" }, "x.csv has machine.cpus '16-4'", false },
	{ { "cpus=4,5" }, "x.csv has machine.cpus '5'", false },
	{ { "cpu=4" }, "x.csv: no column 'cpu'; the columns are ", false },
	{ { "cpus=" }, "--where: 'cpus=' is not written like 'cpus=4,8-64'", false },
	{ { "cpus" }, "--where: 'cpus' is not written like", false },
	{ { "=4" }, "--where: '=4' is not written like", false },
};

TEST_ROWS(rows_have_all_conditions, chosen)
{
	g_autofree char *rows = NULL;

	open_rows(chosen[_i].lists);
	rows = rows_of(chosen[_i].conditions);
	ck_assert_msg(g_str_has_prefix(rows, chosen[_i].rows), "%s", rows);
}
