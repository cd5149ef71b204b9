/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/plot/gnuplot.h"
#include "sim/plot/histogram.h"
#include "sim/plot/plot.h"
#include "sim/plot/sweep.h"
#include "sim/plot/swing.h"
#include "sim/plot/table.h"
#include "tests/lib/suite.h"
#include "tests/lib/sweep-text.h"

#define SAMPLES CIDSIM_PLOTS_SOURCE "/sample-sweep"

static char *dir; /* of the test, removed after it */

static void start(void)
{
	dir = folder_new();
	g_setenv("CIDSIM_PLOTS", CIDSIM_PLOTS_SOURCE, TRUE);
}

static void stop(void)
{
	folder_remove(dir);
}

static char *path_of(const char *name)
{
	return g_build_filename(dir, name, NULL);
}

/* --- files of sweeps --- */

/* Columns after the axes. */
static const char *const columns[] = { "revision", "seed", "outcome", "digest", "possible_cpus",
	"nr_cpu_ids", "users_max", "forks", "enter_formula", "enter_users_min", "enter_users_max",
	"leave_formula", "leave_users_min", "leave_users_max", "to_percpu", "to_task",
	"mode_switches_per_s", "percpu_share", "transit_share", "span_mean", "optimum_mean",
	"waste", "windows", "bitmap_ops_per_switch", "fast_path", "window_histogram" };

static const char *value_of(const char *values, const char *column, const char *fallback)
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

/* Add a row; @axes: "4,8"; @values: " revision=7.0 forks=12" for what is not the default. */
static void add_row(GString *rows, const char *axes, const char *values)
{
	g_string_append_printf(rows, "0,%s", axes);
	for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++) {
		const char *fallback = i == 0                           ? "7.1"
		                       : i == 1                         ? "1"
		                       : i == 2                         ? "ok"
		                       : i == 3                         ? "0123456789abcdef"
		                       : i == 4                         ? "8"
		                       : i == G_N_ELEMENTS(columns) - 1 ? ""
		                                                        : "0";

		g_string_append_printf(rows, ",%s", value_of(values, columns[i], fallback));
	}
	g_string_append_c(rows, '\n');
}

static char *head_of(const char *axes, const char *left_out)
{
	GString *head = g_string_new("# cidsim 0.1.0 sweep\n# title A title\npoint");

	g_string_append_printf(head, ",%s", axes);
	for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++)
		g_string_append_printf(
			head, ",%s", g_strcmp0(columns[i], left_out) == 0 ? "other" : columns[i]);
	g_string_append_c(head, '\n');
	return g_string_free(head, FALSE);
}

/* Write @name with the axes @axes and @rows, which is emptied. */
static void write_sweep(const char *name, const char *axes, GString *rows)
{
	g_autofree char *head = head_of(axes, NULL);
	g_autofree char *text = sweep_text_whole(head, rows->str);
	g_autofree char *path = path_of(name);

	sweep_text_write(path, text, strlen(text));
	g_string_truncate(rows, 0);
}

/* --- histograms --- */

static void assert_histogram(const GArray *buckets, const char *expected)
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

SUITE(.timeout = 120, .before = start, .after = stop);

TEST(histograms_are_summed_by_their_edges)
{
	GArray *buckets = plot_histogram_new();

	ck_assert_ptr_null(plot_histogram_read(buckets, ""));
	ck_assert_uint_eq(plot_histogram_count(buckets), 0);
	ck_assert_ptr_null(plot_histogram_read(buckets, "10:1 30:2"));
	ck_assert_ptr_null(plot_histogram_read(buckets, "5:4 10:3 20:1 40:9"));
	assert_histogram(buckets, "5:4 10:4 20:1 30:2 40:9");
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
	assert_histogram(buckets, "7:1");
	g_free(wrong);
	g_array_unref(buckets);
}

TEST(what_is_no_histogram_is_told_and_changes_nothing)
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

/* --- swings --- */

