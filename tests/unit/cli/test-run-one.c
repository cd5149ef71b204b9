/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/run-one.h"
#include "sim/record/report.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "tests/lib/folder.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

/* One run of `cidsim run`: its status for each way to end, what it leaves in its folder, and which
 * files can be run at all. */

static char *dir;
static struct scenario *scenario;
static struct record_result *result;

static void start(void)
{
	dir = folder_new();
}

static void stop(void)
{
	record_result_free(result);
	if (scenario)
		scenario_free(scenario);
	folder_remove(dir);
}

SUITE(.before = start, .after = stop);

static int run(const char *text, const char *folder, const struct run_options *options)
{
	scenario = sim_parse(text);
	return run_scenario(scenario, folder, options, NULL, &result);
}

#define APP "[machine]\ncpus = 2\n[mm app]\n[tasks w]\ncount = 1\nrun = 1us\nloops = 1\n"
#define PLAYED "[machine]\ncpus = 2\n[explore]\ntasks = 2\n[steps]\n1 = out 0\n"

static const struct {
	const char *text;
	int status;
	bool has_result;
} runs[] = {
	{ APP, EXIT_OK, true }, { APP "[expect app]\nusers-max = 3\n", EXIT_FAILED, true },
	{ "[scenario]\nmax-events = 3\n" APP, EXIT_UNDECIDED, true },
	{ APP "[at 5ms]\nexit = w/0\n", EXIT_USAGE, false }, /* it has gone by itself */
	{ PLAYED, EXIT_OK, true },
	{ PLAYED "2 = out 0\n", EXIT_USAGE, false }, /* which idles by then */
};

TEST_ROWS(the_status_says_how_a_run_has_ended, runs)
{
	struct run_options options = { 0 };

	ck_assert_int_eq(run(runs[_i].text, NULL, &options), runs[_i].status);
	ck_assert_int_eq(result != NULL, runs[_i].has_result);
}

/* series, modes, windows, stays, report.txt, report.json, report.html; and the trace */
static const struct {
	const char *log;
	unsigned files;
} logs[] = { { "none", 7 }, { "full", 8 }, { NULL, 8 } };

TEST_ROWS(a_run_leaves_its_records_and_reports_in_its_folder, logs)
{
	struct run_options options = { .log = (char *)logs[_i].log };

	ck_assert_int_eq(run(APP, dir, &options), EXIT_OK);
	ck_assert_uint_eq(folder_files(dir), logs[_i].files);
}

TEST_ROWS(a_run_that_cannot_be_run_to_its_end_leaves_no_files, runs)
{
	struct run_options options = { 0 };

	run(runs[_i].text, dir, &options);
	ck_assert_uint_eq(folder_files(dir), !runs[_i].has_result ? 0 : strstr(runs[_i].text, "[steps]") ? 9 : 8);
}

TEST(where_no_folder_can_be_made_the_environment_is_to_blame)
{
	struct run_options options = { 0 };
	g_autofree char *file = g_build_filename(dir, "file", NULL);
	g_autofree char *below = g_build_filename(file, "folder", NULL);

	ck_assert(g_file_set_contents(file, "x", 1, NULL));
	ck_assert_int_eq(run(APP, below, &options), EXIT_ENVIRONMENT);
	ck_assert_ptr_null(result);
}

TEST(a_result_is_printed_as_a_report_or_as_json)
{
	struct run_options options = { 0 };
	g_autoptr(GString) report = g_string_new(NULL), json = g_string_new(NULL);

	run(APP, NULL, &options);
	run_print(report, result, &options);
	options.json = TRUE;
	run_print(json, result, &options);
	ck_assert(g_str_has_prefix(report->str, "cidsim " CIDSIM_VERSION));
	ck_assert(g_str_has_prefix(json->str, "{\""));
}

static const struct {
	const char *path, *name;
} names[] = {
	{ "a/b.scn", "b" },
	{ "b.scn", "b" },
	{ "-", "stdin" },
	{ "b.txt", "b.txt" },
	{ "a.b.scn", "a.b" },
	{ ".scn", ".scn" },
	{ "..scn", "..scn" },
	{ "x/...scn", "...scn" },
};

TEST_ROWS(a_run_is_named_after_its_file, names)
{
	g_autofree char *name = run_name(names[_i].path);

	ck_assert_str_eq(name, names[_i].name);
}

static const struct {
	const char *text;
	bool loads;
} files[] = {
	{ APP, true },
	{ PLAYED, true },
	{ "[machine]\ncpus = 2\n[explore]\ntasks = 2\n", false },
	{ "[machine]\ncpus = 0\n", false },
};

TEST_ROWS(a_file_that_can_only_be_explored_is_not_run, files)
{
	g_autofree char *path = g_build_filename(dir, "file.scn", NULL);
	struct run_options options = { 0 };
	int status = EXIT_OK;

	ck_assert(g_file_set_contents(path, files[_i].text, -1, NULL));
	scenario = run_load(path, &options, &status);
	ck_assert_int_eq(scenario != NULL, files[_i].loads);
	ck_assert_int_eq(status, files[_i].loads ? EXIT_OK : EXIT_USAGE);
}

TEST(options_go_over_the_file_and_are_in_the_command_that_repeats_the_run)
{
	g_autofree char *path = g_build_filename(dir, "file.scn", NULL);
	char *set[] = { (char *)"machine.cpus=4", NULL };
	struct run_options options = { .seed = (char *)"7", .revision = (char *)"v3", .set = set };
	g_autofree char *command = NULL, *end = NULL;
	int status = EXIT_OK;

	ck_assert(g_file_set_contents(path, APP, -1, NULL));
	scenario = run_load(path, &options, &status);
	ck_assert_ptr_nonnull(scenario);
	ck_assert_uint_eq(scenario->seed, 7);
	ck_assert_str_eq(scenario->revision->name, "v3");
	ck_assert_uint_eq(scenario->cpus_count, 4);
	command = report_command(scenario);
	end = g_strconcat(path, " --seed 7 --revision v3 --set machine.cpus=4", NULL);
	ck_assert_msg(g_str_has_suffix(command, end), "%s", command);
}

TEST_SIGNAL(what_can_only_be_explored_is_not_run, SIGABRT)
{
	struct run_options options = { 0 };

	run("[machine]\ncpus = 2\n[explore]\ntasks = 2\n", NULL, &options);
}

TEST_SIGNAL(a_folder_has_a_name, SIGABRT)
{
	struct run_options options = { 0 };

	run(APP, "", &options);
}
