/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
/* open_memstream() with -std=c17 */
#define _POSIX_C_SOURCE 200809L

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/plot/axis.h"
#include "sim/plot/csv.h"
#include "sim/plot/gnuplot.h"
#include "sim/plot/plot.h"
#include "sim/plot/run.h"
#include "sim/plot/thin.h"
#include "tests/lib/folder.h"
#include "tests/lib/suite.h"

/* The others are tested in test-plot-sweep.c. */
enum { KINDS_OF_RUNS = PLOT_FAMILY };

#define SAMPLE CIDSIM_PLOTS_SOURCE "/sample"

static char *dir; /* of the test, removed after it */

static void start(void)
{
	dir = g_dir_make_tmp("cidsim-test-plot-XXXXXX", NULL);
	ck_assert_ptr_nonnull(dir);
	g_setenv("CIDSIM_PLOTS", CIDSIM_PLOTS_SOURCE, TRUE);
}

static void remove_tree(const char *path)
{
	GDir *list = g_dir_open(path, 0, NULL);
	const char *name;

	while (list && (name = g_dir_read_name(list))) {
		char *child = g_build_filename(path, name, NULL);

		remove_tree(child);
		g_free(child);
	}
	if (list)
		g_dir_close(list);
	g_remove(path);
}

static void stop(void)
{
	remove_tree(dir);
	g_free(dir);
}

static void write_file(const char *name, const char *bytes, gssize length)
{
	char *path = g_build_filename(dir, name, NULL);
	char *parent = g_path_get_dirname(path);

	ck_assert_int_eq(g_mkdir_with_parents(parent, 0777), 0);
	ck_assert(g_file_set_contents(path, bytes, length, NULL));
	g_free(parent);
	g_free(path);
}

static char *read_file(const char *name, gsize *length)
{
	char *path = g_build_filename(dir, name, NULL);
	char *text = NULL;

	ck_assert_msg(g_file_get_contents(path, &text, length, NULL), "%s is not there", path);
	g_free(path);
	return text;
}

static bool exists(const char *name)
{
	char *path = g_build_filename(dir, name, NULL);
	bool found = g_file_test(path, G_FILE_TEST_EXISTS);

	g_free(path);
	return found;
}

/* Copy the sample to @name, with @from in its report replaced by @to. */
static void copy_sample(const char *name, const char *from, const char *to)
{
	static const char *const files[] = { "series.csv", "modes.csv", "windows.csv", "stays.csv",
		"report.json" };

	for (unsigned i = 0; i < G_N_ELEMENTS(files); i++) {
		char *path = g_build_filename(SAMPLE, files[i], NULL);
		char *copy = g_build_filename(name, files[i], NULL);
		GString *text = g_string_new(NULL);
		char *bytes;

		ck_assert(g_file_get_contents(path, &bytes, NULL, NULL));
		g_string_assign(text, bytes);
		if (i == 4 && from)
			ck_assert_uint_eq(g_string_replace(text, from, to, 1), 1);
		write_file(copy, text->str, (gssize)text->len);
		g_string_free(text, TRUE);
		g_free(bytes);
		g_free(copy);
		g_free(path);
	}
}

/* --- CSV --- */

/* Read the rows of @bytes, columns a and b, as numbers up to 99. Returns what is wrong, or NULL. */
static char *read_rows(const char *bytes, gssize length, unsigned *rows)
{
	char *path = g_build_filename(dir, "x.csv", NULL);
	GError *fault = NULL;
	struct plot_csv *csv;
	uint64_t value;

	write_file("x.csv", bytes, length);
	csv = plot_csv_open(path, "a,b", &fault);
	g_free(path);
	*rows = 0;
	while (csv && plot_csv_next(csv, &fault) && plot_csv_number(csv, 1, 99, &value, &fault))
		++*rows;
	plot_csv_close(csv);
	return fault ? folder_message(dir, fault) : NULL;
}

static void assert_wrong(const char *bytes, gssize length, const char *expected)
{
	unsigned rows;
	char *wrong = read_rows(bytes, length, &rows);

	ck_assert_str_eq(wrong, expected);
	g_free(wrong);
}

