/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/failure.h"
#include "sim/plot/run.h"
#include "tests/lib/folder.h"
#include "tests/lib/plot-run.h"
#include "tests/lib/suite.h"

static char *dir; /* of the test, removed after it */

static void start(void)
{
	dir = folder_new();
}

static void stop(void)
{
	folder_remove(dir);
}

/* What is wrong with the run in @name of the test's directory; NULL if nothing. */
static char *open_run(const char *name)
{
	char *path = g_build_filename(dir, name, NULL);
	GError *fault = NULL;
	struct plot_run *run = plot_run_open(path, &fault);

	plot_run_free(run);
	g_free(path);
	ck_assert(run || g_error_matches(fault, FAILURE, FAILURE_INPUT));
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

SUITE(.timeout = 60, .before = start, .after = stop);

TEST(a_run_is_found_below_its_parent_unless_there_are_two)
{
	char *wrong;

	plot_run_copy(dir, "out/one", NULL, NULL);
	plot_run_write(dir, "out/notes.txt", "x", 1);
	assert_run("out/one", NULL);
	assert_run("out", NULL);
	plot_run_copy(dir, "out/two", NULL, NULL);
	wrong = open_run("out");
	ck_assert_ptr_nonnull(strstr(wrong, "holds 2 runs"));
	g_free(wrong);
	plot_run_write(dir, "empty/notes.txt", "x", 1);
	wrong = open_run("empty");
	ck_assert_ptr_nonnull(strstr(wrong, "no series.csv here"));
	g_free(wrong);
}

TEST(what_is_no_folder)
{
	static const char *const expected[][2] = {
		{ "x.scn", "x.scn: is a scenario, not a run; first: cidsim run x.scn -o out" },
		{ "notes.txt", "notes.txt: is a file; name a folder that 'cidsim run -o' wrote" },
		{ "run/modes.csv", "run/modes.csv: is a file; name the folder of its run: run" },
	};
	g_autofree char *missing = g_build_filename(dir, "missing", NULL);
	g_autoptr(GError) fault = NULL;

	plot_run_copy(dir, "run", NULL, NULL);
	plot_run_write(dir, "x.scn", "x", 1);
	plot_run_write(dir, "notes.txt", "x", 1);
	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
		assert_run(expected[i][0], expected[i][1]);
	ck_assert_ptr_null(plot_run_open(missing, &fault));
	ck_assert(g_error_matches(fault, FAILURE, FAILURE_ENVIRONMENT));
}

TEST(the_command_of_a_run_has_options)
{
	g_autofree char *path = g_build_filename(dir, "run", NULL);
	struct plot_run *run;
	g_auto(GStrv) sets = NULL, none = NULL;

	plot_run_copy(dir, "run", "\"seed\": 1",
		"\"seed\": 1, \"version\": \"1.2\", \"commit\": \"abc\", \"command\": [\"cidsim\", "
	        "\"run\", "
		"\"x.scn\", \"--set\", \"a=b\", \"--seed\", \"1\", \"--set\", \"c=d\"]");
	run = plot_run_open(path, NULL);
	ck_assert_ptr_nonnull(run);
	ck_assert_str_eq(run->made_by, "cidsim 1.2 (abc)");
	sets = plot_run_option(run, "--set");
	none = plot_run_option(run, "--revision");
	ck_assert_uint_eq(g_strv_length(sets), 2);
	ck_assert_str_eq(sets[0], "a=b");
	ck_assert_str_eq(sets[1], "c=d");
	ck_assert_uint_eq(g_strv_length(none), 0);
	plot_run_free(run);
}

TEST(files_of_two_runs_are_no_run)
{
	static const struct {
		const char *head; /* of a CSV file */
		bool fits;
	} rows[] = {
		{ "# cidsim 1\n# command cidsim run x.scn --seed 7\n# seed 7\n", true },
		{ "# cidsim 1\n", true }, /* an older one has no more */
		{ "# cidsim 1\n# command cidsim run x.scn --seed 8\n# seed 7\n", false },
		{ "# cidsim 1\n# command run x.scn --seed 7\n", false },
		{ "# cidsim 1\n# command \n", false },
		{ "# cidsim 1\n# seed 8\n", false },
		{ "# cidsim 1\n# seed 77\n", false },
	};
	g_autofree char *path = g_build_filename(dir, "run", NULL);
	struct plot_run *run;

	plot_run_copy(dir, "run", "\"seed\": 1",
		"\"seed\": 7, \"command\": [\"cidsim\", \"run\", \"x.scn\", \"--seed\", \"7\"]");
	run = plot_run_open(path, NULL);
	ck_assert_ptr_nonnull(run);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strconcat(rows[i].head, "a,b\n1,2\n", NULL);
		struct csv_reader *csv;
		GError *error = NULL;

		plot_run_write(dir, "run/modes.csv", text, -1);
		csv = plot_run_csv(run, "modes.csv", "a,b", &error);
		ck_assert_msg(!csv == !rows[i].fits && !error == rows[i].fits, "row %zu", i);
		if (error)
			ck_assert_ptr_nonnull(strstr(error->message,
				"run/modes.csv: is not of the run that report.json is of"));
		csv_reader_close(csv);
		g_clear_error(&error);
	}
	plot_run_free(run);
}