#define M 1000000

TEST(flips_are_counted_per_cycle)
{
	/* 40 cycles of 10, after 6 forks to get to 7 users */
	struct swing swing = { 7 * M, 17 * M, (400 + 6) * M, 80 * M };
	int64_t flips;

	ck_assert(swing_flips(&swing, &flips));
	ck_assert_int_eq(flips, 2000 * (int64_t)M);
	swing.flips = 1 * M;
	ck_assert(swing_flips(&swing, &flips));
	ck_assert_int_eq(flips, 25 * M);
	/* the last cycle was begun only */
	swing.forks += 5 * M;
	ck_assert(swing_flips(&swing, &flips));
	ck_assert_int_eq(flips, 24691358);
}

TEST(without_a_cycle_there_is_no_rate)
{
	static const struct swing bad[] = { { 7 * M, 7 * M, 40 * M, 0 },
		{ 7 * M, 6 * M, 40 * M, 0 }, { 7 * M, 9 * M, 6 * M, 0 }, { 7 * M, 9 * M, 0, 0 },
		{ 0, INT64_MAX, INT64_MAX / 2, M }, { M, 9 * M, 9 * M, INT64_MAX },
		{ M, (int64_t)1 << 55, M, (int64_t)1 << 55 } };
	int64_t flips = -7;

	for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
		ck_assert(!swing_flips(&bad[i], &flips));
	ck_assert_int_eq(flips, -7);
}

/* --- numbers --- */

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

/* --- tables --- */

static const char *const wanted_columns[] = { "forks", "leave_users_min", NULL };
static const struct plot_wanted wanted = { wanted_columns, true, "the hint" };

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
	ck_assert_int_eq(fault->domain, PLOT_ERROR);
	ck_assert_int_eq(fault->code, PLOT_ERROR_INPUT);
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

	add_row(rows, "16,a", " seed=1 forks=10 leave_users_min= window_histogram=8:1_16:2");
	add_row(rows, "16,a", " seed=2 forks=13.5 leave_users_min=7 window_histogram=16:3");
	add_row(rows, "16,a", " seed=3 outcome=failed forks=999 leave_users_min=999");
	add_row(rows, "8,b", " seed=1 outcome=undecided forks=1");
	add_row(rows, "8,a", " seed=1 forks=3 possible_cpus=4");
	write_sweep("x.csv", "machine.cpus,policy", rows);
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
	assert_histogram(point_at(table, 0)->histogram, "8:1 16:5");
	ck_assert_uint_eq(point_at(table, 1)->good, 0);
	ck_assert_uint_eq(point_at(table, 1)->number[0].count, 0);
	plot_table_free(table);
	g_string_free(rows, TRUE);
}

TEST(numbers_ascend_and_other_values_stay_in_order)
{
	GString *rows = g_string_new(NULL);
	struct plot_table *table;

	add_row(rows, "16,z,100ns", "");
	add_row(rows, "8,a,1us", " revision=6.19");
	add_row(rows, "128,z,10us", "");
	write_sweep("x.csv", "machine.cpus,policy,cost.x", rows);
	table = read_table("x.csv");
	ck_assert_int_eq(plot_table_find(table, "machine.cpus"), -1);
	ck_assert_int_eq(plot_table_find(table, "cpus"), 0);
	ck_assert_int_eq(plot_table_find(table, "policy"), 1);
	ck_assert_int_eq(plot_table_find(table, "revision"), 3);
	ck_assert(table->dimension[0].numeric);
	ck_assert(!table->dimension[1].numeric);
	ck_assert(!table->dimension[2].numeric);
	ck_assert_uint_eq(point_at(table, 0)->position[0], 1);
	ck_assert_uint_eq(point_at(table, 1)->position[0], 0);
	ck_assert_uint_eq(point_at(table, 2)->position[0], 2);
	ck_assert_uint_eq(plot_table_number(table, point_at(table, 2), 0), 128);
	ck_assert_str_eq(plot_table_text(table, point_at(table, 0), 1), "z");
	ck_assert_str_eq(plot_table_text(table, point_at(table, 2), 2), "10us");
	ck_assert_uint_eq(table->dimension[1].values->len, 2);
	ck_assert_uint_eq(table->dimension[3].values->len, 2);
	plot_table_sort(table, 0);
	ck_assert_uint_eq(plot_table_number(table, point_at(table, 0), 0), 8);
	ck_assert_uint_eq(plot_table_number(table, point_at(table, 2), 0), 128);
	plot_table_free(table);
	g_string_free(rows, TRUE);
}

