/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* symlink */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/failure.h"
#include "sim/plot/gnuplot.h"
#include "sim/plot/kinds.h"
#include "sim/plot/plot.h"
#include "tests/lib/folder.h"
#include "tests/lib/picture.h"
#include "tests/lib/plot-run.h"
#include "tests/lib/suite.h"

/* The others are tested in test-sweep.c and test-matrix.c. */
enum { KINDS_OF_RUNS = PLOT_SWEEP };

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
	char *run =
		request.dir ? g_build_filename(dir, request.dir, NULL) : g_strdup(PLOT_RUN_SAMPLE);
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

SUITE(.timeout = 60, .before = start, .after = stop);

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
		bytes = plot_run_read(dir, first, &length);
		bytes_again = plot_run_read(dir, again, &length_again);
		ck_assert(g_str_has_prefix(bytes, begins[i % PLOT_FORMATS]));
		picture_assert_same(bytes, length, bytes_again, length_again);
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
	bytes = plot_run_read(dir, "x.pdf", &length);
	picture_assert_date(bytes, length);
	g_free(bytes);
}

TEST(without_a_name_svg_and_png_are_put_in_the_run)
{
	plot_run_copy(dir, "run", NULL, NULL);
	assert_drawn(request_for(PLOT_CPUS, "run"), NULL);
	ck_assert(plot_run_exists(dir, "run/cpus.svg"));
	ck_assert(plot_run_exists(dir, "run/cpus.png"));
}

TEST(the_loop_shows_the_formula)
{
	char *text;

	assert_drawn(request_for(PLOT_HYSTERESIS, NULL), "x.svg");
	text = plot_run_read(dir, "x.svg", NULL);
	ck_assert_ptr_nonnull(strstr(text, "enter: users = 5"));
	ck_assert_ptr_nonnull(strstr(text, "leave: users = 1"));
	ck_assert_ptr_nonnull(strstr(text, "entered 3 times, at users = 5"));
	ck_assert_ptr_nonnull(strstr(text, "left 3 times, at users = 1"));
	ck_assert_ptr_nonnull(strstr(text, "revision 7.1, seed 1"));
	g_free(text);
}

/* Make of the run "run" one with @cycles cycles of 100 ns: 1 to 5 users and back. */
static void write_cycles(unsigned cycles)
{
	GString *series = g_string_new(
		"time_ns,mm,users,allowed,max_cids,pcpu_thrs,mode,taken,span,optimum\n");
	GString *modes = g_string_new("time_ns,mm,direction,trigger,users,allowed,max_cids_before,"
				      "max_cids_after,pcpu_thrs_before,pcpu_thrs_after,cpu,pid\n");

	for (unsigned i = 0; i < cycles; i++) {
		unsigned at = 100 * i;

		g_string_append_printf(series, "%u,app,1,4,1,0,0,1,1,1\n", at);
		g_string_append_printf(series, "%u,app,5,4,4,2,3,4,4,4\n", at + 25);
		g_string_append_printf(series, "%u,app,5,4,4,2,1,4,4,4\n", at + 26);
		g_string_append_printf(modes, "%u,app,to_percpu,fork,5,4,4,4,0,2,0,1\n", at + 25);
		g_string_append_printf(modes, "%u,app,to_task,exit,1,4,4,1,2,0,0,1\n", at + 100);
	}
	g_string_append_printf(series, "%u,app,1,4,1,0,0,1,1,1\n", 100 * cycles);
	plot_run_copy(dir, "run", "\"sim_time_ns\": 11200000", "\"sim_time_ns\": 100000");
	plot_run_write(dir, "run/series.csv", series->str, -1);
	plot_run_write(dir, "run/modes.csv", modes->str, -1);
	g_string_free(series, TRUE);
	g_string_free(modes, TRUE);
}

TEST(many_flips_are_counted_not_drawn_one_by_one)
{
	char *text;

	write_cycles(1000);
	assert_drawn(request_for(PLOT_HYSTERESIS, "run"), "x.svg");
	text = plot_run_read(dir, "x.svg", NULL);
	ck_assert_ptr_nonnull(strstr(text, "entered 1000 times, at users = 5"));
	ck_assert_ptr_nonnull(strstr(text, "\u00d71000"));
	ck_assert_ptr_nonnull(strstr(text, "users grow: up to 1000 times"));
	g_free(text);
	assert_drawn(request_for(PLOT_TIMELINE, "run"), "x.svg");
	text = plot_run_read(dir, "x.svg", NULL);
	ck_assert_ptr_nonnull(strstr(text, "2000 flips, 20000000/s"));
	ck_assert_ptr_nonnull(strstr(text, "per CPU: 75.0 %"));
	ck_assert_ptr_nonnull(strstr(text, "in windows: 1.0 %"));
	ck_assert_ptr_null(strstr(text, "window to per CPU"));
	g_free(text);
}

