/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/plot-run.h"

#include <check.h>
#include <glib/gstdio.h>

void plot_run_write(const char *dir, const char *name, const char *bytes, gssize length)
{
	char *path = g_build_filename(dir, name, NULL);
	char *parent = g_path_get_dirname(path);

	ck_assert_int_eq(g_mkdir_with_parents(parent, 0777), 0);
	ck_assert(g_file_set_contents(path, bytes, length, NULL));
	g_free(parent);
	g_free(path);
}

char *plot_run_read(const char *dir, const char *name, gsize *length)
{
	char *path = g_build_filename(dir, name, NULL);
	char *text = NULL;

	ck_assert_msg(g_file_get_contents(path, &text, length, NULL), "%s is not there", path);
	g_free(path);
	return text;
}

bool plot_run_exists(const char *dir, const char *name)
{
	char *path = g_build_filename(dir, name, NULL);
	bool found = g_file_test(path, G_FILE_TEST_EXISTS);

	g_free(path);
	return found;
}

void plot_run_copy(const char *dir, const char *name, const char *from, const char *to)
{
	static const char *const files[] = { "series.csv", "modes.csv", "windows.csv", "stays.csv",
		"report.json" };

	for (unsigned i = 0; i < G_N_ELEMENTS(files); i++) {
		char *path = g_build_filename(PLOT_RUN_SAMPLE, files[i], NULL);
		char *copy = g_build_filename(name, files[i], NULL);
		GString *text = g_string_new(NULL);
		char *bytes;

		ck_assert(g_file_get_contents(path, &bytes, NULL, NULL));
		g_string_assign(text, bytes);
		if (i == 4 && from)
			ck_assert_uint_eq(g_string_replace(text, from, to, 1), 1);
		plot_run_write(dir, copy, text->str, (gssize)text->len);
		g_string_free(text, TRUE);
		g_free(bytes);
		g_free(copy);
		g_free(path);
	}
}