static void assert_no_row(const char *values, const char *expected)
{
	GString *rows = g_string_new(NULL);

	add_row(rows, "4", "");
	add_row(rows, "5", values);
	write_sweep("x.csv", "cpus", rows);
	assert_no_table("x.csv", expected);
	g_string_free(rows, TRUE);
}

TEST(rows_that_cannot_be_are_told_with_their_line)
{
	assert_no_row(" outcome=good", "x.csv:5: outcome is 'good', expected ok, failed,");
	assert_no_row(" forks=-1", "x.csv:5: forks is not from 0 to 10^12");
	assert_no_row(" forks=1000000000001", "x.csv:5: forks is not from 0 to 10^12");
	assert_no_row(" forks=x", "x.csv:5: ");
	assert_no_row(" window_histogram=3:1_2:1", "x.csv:5: window_histogram is '3:1 2:1', ");
}

TEST(too_large_sums_are_told)
{
	GString *rows = g_string_new(NULL);

	for (unsigned i = 0; i < 10; i++)
		add_row(rows, "4", " forks=1000000000000");
	write_sweep("x.csv", "cpus", rows);
	assert_no_table("x.csv", "x.csv:13: forks is too large to be summed up");
	g_string_free(rows, TRUE);
}

TEST(a_file_without_what_is_wanted_is_refused)
{
	g_autofree char *path = path_of("x.csv");
	g_autofree char *without = head_of("cpus", "forks");
	g_autofree char *whole = sweep_text_whole(without, "");
	GString *rows = g_string_new(NULL);
	char *text;

	sweep_text_write(path, whole, strlen(whole));
	assert_no_table("x.csv", "x.csv: no column 'forks'; the hint");
	text = sweep_text_whole("# cidsim 1 sweep\nrevision,seed,outcome,possible_cpus,"
				"window_histogram,forks,leave_users_min\n",
		"");
	sweep_text_write(path, text, strlen(text));
	assert_no_table("x.csv", "x.csv: columns are not in the order point, axes");
	g_free(text);
	text = sweep_text_whole("# cidsim 1 sweep-summary\nx\n", "");
	sweep_text_write(path, text, strlen(text));
	assert_no_table("x.csv", "x.csv: a summary cannot be drawn");
	g_free(text);
	add_row(rows, "4", " outcome=failed");
	add_row(rows, "5", " outcome=impossible");
	write_sweep("x.csv", "cpus", rows);
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
		add_row(rows, axes, "");
		add_row(rows, axes, "");
	}
	write_sweep("x.csv", "cpus", rows);
	assert_no_table("x.csv", "x.csv:8196: more than 4096 points");
	add_row(rows, longest, "");
	longest[0] = '2';
	add_row(rows, longest, "");
	longest[0] = '3';
	add_row(rows, longest, "");
	write_sweep("x.csv", "cpus", rows);
	assert_no_table("x.csv", "x.csv:5: the values of the axes have more than 1048576 bytes");
	g_string_free(rows, TRUE);
}

/* --- pictures --- */

