/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/run.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/failure.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/plot/run-report.h"

enum { NAMES_SHOWN_MAX = 8 };

char *plot_run_file(const struct plot_run *run, const char *name)
{
	const char *place = run->place ? run->place(run->context, name) : NULL;

	g_assert(*name);
	return place ? g_strdup(place) : g_build_filename(run->dir, name, NULL);
}

/* Does @csv have the comment @key that a file of the run has, in which it is @value? Also true if
 * @csv has no such comment, or @value is NULL. They are compared as csv_add_comment() writes them:
 * it changes what has no place in a line. */
static bool head_has(const struct csv_reader *csv, const char *key, const char *value)
{
	const char *found = csv_reader_comment(csv, key);
	g_autoptr(GString) line = g_string_new(NULL);

	if (!found || !value)
		return true;
	csv_add_comment(line, key, value);
	g_string_truncate(line, line->len - 1);
	return g_str_has_suffix(line->str, found) &&
	       line->len == strlen("#  ") + strlen(key) + strlen(found);
}

struct csv_reader *plot_run_csv(
	const struct plot_run *run, const char *name, const char *columns, GError **error)
{
	g_autofree char *path = plot_run_file(run, name);
	struct csv_reader *csv = csv_reader_open_with(path, columns, error);
	g_autofree char *command =
		run->command ? text_shell_line((const char *const *)run->command) : NULL;

	if (!csv || (head_has(csv, "command", command) && head_has(csv, "seed", run->seed)))
		return csv;
	failure_input(error,
		"%s: is not of the run that report.json is of: another one was ended while its "
		"files got their names, or two wrote here at once; run it again",
		path);
	csv_reader_close(csv);
	return NULL;
}

/* --- which directory --- */

static bool holds_run(const char *dir)
{
	char *file = g_build_filename(dir, "series.csv", NULL);
	bool holds = g_file_test(file, G_FILE_TEST_IS_REGULAR);

	g_free(file);
	return holds;
}

static int compare_folders(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* @path is a file, and not a directory. */
static bool fail_no_folder(const char *path, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);

	if (g_str_has_suffix(path, ".scn"))
		return failure_input(error,
			"%s: is a scenario, not a run; first: cidsim run %s -o out", path, path);
	if (holds_run(folder))
		return failure_input(
			error, "%s: is a file; name the folder of its run: %s", path, folder);
	return failure_input(
		error, "%s: is a file; name a folder that 'cidsim run -o' wrote", path);
}

/* The subdirectories of @dir that hold a run, in the order of their names; NULL sets @error. */
static GPtrArray *list_runs(const char *dir, GError **error)
{
	int reason = g_access(dir, R_OK) == 0 ? ENOTDIR : errno;
	GDir *list = g_dir_open(dir, 0, NULL);
	GPtrArray *runs;
	const char *name;

	if (!list) {
		if (reason == ENOTDIR)
			fail_no_folder(dir, error);
		else
			failure_file(error, dir, reason);
		return NULL;
	}
	runs = g_ptr_array_new_with_free_func(g_free);
	while ((name = g_dir_read_name(list))) {
		char *path = g_build_filename(dir, name, NULL);

		if (holds_run(path))
			g_ptr_array_add(runs, path);
		else
			g_free(path);
	}
	g_dir_close(list);
	g_ptr_array_sort(runs, compare_folders);
	return runs;
}

/* The directory of the run that @dir stands for; NULL sets @error. */
static char *find_run(const char *dir, GError **error)
{
	GPtrArray *runs;
	char *found = NULL;

	if (holds_run(dir))
		return g_strdup(dir);
	runs = list_runs(dir, error);
	if (!runs)
		return NULL;
	if (runs->len == 1)
		found = g_strdup(runs->pdata[0]);
	else if (runs->len == 0)
		failure_input(error,
			"%s: no series.csv here, nor in a directory below: not what 'cidsim "
			"run -o' writes",
			dir);
	else
		failure_input(error, "%s: holds %u runs, name one of them, like %s", dir, runs->len,
			(char *)runs->pdata[0]);
	g_ptr_array_unref(runs);
	g_assert(!found || holds_run(found));
	return found;
}

/* --- the run --- */

static void free_mm(gpointer data)
{
	struct plot_mm *mm = data;

	g_free(mm->name);
	g_free(mm);
}

struct plot_run *plot_run_open(const char *dir, GError **error)
{
	g_autofree char *found = find_run(dir, error);

	return found ? plot_run_open_at(found, NULL, NULL, error) : NULL;
}

struct plot_run *plot_run_open_at(
	const char *dir, plot_run_place place, const void *context, GError **error)
{
	struct plot_run *run = g_new0(struct plot_run, 1);
	g_autofree char *path = NULL;

	run->dir = g_strdup(dir);
	run->place = place;
	run->context = context;
	run->mms = g_ptr_array_new_with_free_func(free_mm);
	path = plot_run_file(run, "report.json");
	if (plot_run_read_report(run, path, error))
		return run;
	plot_run_free(run);
	return NULL;
}

void plot_run_free(struct plot_run *run)
{
	if (!run)
		return;
	g_ptr_array_unref(run->mms);
	g_free(run->report);
	g_free(run->seed);
	g_free(run->flags);
	g_free(run->made_by);
	g_strfreev(run->command);
	g_free(run->revision);
	g_free(run->title);
	g_free(run->dir);
	g_free(run);
}

char **plot_run_option(const struct plot_run *run, const char *option)
{
	g_autoptr(GStrvBuilder) values = g_strv_builder_new();

	g_assert(option[0] == '-');
	for (size_t i = 3; run->command && run->command[i]; i++)
		if (strcmp(run->command[i], option) == 0 && run->command[i + 1])
			g_strv_builder_add(values, run->command[++i]);
	return g_strv_builder_end(values);
}

/* --- which mm --- */

static bool is_better(const struct plot_mm *a, const struct plot_mm *b)
{
	g_assert(a != b);
	if (a->switches != b->switches)
		return a->switches > b->switches;
	return a->users_max > b->users_max;
}

static void fail_mm(const struct plot_run *run, const char *name, GError **error)
{
	GString *known = g_string_new(NULL);
	char *wanted = value_quote(name);

	for (unsigned i = 0; i < MIN(run->mms->len, NAMES_SHOWN_MAX); i++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no NULL is put in */
		char *quoted = value_quote(((struct plot_mm *)run->mms->pdata[i])->name);

		g_string_append_printf(known, "%s%s", i ? ", " : "", quoted);
		g_free(quoted);
	}
	if (run->mms->len > NAMES_SHOWN_MAX)
		g_string_append(known, ", ...");
	failure_input(error, "%s: no mm %s, there is %s", run->dir, wanted, known->str);
	g_free(wanted);
	g_string_free(known, TRUE);
}

const struct plot_mm *plot_run_mm(const struct plot_run *run, const char *name, GError **error)
{
	const struct plot_mm *best = NULL;

	for (unsigned i = 0; i < run->mms->len; i++) {
		const struct plot_mm *mm = run->mms->pdata[i];

		if (name && strcmp(mm->name, name) == 0)
			return mm;
		if (!best || is_better(mm, best))
			best = mm;
	}
	if (!name && best)
		return best;
	if (run->mms->len == 0)
		failure_input(error, "%s: has no mm: nothing to draw", run->dir);
	else
		fail_mm(run, name, error);
	return NULL;
}