TEST(a_report_that_is_none_is_refused)
{
	char *deep = g_strnfill(1000000, '[');

	plot_run_copy(dir, "run", NULL, NULL);
	plot_run_write(dir, "run/report.json", "{ \"a\": 1,\n \"b\" 2 }", -1);
	assert_run("run", "run/report.json:2: not JSON");
	plot_run_write(dir, "run/report.json", "[]", -1);
	assert_run("run", "run/report.json: not a report: no JSON object");
	plot_run_write(dir, "run/report.json", "", 0);
	assert_run("run", "run/report.json: not a report: no JSON object");
	plot_run_write(dir, "run/report.json", deep, -1);
	assert_run("run", "run/report.json: not a report: no UTF-8 text, or nested too deep");
	plot_run_write(dir, "run/report.json", "{}\0", 3);
	assert_run("run", "run/report.json: not a report: no UTF-8 text, or nested too deep");
	plot_run_write(dir, "run/report.json", "{ \"title\": \"x\", \"revision\": 7 }", -1);
	assert_run("run", "run/report.json: 'revision' is missing, or not a string");
	plot_run_copy(dir, "run", "\"users_max\": 10", "\"users_max\": -10");
	assert_run("run",
		"run/report.json: 'users_max' is missing, or not a number from 0 to 4194304");
	g_free(deep);
}

TEST(a_run_without_mm_is_read_but_has_nothing_to_draw)
{
	GError *fault = NULL;
	struct plot_run *run;
	g_autofree char *path = NULL, *message = NULL;

	plot_run_copy(dir, "run", "\"mms\": {", "\"mms\": {}, \"x\": {");
	path = g_build_filename(dir, "run", NULL);
	run = plot_run_open(path, NULL);
	ck_assert_ptr_nonnull(run);
	ck_assert_uint_eq(run->mms->len, 0);
	ck_assert_ptr_null(plot_run_mm(run, NULL, &fault));
	message = folder_message(dir, fault);
	ck_assert_str_eq(message, "run: has no mm: nothing to draw");
	plot_run_free(run);
}

TEST(the_verdict_is_what_ok_says)
{
	static const struct {
		const char *ok;
		enum plot_run_verdict verdict;
	} rows[] = { { "true", PLOT_RUN_OK }, { "false", PLOT_RUN_FAILED },
		{ "null", PLOT_RUN_UNDECIDED }, { "\"true\"", PLOT_RUN_UNDECIDED } };

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("\"ok\":%s,\"mms\": {", rows[i].ok);
		g_autofree char *path = g_build_filename(dir, "run", NULL);
		struct plot_run *run;

		plot_run_copy(dir, "run", "\"mms\": {", text);
		run = plot_run_open(path, NULL);
		ck_assert_ptr_nonnull(run);
		ck_assert_int_eq(run->verdict, rows[i].verdict);
		plot_run_free(run);
	}
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

static const struct {
	const char *json, *seed; /* NULL: refused */
} seeds[] = {
	{ "\"seed\": 1", "1" },
	{ "\"seed\": null", "" },
	{ "\"seed\": \"18446744073709551615\"", "18446744073709551615" },
	{ "\"seed\": \"18446744073709551616\"", NULL },
	{ "\"seed\": \"seven\"", NULL },
	{ "\"seed\": [\"7\"]", NULL },
};

TEST_ROWS(a_seed_is_a_number_or_a_string_of_one, seeds)
{
	g_autofree char *path = g_build_filename(dir, "run", NULL);
	struct plot_run *run;

	plot_run_copy(dir, "run", "\"seed\": 1", seeds[_i].json);
	run = plot_run_open(path, NULL);
	ck_assert_int_eq(run != NULL, seeds[_i].seed != NULL);
	if (run)
		ck_assert_str_eq(run->seed ? run->seed : "", seeds[_i].seed);
	plot_run_free(run);
}