static const struct sample {
	enum plot_kind kind;
	const char *names[2];
} samples[] = {
	{ PLOT_FAMILY, { "loops.csv", NULL } },
	{ PLOT_THRESHOLDS, { "allowed.csv", "sparse.csv" } },
	{ PLOT_HEATMAP, { "grid.csv", NULL } },
	{ PLOT_AMPLITUDE, { "amplitude.csv", NULL } },
	{ PLOT_WINDOWS, { "windows.csv", NULL } },
	{ PLOT_WORKLOAD, { "pools-8x8.csv", "pools-32x32.csv" } },
};

/* Draw @names of @folder to @output. Returns what is wrong, NULL if nothing. */
static char *draw_files(
	enum plot_kind kind, const char *folder, const char *const names[2], const char *output)
{
	char *files[2] = { g_build_filename(folder, names[0], NULL),
		names[1] ? g_build_filename(folder, names[1], NULL) : NULL };
	g_autofree char *path = output ? path_of(output) : NULL;
	g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
	struct plot_request request = { .kind = kind,
		.output = path,
		.files = (const char *const *)files,
		.files_count = names[1] ? 2 : 1 };
	GError *fault = NULL;

	ck_assert_int_eq(plot_draw(&request, written, &fault), fault == NULL);
	ck_assert_uint_eq(written->len, fault ? 0 : output ? 1 : 2);
	ck_assert(!fault || fault->code == PLOT_ERROR_INPUT);
	g_free(files[0]);
	g_free(files[1]);
	return fault ? folder_message(dir, fault) : NULL;
}

static void assert_drawn(
	enum plot_kind kind, const char *folder, const char *const names[2], const char *output)
{
	char *wrong = draw_files(kind, folder, names, output);

	ck_assert_msg(!wrong, "%s: %s", names[0], wrong ? wrong : "");
}

static char *read_output(const char *name, gsize *length)
{
	g_autofree char *path = path_of(name);

	return sweep_text_read(path, length);
}

TEST_RANGE(every_kind_in_every_format_twice_the_same, 0, G_N_ELEMENTS(samples) * PLOT_FORMATS)
{
	const struct sample *sample = &samples[_i / PLOT_FORMATS];
	const char *ending = plot_format_to_string((enum plot_format)(_i % PLOT_FORMATS));
	g_autofree char *first = g_strconcat("1.", ending, NULL);
	g_autofree char *again = g_strconcat("2.", ending, NULL);
	g_autofree char *bytes = NULL;
	g_autofree char *bytes_again = NULL;
	gsize length, length_again;

	assert_drawn(sample->kind, SAMPLES, sample->names, first);
	assert_drawn(sample->kind, SAMPLES, sample->names, again);
	bytes = read_output(first, &length);
	bytes_again = read_output(again, &length_again);
	ck_assert_uint_gt(length, 4000);
	ck_assert_uint_eq(length, length_again);
	ck_assert_mem_eq(bytes, bytes_again, length);
}

TEST(each_kind_tells_what_it_should)
{
	static const char *const texts[][5] = {
		{ "C = 16: enter 17, leave 7", "C = 2: enter 3, never leaves", "per CPU",
			"users up and down, one by one", "revision 7.1, seed 1, 2 to 64 CPUs" },
		{ "P = 16 possible CPUs", "nr_cpu_ids 16 to 512", "leave: formula, cap possible/2",
			"leave: seen, cap nr_cpu_ids/2", "2 of 24 runs are left out" },
		{ "time in per-CPU mode (%)", "span of CIDs / optimum", "mode switches per second",
			"time in transit windows (%)", "2 seeds" },
		{ "6 = enter − leave", "10 = enter − leave", "16 CPUs", "threshold recomputed",
			"threshold none" },
		{ "initiator can be preempted", "initiator runs on", "4 allowed", "16 allowed",
			"10 us" },
		{ "8 pools of 8 threads on 256 CPUs", "32 pools of 32 threads on 256 CPUs, 7.1",
			"span of CIDs (optimum: dashed)", "bitmap operations per switch",
			"2 revisions, seed 1" },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(samples); i++) {
		char *text;

		assert_drawn(samples[i].kind, SAMPLES, samples[i].names, "x.svg");
		text = read_output("x.svg", NULL);
		for (unsigned j = 0; j < G_N_ELEMENTS(texts[i]); j++)
			ck_assert_msg(strstr(text, texts[i][j]) != NULL, "%s", texts[i][j]);
		g_free(text);
	}
}