SUITE(.timeout = 60, .before = start, .after = stop);

TEST(rows_are_read_after_comments_and_names)
{
	unsigned rows;

	ck_assert_ptr_null(read_rows("# x\n# \xff y\na,b\n1,2\nx,99\n", -1, &rows));
	ck_assert_uint_eq(rows, 2);
	ck_assert_ptr_null(read_rows("a,b\n\"a \"\"b\"\", c\",2\n\"\",0", -1, &rows));
	ck_assert_uint_eq(rows, 2);
	ck_assert_ptr_null(read_rows("a,b\n", -1, &rows));
	ck_assert_uint_eq(rows, 0);
}

TEST(quoted_fields_are_unquoted)
{
	char *path = g_build_filename(dir, "x.csv", NULL);
	struct plot_csv *csv;

	write_file("x.csv", "a,b\n\"say \"\"hi\"\", you\",\"\"\n", -1);
	csv = plot_csv_open(path, "a,b", NULL);
	ck_assert(plot_csv_next(csv, NULL));
	ck_assert_str_eq(plot_csv_text(csv, 0), "say \"hi\", you");
	ck_assert_str_eq(plot_csv_text(csv, 1), "");
	plot_csv_close(csv);
	g_free(path);
}

TEST(what_is_not_ours_is_told_with_its_line)
{
	char *long_line = g_strnfill(5000, 'x');
	char *long_file = g_strconcat("a,b\n", long_line, NULL);

	assert_wrong("", 0, "x.csv:1: no column names, expected 'a,b'");
	assert_wrong("# only this", -1, "x.csv:2: no column names, expected 'a,b'");
	assert_wrong("a,c\n", -1, "x.csv:1: column names are 'a,c', expected 'a,b'");
	assert_wrong("a,b\n1,2\n1\n", -1, "x.csv:3: 1 fields, expected 2");
	assert_wrong("a,b\n1,2,3\n", -1, "x.csv:2: 3 fields, expected 2");
	assert_wrong("a,b\n\n", -1, "x.csv:2: 1 fields, expected 2");
	assert_wrong("a,b\n\"1,2\n", -1, "x.csv:2: quotes do not match");
	assert_wrong("a,b\n\"1\"x,2\n", -1, "x.csv:2: quotes do not match");
	assert_wrong("a,b\n1,-2\n", -1, "x.csv:2: b is '-2', expected a number from 0 to 99");
	assert_wrong("a,b\n1,100\n", -1, "x.csv:2: b is '100', expected a number from 0 to 99");
	assert_wrong("a,b\n1,\n", -1, "x.csv:2: b is '', expected a number from 0 to 99");
	assert_wrong("a,b\n1,18446744073709551617\n", -1,
		"x.csv:2: b is '18446744073709551617', expected a number from 0 to 99");
	assert_wrong("a,b\n\0,2\n", 8, "x.csv:2: byte 0x00 does not belong here");
	assert_wrong("a,b\r\n1,2\r\n", -1, "x.csv:1: byte 0x0d does not belong here");
	assert_wrong("a,b\n\xff,2\n", -1, "x.csv:2: not UTF-8");
	assert_wrong(long_file, -1, "x.csv:2: line is longer than 4095 bytes");
	g_free(long_file);
	g_free(long_line);
}

TEST(a_word_is_one_of_those_known)
{
	static const char *const words[] = { "to_task", "to_percpu", NULL };
	char *path = g_build_filename(dir, "x.csv", NULL);
	GError *fault = NULL;
	struct plot_csv *csv;
	unsigned index = 7;
	char *wrong;

	write_file("x.csv", "a,b\nto_percpu,to_x\n", -1);
	csv = plot_csv_open(path, "a,b", NULL);
	ck_assert(plot_csv_next(csv, NULL));
	ck_assert(plot_csv_word(csv, 0, words, &index, &fault));
	ck_assert_uint_eq(index, 1);
	ck_assert(!plot_csv_word(csv, 1, words, &index, &fault));
	wrong = folder_message(dir, fault);
	ck_assert_str_eq(wrong, "x.csv:2: b is 'to_x', expected to_task or to_percpu");
	g_free(wrong);
	plot_csv_close(csv);
	g_free(path);
}

