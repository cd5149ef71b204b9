/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/files.h"

#include <signal.h>
#include <string.h>

#include "sim/record/json.h"
#include "tests/lib/folder.h"
#include "tests/lib/sample-run.h"
#include "tests/lib/suite.h"

static struct sample_run run;
static char *dir;
static struct sinks *sinks;

static void start(void)
{
	sample_start(&run);
	dir = folder_new();
	sinks = sinks_open(dir, &run.scenario, run.result->accounts, SINKS_CSV, NULL, NULL);
	ck_assert_ptr_nonnull(sinks);
}

static void stop(void)
{
	folder_remove(dir);
	sample_stop(&run);
}

SUITE(.before = start, .after = stop);

TEST(reports_are_written_beside_the_records)
{
	g_autoptr(GString) report = g_string_new("text\n");
	g_autoptr(GString) json = g_string_new("{}\n");
	g_autofree char *path = g_build_filename(dir, "report.txt", NULL), *written = NULL;

	ck_assert(files_close(sinks, report, json, NULL));
	ck_assert(g_file_get_contents(path, &written, NULL, NULL));
	ck_assert_str_eq(written, "text\n");
	/* series, modes, windows, stays; report.txt, report.json; no page of such a report */
	ck_assert_uint_eq(folder_files(dir), 6);
}

TEST(a_page_is_made_of_what_was_written)
{
	g_autoptr(GString) report = g_string_new("PASS: all of <it>\n");
	g_autoptr(GString) json = g_string_new(NULL);
	g_autofree char *path = g_build_filename(dir, "report.html", NULL), *page = NULL;

	json_print(json, run.result);
	ck_assert(files_close(sinks, report, json, NULL));
	ck_assert_uint_eq(folder_files(dir), 7);
	ck_assert(g_file_get_contents(path, &page, NULL, NULL));
	ck_assert_ptr_nonnull(strstr(page, ">PASS: all of &lt;it&gt;</p>"));
}

TEST(guarded_files_are_removed)
{
	struct sinks *others = sinks_open(dir, &run.scenario, run.result->accounts, SINKS_CSV, NULL, NULL);

	files_guard(sinks);
	files_guard(others);
	files_remove_guarded();
	ck_assert_uint_eq(folder_files(dir), 0);
	files_remove_guarded();
	files_unguard(others);
	files_unguard(sinks);
	sinks_abort(others);
	sinks_abort(sinks);
}

TEST(files_that_are_guarded_no_more_stay)
{
	g_autoptr(GString) empty = g_string_new(NULL);

	files_guard(sinks);
	files_unguard(sinks);
	files_remove_guarded();
	ck_assert(files_close(sinks, empty, empty, NULL));
	ck_assert_uint_eq(folder_files(dir), 6);
}

TEST_SIGNAL(what_is_not_guarded_cannot_be_given_free, SIGABRT)
{
	files_unguard(sinks);
}

TEST_SIGNAL(files_are_guarded_once, SIGABRT)
{
	files_guard(sinks);
	files_guard(sinks);
}

static char *base_name(const char *path)
{
	return g_path_get_basename(path);
}

static const char *folder_name;

static char *name_of_folder(const char *path)
{
	(void)path;
	return g_strdup(folder_name);
}

TEST(two_inputs_of_one_name_would_write_the_same_files)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new();

	sinks_abort(sinks);
	g_ptr_array_add(paths, (char *)"a/x.scn");
	g_ptr_array_add(paths, (char *)"a/y.scn");
	ck_assert(files_can_write("run", paths, base_name, "out", true));
	g_ptr_array_add(paths, (char *)"b/x.scn");
	ck_assert(!files_can_write("run", paths, base_name, "out", true));
}

TEST(a_file_is_no_folder_to_write_to)
{
	g_autofree char *file = g_build_filename(dir, "file", NULL);
	g_autoptr(GPtrArray) paths = g_ptr_array_new();

	sinks_abort(sinks);
	g_ptr_array_add(paths, (char *)"a/x.scn");
	ck_assert(files_can_write("run", paths, base_name, file, true));
	ck_assert(g_file_set_contents(file, "", 0, NULL));
	ck_assert(!files_can_write("run", paths, base_name, file, true));
}

TEST(a_file_that_is_read_is_not_written)
{
	g_autofree char *parent = g_path_get_dirname(dir), *name = g_path_get_basename(dir);
	g_autofree char *report = g_build_filename(dir, "report.txt", NULL);
	g_autofree char *trace = g_build_filename(dir, "trace.txt", NULL);
	g_autoptr(GPtrArray) paths = g_ptr_array_new();

	ck_assert(g_file_set_contents(trace, "", 0, NULL));
	ck_assert(g_file_set_contents(report, "", 0, NULL));
	g_ptr_array_add(paths, trace);
	folder_name = name;
	ck_assert(files_can_write("replay", paths, name_of_folder, parent, false));
	ck_assert(!files_can_write("run", paths, name_of_folder, parent, true));
	paths->pdata[0] = report;
	ck_assert(!files_can_write("replay", paths, name_of_folder, parent, false));
	sinks_abort(sinks);
}