TEST(without_a_name_pictures_are_beside_the_first_file)
{
	static const char *const names[2] = { "a.csv", NULL };
	static const char *const bare[2] = { "csv", NULL };
	GString *rows = g_string_new(NULL);

	add_row(rows, "16", " enter_formula=17");
	write_sweep("a.csv", "cpus", rows);
	add_row(rows, "16", " enter_formula=17");
	write_sweep("csv", "cpus", rows);
	assert_drawn(PLOT_FAMILY, dir, names, NULL);
	assert_drawn(PLOT_FAMILY, dir, bare, NULL);
	g_free(read_output("a-family.svg", NULL));
	g_free(read_output("a-family.png", NULL));
	g_free(read_output("csv-family.svg", NULL));
	ck_assert_uint_eq(folder_files(dir), 6);
	g_string_free(rows, TRUE);
}

TEST(every_kind_can_be_small_or_large)
{
	static const unsigned sizes[][2] = { { PLOT_SIZE_MIN, PLOT_SIZE_MIN },
		{ PLOT_SIZE_MIN, 2000 }, { 2000, PLOT_SIZE_MIN } };

	for (unsigned i = 0; i < G_N_ELEMENTS(samples) * G_N_ELEMENTS(sizes); i++) {
		const struct sample *sample = &samples[i / G_N_ELEMENTS(sizes)];
		const unsigned *size = sizes[i % G_N_ELEMENTS(sizes)];
		g_autofree char *file = g_build_filename(SAMPLES, sample->names[0], NULL);
		g_autofree char *path = path_of("x.png");
		const char *const files[] = { file };
		g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
		struct plot_request request = { .kind = sample->kind,
			.output = path,
			.width = size[0],
			.height = size[1],
			.files = files,
			.files_count = 1 };
		GError *fault = NULL;

		ck_assert_msg(plot_draw(&request, written, &fault), "%s, %u x %u: %s",
			sample->names[0], size[0], size[1], fault ? fault->message : "");
	}
}

/* A kind, the axes of a file, some rows of it (axes, then values), and what the picture says; or,
 * if it begins with '!', what the message says. */