/* --- thinning --- */

/* Two columns of 100 ns from 1000 on, written relative to 1000. */
static const struct plot_columns columns = { 1000, 1200, 1000, 2 };

TEST(a_line_keeps_first_lowest_highest_and_last_of_a_column)
{
	char *text;
	size_t size;
	struct plot_line line = { .columns = &columns, .out = open_memstream(&text, &size) };
	static const uint64_t values[] = { 5, 6, 9, 7, 7, 1, 3, 2, 4 };

	for (unsigned i = 0; i < G_N_ELEMENTS(values); i++)
		plot_line_add(&line, 1000 + 10 * i, values[i]);
	plot_line_add(&line, 1150, 4);
	plot_line_add(&line, 1160, 8);
	plot_line_end(&line, 1200);
	fclose(line.out);
	ck_assert_str_eq(text, "0 5\n20 9\n50 1\n80 4\n160 8\n200 8\n");
	ck_assert_uint_eq(line.travel, 5 + 4 + 8 + 3 + 4);
	free(text);
}

TEST(intervals_within_a_column_keep_their_total_length)
{
	char *text;
	size_t size;
	struct plot_band band = { .columns = &columns, .out = open_memstream(&text, &size) };

	plot_band_add(&band, 1010, 1020);
	plot_band_add(&band, 1030, 1035);
	plot_band_add(&band, 1040, 1045);
	plot_band_add(&band, 1090, 1150); /* not within a column */
	plot_band_add(&band, 1160, 1160); /* nothing */
	plot_band_end(&band);
	fclose(band.out);
	ck_assert_str_eq(text, "10 30\n90 150\n");
	free(text);
}

TEST(short_marks_are_made_visible_and_stay_in_the_picture)
{
	static const struct plot_columns many = { 0, 1000, 0, 100 };
	uint8_t touched[100] = { 0 };
	struct plot_marks marks = { &many, touched };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	plot_marks_add(&marks, 101, 102);
	plot_marks_add(&marks, 300, 395);
	plot_marks_add(&marks, 999, 5000);
	plot_marks_add(&marks, 2000, 5000);
	plot_marks_write(&marks, 4, out);
	fclose(out);
	ck_assert_str_eq(text, "100 140\n300 400\n990 1000\n");
	free(text);
}

/* --- axes --- */

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
	struct plot_axis axis = plot_axis_time(0, 56000000, 8);

	ck_assert_str_eq(axis.unit, "ms");
	ck_assert_uint_eq(axis.step_ns, 10000000);
	ck_assert_uint_eq(axis.decimals, 0);
	axis = plot_axis_time(0, 2000000, 8);
	ck_assert_str_eq(axis.unit, "ms");
	ck_assert_uint_eq(axis.decimals, 1); /* 0.5 ms */
	axis = plot_axis_time(0, 1999999, 8);
	ck_assert_str_eq(axis.unit, "us");
	axis = plot_axis_time(0, 1, 8);
	ck_assert_str_eq(axis.unit, "ns");
	ck_assert_uint_eq(axis.step_ns, 1);
	axis = plot_axis_time(0, PLOT_TIME_NS_MAX, 8);
	ck_assert_str_eq(axis.unit, "s");
}

TEST(far_from_the_start_time_counts_from_a_round_base)
{
	ck_assert_uint_eq(plot_axis_time(99000, 100000, 8).base_ns, 0);
	ck_assert_uint_eq(plot_axis_time(1000123456, 1000200000, 8).base_ns, 1000100000);
}

/* --- text for gnuplot --- */

static void assert_text(const char *text, unsigned letters_max, const char *expected)
{
	GString *assignments = g_string_new(NULL);

	plot_set_text(assignments, "X", text, letters_max);
	ck_assert_str_eq(assignments->str, expected);
	g_string_free(assignments, TRUE);
}