TEST(another_run_is_drawn_beside)
{
	g_autofree char *with = g_build_filename(dir, "run", NULL);
	struct plot_request request = request_for(PLOT_TIMELINE, NULL);
	char *text;

	plot_run_copy(dir, "run", "\"revision\": \"7.1\"", "\"revision\": \"6.19\"");
	request.with = with;
	assert_drawn(request, "x.svg");
	text = plot_run_read(dir, "x.svg", NULL);
	ck_assert_ptr_nonnull(strstr(text, "revision 7.1"));
	ck_assert_ptr_nonnull(strstr(text, "users, 6.19"));
	ck_assert_ptr_nonnull(strstr(text, "per CPU, 6.19"));
	g_free(text);
	write_cycles(1000);
	request.dir = "run"; /* dense */
	assert_drawn(request, "x.svg");
	plot_run_copy(dir, "run", "\"mms\": {\"app\"", "\"mms\": {\"web\"");
	request.dir = NULL;
	assert_not_drawn(request, "x.svg", FAILURE_INPUT, "no mm 'app'");
	request.with = "/nosuch";
	assert_not_drawn(request, "x.svg", FAILURE_ENVIRONMENT, "/nosuch: ");
}

TEST(the_legend_has_what_is_drawn)
{
	char *text;

	write_cycles(0);
	assert_drawn(request_for(PLOT_HYSTERESIS, "run"), "x.svg");
	text = plot_run_read(dir, "x.svg", NULL);
	ck_assert_ptr_nonnull(strstr(text, "enter: users = 5, did not happen"));
	ck_assert_ptr_null(strstr(text, "entered"));
	g_free(text);
}

TEST(titles_say_what_was_run)
{
	char *text;

	plot_run_copy(dir, "run", "\"version\": \"0.1.0\"",
		"\"version\": \"0.1.0\", \"commit\": \"abc\", \"flags\": \"out-settles=off\", "
		"\"command\": [\"cidsim\", \"run\", \"x.scn\", \"--set\", \"cost.fork=1us\", "
		"\"--set\", \"protocol.out-settles=off\"]");
	assert_drawn(request_for(PLOT_TIMELINE, "run"), "x.svg");
	text = plot_run_read(dir, "x.svg", NULL);
	ck_assert_ptr_nonnull(
		strstr(text, "revision 7.1 with out-settles=off, seed 1, cost.fork=1us<"));
	ck_assert_ptr_nonnull(strstr(text, "cidsim 0.1.0 (abc)"));
	g_free(text);
}

TEST(a_title_is_text_and_nothing_else)
{
	char *text;

	g_chdir(dir);
	plot_run_copy(dir, "run", "\"title\": \"Threads",
		"\"title\": \"';system 'touch pwned';x='`touch pwned`@TITLE{/Bold <b>&\\n");
	assert_drawn(request_for(PLOT_TIMELINE, "run"), "x.svg");
	text = plot_run_read(dir, "x.svg", NULL);
	ck_assert_ptr_nonnull(strstr(text, "';system 'touch pwned';x='`touch pwned`@TITLE{/Bold "
					   "&lt;b>&amp;"));
	ck_assert(!plot_run_exists(dir, "pwned"));
	g_free(text);
}