static const struct drawing {
	enum plot_kind kind;
	const char *axes;
	const char *rows[6][2];
	const char *expected;
} drawings[] = {
	{ PLOT_FAMILY, "threads", { { "4", "" } },
		"!x.csv: no axis 'cpus'; family draws sweeps like: cidsim sweep " },
	{ PLOT_FAMILY, "cpus,threads", { { "4,5", "" }, { "4,6", "" } },
		"!x.csv: 'threads' has 2 values, and the picture has no place for them; family" },
	{ PLOT_FAMILY, "cpus", { { "4", "" }, { "4", " revision=6.19" } },
		"!x.csv: 'revision' has 2 values" },
	{ PLOT_FAMILY, "cpus", { { "4", "" }, { "16", " outcome=undecided" } },
		"C = 16: no result" },
	{ PLOT_FAMILY, "cpus", { { "4", " enter_formula= leave_formula=" } },
		"C = 4: never enters, never leaves" },
	{ PLOT_FAMILY, "machine.cpus", { { "\"0-3,8\"", " enter_formula=6 leave_formula=1" } },
		"CPUs 0-3,8: enter 6, leave 1" },
	{ PLOT_THRESHOLDS, "cpus", { { "4", "" } }, "!x.csv: no axis 'allowed'; thresholds" },
	{ PLOT_THRESHOLDS, "allowed", { { "0-3", "" } },
		"!x.csv: axis 'allowed' has values that are no whole numbers; thresholds" },
	{ PLOT_THRESHOLDS, "allowed", { { "4", "" }, { "8", " outcome=undecided" } }, "no result" },
	{ PLOT_THRESHOLDS, "allowed,protocol.thrs-cap",
		{ { "4,possible", " nr_cpu_ids=8" }, { "4,nr-cpu-ids", " nr_cpu_ids=8" } },
		"nr_cpu_ids = P: one cap" },
	{ PLOT_HEATMAP, "cpus", { { "4", "" } }, "!x.csv: no axis 'threads'; heatmap" },
	{ PLOT_HEATMAP, "threads", { { "4", "" } }, "!x.csv: no axis 'cpus'; heatmap" },
	{ PLOT_HEATMAP, "cpus,threads", { { "4,4", " percpu_share=1.000001" } },
		"!x.csv: percpu_share is above 1; heatmap" },
	{ PLOT_HEATMAP, "cpus,threads", { { "4,4", " waste=1.5" }, { "4,5", " waste= " } },
		"grey, cross: no result" },
	{ PLOT_HEATMAP, "cpus,threads",
		{ { "4,4", " mode_switches_per_s=0.004 waste=0.03" },
			{ "4,5", " mode_switches_per_s=1750000 waste=12.6" } },
		"1.8M" },
	{ PLOT_AMPLITUDE, "cpus", { { "4", "" } }, "!x.csv: no axis that ends in '.from'" },
	{ PLOT_AMPLITUDE, "ramp a.from", { { "4", "" } },
		"!x.csv: no axis 'protocol.thrs-policy'; amplitude" },
	{ PLOT_AMPLITUDE, "ramp a.from,protocol.thrs-policy", { { "x,none", "" } },
		"!x.csv: axis 'ramp a.from' has values that are no whole numbers" },
	{ PLOT_AMPLITUDE, "ramp a.from,protocol.thrs-policy",
		{ { "4,recorded", " users_max=9 forks=13 to_percpu=2" },
			{ "5,recorded", " outcome=failed" } },
		"no result" },
	{ PLOT_AMPLITUDE, "ramp a.from,protocol.thrs-policy", { { "4,none", " users_max=3" } },
		"threshold none" },
	{ PLOT_AMPLITUDE, "cpus,ramp a.from,protocol.thrs-policy",
		{ { "1,1,none", "" }, { "2,1,none", "" }, { "3,1,none", "" }, { "4,1,none", "" },
			{ "5,1,none", "" } },
		"!x.csv: more than 4 machines" },
	{ PLOT_WINDOWS, "cpus", { { "4", "" } }, "!x.csv: no run has a transit window; windows" },
	{ PLOT_WINDOWS, "cpus", { { "4", " window_histogram=0:1" } }, "4 CPUs" },
	{ PLOT_WINDOWS, "cpus,mm app.x",
		{ { "4,y", " window_histogram=7:1" }, { "5,y", "" }, { "6,y", " outcome=failed" } },
		"5 CPUs, mm app.x y: no window" },
	{ PLOT_WINDOWS, "cpus,cost.x",
		{ { "4,1us", " window_histogram=7:1" },
			{ "4,1us", " window_histogram=4611686018427387903:1" } },
		"cost.x = 1us" },
	{ PLOT_WORKLOAD, "threads", { { "4", "" } }, "!x.csv: no axis 'cpus'; workload" },
	{ PLOT_WORKLOAD, "cpus", { { "0-3", "" } },
		"!x.csv: axis 'cpus' has values that are no whole numbers" },
	{ PLOT_WORKLOAD, "cpus", { { "4", " fast_path=2" } }, "!x.csv: fast_path is above 1" },
	{ PLOT_WORKLOAD, "cpus", { { "0", "" }, { "1", " outcome=failed" } }, "no result" },
};