TEST(text_is_quoted_and_cut)
{
	assert_text("plain 7", 80, "X = \"plain 7\"\n");
	assert_text("'`\"\\", 80, "X = \"\\0047\\0140\\0042\\0134\"\n");
	assert_text("a\nb\tc\x1b", 80, "X = \"a b c\\0357\\0277\\0275\"\n");
	assert_text("\xff", 80, "X = \"\\0357\\0277\\0275\"\n");
	assert_text(
		"\xe2\x80\xae", 80, "X = \"\\0357\\0277\\0275\"\n"); /* right-to-left override */
	assert_text("gr\xc3\xb6"
		    "123",
		4, "X = \"gr\\0303\\0266\\0342\\0200\\0246\"\n");
	assert_text("12345", 5, "X = \"12345\"\n");
}

TEST(the_ending_of_the_name_is_the_format)
{
	ck_assert_int_eq(plot_format_of("a/b.svg"), PLOT_SVG);
	ck_assert_int_eq(plot_format_of("b.x.png"), PLOT_PNG);
	ck_assert_int_eq(plot_format_of(".pdf"), PLOT_PDF);
	ck_assert_int_eq(plot_format_of("a.gif"), PLOT_FORMATS);
	ck_assert_int_eq(plot_format_of("svg"), PLOT_FORMATS);
	ck_assert_int_eq(plot_format_of("a.svg/b"), PLOT_FORMATS);
}

/* --- the directory of a run --- */

/* What is wrong with the run in @name of the test's directory; NULL if nothing. */
static char *open_run(const char *name)
{
	char *path = g_build_filename(dir, name, NULL);
	GError *fault = NULL;
	struct plot_run *run = plot_run_open(path, &fault);

	plot_run_free(run);
	g_free(path);
	ck_assert(run || g_error_matches(fault, PLOT_ERROR, PLOT_ERROR_INPUT));
	return fault ? folder_message(dir, fault) : NULL;
}

static void assert_run(const char *name, const char *expected)
{
	char *wrong = open_run(name);

	if (expected)
		ck_assert_ptr_nonnull(wrong);
	ck_assert_msg(g_strcmp0(wrong, expected) == 0, "%s: %s", name, wrong);
	g_free(wrong);
}

TEST(a_run_is_found_below_its_parent_unless_there_are_two)
{
	char *wrong;

	copy_sample("out/one", NULL, NULL);
	write_file("out/notes.txt", "x", 1);
	assert_run("out/one", NULL);
	assert_run("out", NULL);
	copy_sample("out/two", NULL, NULL);
	wrong = open_run("out");
	ck_assert_ptr_nonnull(strstr(wrong, "holds 2 runs"));
	g_free(wrong);
	write_file("empty/notes.txt", "x", 1);
	wrong = open_run("empty");
	ck_assert_ptr_nonnull(strstr(wrong, "no series.csv here"));
	g_free(wrong);
	wrong = open_run("nowhere");
	ck_assert_ptr_nonnull(strstr(wrong, "cannot be read as a directory"));
	g_free(wrong);
}

TEST(a_report_that_is_none_is_refused)
{
	char *deep = g_strnfill(1000000, '[');

	copy_sample("run", NULL, NULL);
	write_file("run/report.json", "{ \"a\": 1,\n \"b\" 2 }", -1);
	assert_run("run", "run/report.json:2: not JSON");
	write_file("run/report.json", "[]", -1);
	assert_run("run", "run/report.json: not a report: no JSON object");
	write_file("run/report.json", "", 0);
	assert_run("run", "run/report.json: not a report: no JSON object");
	write_file("run/report.json", deep, -1);
	assert_run("run", "run/report.json: not a report: no UTF-8 text, or nested too deep");
	write_file("run/report.json", "{}\0", 3);
	assert_run("run", "run/report.json: not a report: no UTF-8 text, or nested too deep");
	write_file("run/report.json", "{ \"title\": \"x\", \"revision\": 7 }", -1);
	assert_run("run", "run/report.json: 'revision' is missing, or not a string");
	copy_sample("run", "\"mms\": {", "\"mms\": {}, \"x\": {");
	assert_run("run", "run/report.json: 'mms' is empty: nothing to draw");
	copy_sample("run", "\"users_max\": 10", "\"users_max\": -10");
	assert_run("run",
		"run/report.json: 'users_max' is missing, or not a number from 0 to 4194304");
	g_free(deep);
}