TEST(no_picture_of_a_time_that_is_not)
{
	struct plot_request request = request_for(PLOT_TIMELINE, NULL);

	request.from_ns = 11200000;
	assert_not_drawn(request, "x.svg", FAILURE_INPUT, "nothing to draw from 11.2ms");
	request.from_ns = 11199999;
	assert_drawn(request, "x.svg");
	request.from_ns = request.to_ns = 5;
	assert_not_drawn(request, "y.svg", FAILURE_INPUT, "nothing to draw");
	ck_assert(!plot_run_exists(dir, "y.svg"));
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

TEST(rows_that_contradict_each_other_are_refused)
{
	plot_run_copy(dir, "run", NULL, NULL);
	plot_run_write(dir, "run/stays.csv", "cpu,pid,mm,cid,start_ns,end_ns\n0,1,app,0,9,8\n", -1);
	assert_not_drawn(request_for(PLOT_CPUS, "run"), "x.svg", FAILURE_INPUT,
		"run/stays.csv:2: end_ns is before start_ns");
	plot_run_copy(dir, "run", "\"users_max\": 10", "\"users_max\": 9");
	assert_not_drawn(request_for(PLOT_HYSTERESIS, "run"), "x.svg", FAILURE_INPUT,
		"more users than users_max in report.json");
	plot_run_write(dir, "run/series.csv",
		"time_ns,mm,users,allowed,max_cids,pcpu_thrs,mode,taken,span,optimum\n"
		"5,app,1,4,1,0,0,1,1,1\n4,app,2,4,2,0,0,2,2,2\n",
		-1);
	assert_not_drawn(request_for(PLOT_TIMELINE, "run"), "x.svg", FAILURE_INPUT,
		"run/series.csv:3: time goes back");
	ck_assert(!plot_run_exists(dir, "x.svg"));
}

/* Put a program in the place of gnuplot. */
static void fake_gnuplot(const char *script)
{
	char *path = g_build_filename(dir, "bin", "gnuplot", NULL);
	char *bin = g_path_get_dirname(path);
	char *search = g_strdup_printf("%s:/usr/bin:/bin", bin);

	plot_run_write(dir, "bin/gnuplot", script, -1);
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

	plot_run_write(dir, "x.svg", "old", -1);
	fake_gnuplot("#!/bin/sh\necho '<?xml'\necho first >&2\necho '  line 3: bad' >&2\nexit 1\n");
	assert_not_drawn(request, "x.svg", FAILURE_ENVIRONMENT, "gnuplot failed: line 3: bad");
	fake_gnuplot("#!/bin/sh\necho '<?xml'\n");
	assert_not_drawn(request, "x.svg", FAILURE_ENVIRONMENT, "x.svg: cannot be written");
	fake_gnuplot("#!/bin/sh\n");
	assert_not_drawn(request, "x.svg", FAILURE_ENVIRONMENT, "x.svg: cannot be written");
	fake_gnuplot("#!/bin/sh\nkill -9 $$\n");
	assert_not_drawn(request, "x.svg", FAILURE_ENVIRONMENT, "gnuplot failed");
	text = plot_run_read(dir, "x.svg", NULL);
	ck_assert_str_eq(text, "old");
	g_free(text);
	assert_nothing_left();
}

TEST(a_link_stays_a_link)
{
	char *link = g_build_filename(dir, "x.svg", NULL), *text;

	ck_assert_int_eq(symlink("there", link), 0);
	for (int i = 0; i < 2; i++) {
		assert_drawn(request_for(PLOT_TIMELINE, NULL), "x.svg");
		ck_assert(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
		text = plot_run_read(dir, "there", NULL);
		ck_assert_ptr_nonnull(strstr(text, "</svg>"));
		g_free(text);
		plot_run_write(dir, "there", "old", -1);
	}
	g_free(link);
}

TEST(a_device_stays_a_device)
{
	char *link = g_build_filename(dir, "x.svg", NULL);

	ck_assert_int_eq(symlink("/dev/full", link), 0);
	assert_not_drawn(request_for(PLOT_TIMELINE, NULL), "x.svg", FAILURE_ENVIRONMENT,
		"x.svg: cannot be written: No space left on device");
	ck_assert(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
	assert_nothing_left();
	g_free(link);
}

TEST(without_gnuplot_or_scripts_or_directory_the_environment_failed)
{
	struct plot_request request = request_for(PLOT_TIMELINE, NULL);

	assert_not_drawn(request, "no/where.svg", FAILURE_ENVIRONMENT, "no/where.svg");
	g_setenv("CIDSIM_PLOTS", dir, TRUE);
	assert_not_drawn(request, "x.svg", FAILURE_ENVIRONMENT, "CIDSIM_PLOTS");
	g_setenv("CIDSIM_PLOTS", CIDSIM_PLOTS_SOURCE, TRUE);
	g_setenv("PATH", dir, TRUE);
	assert_not_drawn(request, "x.svg", FAILURE_ENVIRONMENT, "gnuplot is not installed");
	assert_not_drawn(request, "x.gif", FAILURE_INPUT, "must end in .svg, .png or .pdf");
	assert_nothing_left();
}