TEST_ROWS(what_is_there_is_drawn_and_what_is_missing_is_told, drawings)
{
	static const char *const names[2] = { "x.csv", NULL };
	const struct drawing *drawing = &drawings[_i];
	bool bad = drawing->expected[0] == '!';
	GString *rows = g_string_new(NULL);
	g_autofree char *text = NULL;
	char *wrong;

	for (unsigned i = 0; i < G_N_ELEMENTS(drawing->rows) && drawing->rows[i][0]; i++)
		add_row(rows, drawing->rows[i][0], drawing->rows[i][1]);
	write_sweep("x.csv", drawing->axes, rows);
	wrong = draw_files(drawing->kind, dir, names, "x.svg");
	ck_assert_msg(bad == (wrong != NULL), "%s: %s", drawing->expected, wrong ? wrong : "drawn");
	text = bad ? wrong : read_output("x.svg", NULL);
	ck_assert_msg(strstr(text, drawing->expected + bad) != NULL, "%s", text);
	g_string_free(rows, TRUE);
}

/* --- limits of what is drawn --- */

static void assert_refused(enum plot_kind kind, const char *expected)
{
	static const char *const names[2] = { "x.csv", NULL };
	g_autofree char *wrong = draw_files(kind, dir, names, "x.svg");

	ck_assert_ptr_nonnull(wrong);
	ck_assert_msg(strstr(wrong, expected) != NULL, "%s", wrong);
}

/* A file of @x times @y points, with axes @axes. */
static void write_grid(const char *axes, unsigned x, unsigned y)
{
	GString *rows = g_string_new(NULL);
	char position[32], values[64];

	for (unsigned i = 1; i <= x; i++)
		for (unsigned j = 1; j <= y; j++) {
			g_snprintf(position, sizeof(position), "%u,%u", i, j);
			g_snprintf(values, sizeof(values), " possible_cpus=%u window_histogram=1:1",
				i);
			add_row(rows, position, values);
		}
	write_sweep("x.csv", axes, rows);
	g_string_free(rows, TRUE);
}

TEST(pictures_have_limits)
{
	static const char *const names[2] = { "x.csv", NULL };
	static const char *const two[2] = { "x.csv", "x.csv" };
	g_autofree char *wrong = NULL;

	write_grid("cpus,x", 24, 1);
	assert_drawn(PLOT_FAMILY, dir, names, "x.svg");
	write_grid("cpus,x", 25, 1);
	assert_refused(PLOT_FAMILY, "25 numbers of CPUs, there is room for 24 loops");
	write_grid("cpus,allowed", 6, 3);
	assert_drawn(PLOT_THRESHOLDS, dir, names, "x.svg");
	write_grid("cpus,allowed", 7, 3);
	assert_refused(PLOT_THRESHOLDS, "more than 6 numbers of possible CPUs");
	write_grid("cpus,threads", 64, 64);
	assert_drawn(PLOT_HEATMAP, dir, names, "x.svg");
	write_grid("sched.x,cpus", 6, 32);
	assert_drawn(PLOT_WINDOWS, dir, names, "x.svg");
	write_grid("sched.x,cpus", 7, 2);
	assert_refused(PLOT_WINDOWS, "more than 6 panels");
	write_grid("sched.x,cpus", 1, 33);
	assert_refused(PLOT_WINDOWS, "more than 32 curves");
	write_grid("cpus,x", 4000, 1);
	assert_drawn(PLOT_WORKLOAD, dir, names, "x.svg");
	wrong = draw_files(PLOT_FAMILY, dir, two, "x.svg");
	ck_assert_str_eq(wrong, "x.csv: one file too many, family draws at most 1");
}

TEST(cells_are_limited_even_if_few_of_them_are_there)
{
	GString *rows = g_string_new(NULL);
	char position[32];

	for (unsigned i = 0; i < 65; i++) {
		g_snprintf(position, sizeof(position), "%u,%u", i, i);
		add_row(rows, position, "");
	}
	write_sweep("x.csv", "cpus,threads", rows);
	assert_refused(PLOT_HEATMAP, "4225 cells, there is room for 4096");
	g_string_free(rows, TRUE);
}