TEST(the_mm_with_the_most_mode_switches_is_chosen)
{
	struct plot_mm mms[] = { { (char *)"a", 9, 2, 1, 1 }, { (char *)"b", 5, 4, 1, 1 },
		{ (char *)"c", 7, 4, 1, 1 }, { (char *)"d", 7, 4, 1, 1 } };
	struct plot_run run = { .dir = (char *)"run", .mms = g_ptr_array_new() };
	GError *fault = NULL;

	for (unsigned i = 0; i < G_N_ELEMENTS(mms); i++)
		g_ptr_array_add(run.mms, &mms[i]);
	ck_assert_ptr_eq(plot_run_mm(&run, NULL, NULL), &mms[2]);
	ck_assert_ptr_eq(plot_run_mm(&run, "a", NULL), &mms[0]);
	ck_assert_ptr_null(plot_run_mm(&run, "e\n", &fault));
	ck_assert_str_eq(fault->message, "run: no mm 'e\\x0a', there is 'a', 'b', 'c', 'd'");
	g_error_free(fault);
	g_ptr_array_unref(run.mms);
}

/* --- pictures --- */

static struct plot_request request_for(enum plot_kind kind, const char *run)
{
	return (struct plot_request){
		.kind = kind, .dir = run, .from_ns = PLOT_TIME_UNSET, .to_ns = PLOT_TIME_UNSET
	};
}

/* Draw to @name in the test's directory, of the run there or of the sample. Returns what is wrong,
 * NULL if nothing; *@code is the kind of error. */
static char *draw(struct plot_request request, const char *name, int *code)
{
	char *output = name ? g_build_filename(dir, name, NULL) : NULL;
	char *run = request.dir ? g_build_filename(dir, request.dir, NULL) : g_strdup(SAMPLE);
	GPtrArray *written = g_ptr_array_new_with_free_func(g_free);
	GError *fault = NULL;

	request.output = output;
	request.dir = run;
	ck_assert_int_eq(plot_draw(&request, written, &fault), fault == NULL);
	ck_assert_uint_eq(written->len, fault ? 0 : name ? 1 : 2);
	if (fault && code)
		*code = fault->code;
	g_ptr_array_unref(written);
	g_free(run);
	g_free(output);
	return fault ? folder_message(dir, fault) : NULL;
}

static void assert_drawn(struct plot_request request, const char *name)
{
	char *wrong = draw(request, name, NULL);

	ck_assert_msg(!wrong, "%s: %s", name ? name : "default", wrong ? wrong : "");
}

static void assert_not_drawn(
	struct plot_request request, const char *name, int expected_code, const char *part)
{
	int code = -1;
	char *wrong = draw(request, name, &code);

	ck_assert_ptr_nonnull(wrong);
	ck_assert_msg(strstr(wrong, part) != NULL, "'%s' is not in: %s", part, wrong);
	ck_assert_int_eq(code, expected_code);
	g_free(wrong);
}

TEST(every_kind_in_every_format_twice_the_same)
{
	static const char *const begins[PLOT_FORMATS] = { "<?xml", "\x89PNG", "%PDF" };

	for (int i = 0; i < KINDS_OF_RUNS * PLOT_FORMATS; i++) {
		struct plot_request request = request_for((enum plot_kind)(i / PLOT_FORMATS), NULL);
		const char *ending = plot_format_to_string((enum plot_format)(i % PLOT_FORMATS));
		char *first = g_strconcat("1.", ending, NULL),
		     *again = g_strconcat("2.", ending, NULL);
		gsize length, length_again;
		char *bytes, *bytes_again;

		assert_drawn(request, first);
		assert_drawn(request, again);
		bytes = read_file(first, &length);
		bytes_again = read_file(again, &length_again);
		ck_assert(g_str_has_prefix(bytes, begins[i % PLOT_FORMATS]));
		ck_assert_uint_gt(length, 4000);
		ck_assert_mem_eq(bytes, bytes_again, MIN(length, length_again));
		ck_assert_uint_eq(length, length_again);
		g_free(bytes);
		g_free(bytes_again);
		g_free(first);
		g_free(again);
	}
}