/* --- untrusted files --- */

TEST(text_of_a_file_is_text_and_nothing_else)
{
	static const char evil[] = "';system 'touch pwned';x='`touch pwned`@TITLE{/Bold <b>&";
	static const char *const names[2] = { "x.csv", NULL };
	g_autofree char *plain = head_of("cpus,mm x.y", NULL);
	GString *head = g_string_new(plain), *rows = g_string_new(NULL);
	g_autofree char *path = path_of("x.csv");
	g_autofree char *axes = g_strdup_printf("4,%s", evil);
	g_autofree char *whole = NULL;
	g_autofree char *text = NULL;

	g_chdir(dir);
	g_string_replace(head, "A title", evil, 1);
	add_row(rows, axes, " window_histogram=7:1");
	whole = sweep_text_whole(head->str, rows->str);
	sweep_text_write(path, whole, strlen(whole));
	for (unsigned i = 0; i < G_N_ELEMENTS(samples); i++)
		g_free(draw_files(samples[i].kind, dir, names, "x.svg"));
	assert_drawn(PLOT_WINDOWS, dir, names, "x.svg");
	text = read_output("x.svg", NULL);
	ck_assert_ptr_nonnull(strstr(text, "';system 'touch pwned';x='`touch pwned`@TITLE{/Bold"));
	ck_assert(!g_file_test("pwned", G_FILE_TEST_EXISTS));
	g_string_free(head, TRUE);
	g_string_free(rows, TRUE);
}

static const struct plot_sweep_kind *const kinds[] = { &plot_family, &plot_thresholds,
	&plot_heatmap, &plot_amplitude, &plot_windows, &plot_workload };

/* Whatever is in the file, it is made ready or refused. */
static void make_ready(const struct plot_sweep_kind *kind, const char *path)
{
	struct plot_sheet sheet = { .work = dir, .assignments = g_string_new(NULL) };
	GError *fault = NULL;

	if (!plot_sweep_make_ready(kind, &path, 1, &sheet, &fault)) {
		ck_assert_int_eq(fault->domain, PLOT_ERROR);
		g_error_free(fault);
	} else {
		ck_assert_uint_ge(sheet.width, PLOT_SIZE_MIN);
		ck_assert_uint_ge(sheet.height, PLOT_SIZE_MIN);
		ck_assert_uint_le(sheet.height, PLOT_SIZE_MAX);
	}
	g_string_free(sheet.assignments, TRUE);
}

/* Spoil @body, lines of a file after the first, give it a digest that fits, so that all of it is
 * read, and make every picture of it ready. */
static void spoil_and_read(const char *body, const char *path, struct prng *prng)
{
	GString *text = g_string_new(body);
	uint64_t times = 1 + prng_below(prng, 3);
	char *whole;

	for (uint64_t i = 0; i < times && text->len; i++)
		sweep_text_spoil(text, prng);
	for (gsize i = 0; i < text->len; i++)
		text->str[i] = text->str[i] ? text->str[i] : ' ';
	whole = sweep_text_whole("# cidsim 1 sweep\n", text->str);
	sweep_text_write(path, whole, strlen(whole));
	for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
		make_ready(kinds[i], path);
	g_free(whole);
	g_string_free(text, TRUE);
}

TEST_ROWS(spoiled_files_are_drawn_or_refused, samples)
{
	struct prng prng = { .key = prng_key(7, (uint64_t)_i) };
	char *original = g_build_filename(SAMPLES, samples[_i].names[0], NULL);
	char *path = path_of("spoiled.csv");
	char *bytes, *body;

	ck_assert(g_file_get_contents(original, &bytes, NULL, NULL));
	body = strchr(bytes, '\n') + 1;
	*strstr(body, "# end ") = '\0';
	for (unsigned i = 0; i < 500; i++)
		spoil_and_read(body, path, &prng);
	g_free(path);
	g_free(bytes);
	g_free(original);
}