TEST(pdf_has_a_fixed_date)
{
	gsize length;
	char *bytes;

	assert_drawn(request_for(PLOT_TIMELINE, NULL), "x.pdf");
	bytes = read_file("x.pdf", &length);
	for (gsize i = 0; i < length; i++)
		bytes[i] = bytes[i] ? bytes[i] : ' ';
	ck_assert_ptr_nonnull(strstr(bytes, "/CreationDate (D:20000101000000Z"));
	g_free(bytes);
}

TEST(without_a_name_svg_and_png_are_put_in_the_run)
{
	copy_sample("run", NULL, NULL);
	assert_drawn(request_for(PLOT_CPUS, "run"), NULL);
	ck_assert(exists("run/cpus.svg"));
	ck_assert(exists("run/cpus.png"));
}

TEST(the_loop_shows_the_formula)
{
	char *text;

	assert_drawn(request_for(PLOT_HYSTERESIS, NULL), "x.svg");
	text = read_file("x.svg", NULL);
	ck_assert_ptr_nonnull(strstr(text, "enter: users = 5"));
	ck_assert_ptr_nonnull(strstr(text, "leave: users = 1"));
	ck_assert_ptr_nonnull(strstr(text, "entered 3 times, at users = 5"));
	ck_assert_ptr_nonnull(strstr(text, "left 3 times, at users = 1"));
	ck_assert_ptr_nonnull(strstr(text, "revision 7.1, seed 1"));
	g_free(text);
}

TEST(a_title_is_text_and_nothing_else)
{
	char *text;

	g_chdir(dir);
	copy_sample("run", "\"title\": \"Threads",
		"\"title\": \"';system 'touch pwned';x='`touch pwned`@TITLE{/Bold <b>&\\n");
	assert_drawn(request_for(PLOT_TIMELINE, "run"), "x.svg");
	text = read_file("x.svg", NULL);
	ck_assert_ptr_nonnull(strstr(text, "';system 'touch pwned';x='`touch pwned`@TITLE{/Bold "
					   "&lt;b>&amp;"));
	ck_assert(!exists("pwned"));
	g_free(text);
}

TEST(no_picture_of_a_time_that_is_not)
{
	struct plot_request request = request_for(PLOT_TIMELINE, NULL);

	request.from_ns = 11200000;
	assert_not_drawn(request, "x.svg", PLOT_ERROR_INPUT, "nothing to draw from 11.2ms");
	request.from_ns = 11199999;
	assert_drawn(request, "x.svg");
	request.from_ns = request.to_ns = 5;
	assert_not_drawn(request, "y.svg", PLOT_ERROR_INPUT, "nothing to draw");
	ck_assert(!exists("y.svg"));
}

TEST(each_kind_can_show_a_part)
{
	for (int i = 0; i < KINDS_OF_RUNS; i++) {
		struct plot_request request = request_for((enum plot_kind)i, NULL);

		request.from_ns = 3500000;
		request.to_ns = 5000000;
		request.width = PLOT_SIZE_MIN;
		request.height = PLOT_SIZE_MIN;
		assert_drawn(request, "x.svg");
	}
}

TEST(too_many_cpus_or_stays_ask_for_a_shorter_time)
{
	struct plot_request request = request_for(PLOT_CPUS, "run");
	GString *text = g_string_new("cpu,pid,mm,cid,start_ns,end_ns\n");

	copy_sample("run", NULL, NULL);
	for (int i = 0; i < PLOT_STAYS_MAX + 1; i++)
		g_string_append_printf(text, "0,1,app,2147483648,%d,%d\n", 2 * i, 2 * i + 1);
	write_file("run/stays.csv", text->str, -1);
	assert_not_drawn(request, "x.svg", PLOT_ERROR_INPUT, "20001 stays in the time to draw");
	request.to_ns = 1000;
	assert_drawn(request, "x.svg");
	for (int i = 0; i < PLOT_CPUS_MAX; i++)
		g_string_append_printf(text, "%d,1,app,0,500,600\n", 1 + i);
	write_file("run/stays.csv", text->str, -1);
	assert_not_drawn(request, "y.svg", PLOT_ERROR_INPUT, "65 CPUs in the time to draw");
	g_string_free(text, TRUE);
}

TEST(rows_that_contradict_each_other_are_told)
{
	copy_sample("run", NULL, NULL);
	write_file("run/stays.csv", "cpu,pid,mm,cid,start_ns,end_ns\n0,1,app,0,9,8\n", -1);
	assert_not_drawn(request_for(PLOT_CPUS, "run"), "x.svg", PLOT_ERROR_INPUT,
		"run/stays.csv:2: end_ns is before start_ns");
	copy_sample("run", "\"users_max\": 10", "\"users_max\": 9");
	assert_not_drawn(request_for(PLOT_HYSTERESIS, "run"), "x.svg", PLOT_ERROR_INPUT,
		"more users than users_max in report.json");
	write_file("run/series.csv",
		"time_ns,mm,users,allowed,max_cids,pcpu_thrs,mode,taken,span,optimum\n"
		"5,app,1,4,1,0,0,1,1,1\n4,app,2,4,2,0,0,2,2,2\n",
		-1);
	assert_not_drawn(request_for(PLOT_TIMELINE, "run"), "x.svg", PLOT_ERROR_INPUT,
		"run/series.csv:3: time goes back");
	ck_assert(!exists("x.svg"));
}

/* Put a program in the place of gnuplot. */
static void fake_gnuplot(const char *script)
{
	char *path = g_build_filename(dir, "bin", "gnuplot", NULL);
	char *bin = g_path_get_dirname(path);
	char *search = g_strdup_printf("%s:/usr/bin:/bin", bin);

	write_file("bin/gnuplot", script, -1);
	ck_assert_int_eq(g_chmod(path, 0755), 0);
	g_setenv("PATH", search, TRUE);
	g_free(search);
	g_free(bin);
	g_free(path);
}

static void assert_nothing_left(void)
{
	GDir *list = g_dir_open(dir, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(list)))
		ck_assert_msg(name[0] != '.', "%s is left", name);
	g_dir_close(list);
}

TEST(a_failure_leaves_the_old_file_and_no_other)
{
	struct plot_request request = request_for(PLOT_TIMELINE, NULL);
	char *text;

	write_file("x.svg", "old", -1);
	fake_gnuplot("#!/bin/sh\necho '<?xml'\necho first >&2\necho '  line 3: bad' >&2\nexit 1\n");
	assert_not_drawn(request, "x.svg", PLOT_ERROR_ENVIRONMENT, "gnuplot failed: line 3: bad");
	fake_gnuplot("#!/bin/sh\necho '<?xml'\n");
	assert_not_drawn(request, "x.svg", PLOT_ERROR_ENVIRONMENT, "x.svg: cannot be written");
	fake_gnuplot("#!/bin/sh\n");
	assert_not_drawn(request, "x.svg", PLOT_ERROR_ENVIRONMENT, "x.svg: cannot be written");
	fake_gnuplot("#!/bin/sh\nkill -9 $$\n");
	assert_not_drawn(request, "x.svg", PLOT_ERROR_ENVIRONMENT, "gnuplot failed");
	text = read_file("x.svg", NULL);
	ck_assert_str_eq(text, "old");
	g_free(text);
	assert_nothing_left();
}

TEST(without_gnuplot_or_scripts_or_directory_the_environment_is_told)
{
	struct plot_request request = request_for(PLOT_TIMELINE, NULL);

	assert_not_drawn(request, "no/where.svg", PLOT_ERROR_ENVIRONMENT, "no/where.svg");
	g_setenv("CIDSIM_PLOTS", dir, TRUE);
	assert_not_drawn(request, "x.svg", PLOT_ERROR_ENVIRONMENT, "CIDSIM_PLOTS");
	g_setenv("CIDSIM_PLOTS", CIDSIM_PLOTS_SOURCE, TRUE);
	g_setenv("PATH", dir, TRUE);
	assert_not_drawn(request, "x.svg", PLOT_ERROR_ENVIRONMENT, "gnuplot is not installed");
	assert_not_drawn(request, "x.gif", PLOT_ERROR_INPUT, "must end in .svg, .png or .pdf");
	assert_nothing_left();
}
