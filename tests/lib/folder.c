/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/folder.h"

#include <check.h>
#include <glib/gstdio.h>

char *folder_new(void)
{
	char *template = g_strdup("/dev/shm/cidsim-test-XXXXXX");

	if (g_mkdtemp(template))
		return template;
	g_free(template);
	template = g_dir_make_tmp("cidsim-test-XXXXXX", NULL);
	ck_assert_ptr_nonnull(template);
	return template;
}

unsigned folder_files(const char *dir)
{
	GDir *entries = g_dir_open(dir, 0, NULL);
	unsigned count = 0;

	ck_assert_ptr_nonnull(entries);
	while (g_dir_read_name(entries))
		count++;
	g_dir_close(entries);
	return count;
}

void folder_empty(const char *dir)
{
	GDir *entries = g_dir_open(dir, 0, NULL);
	const char *name;

	while (entries && (name = g_dir_read_name(entries)) != NULL) {
		char *path = g_build_filename(dir, name, NULL);

		if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK) &&
			g_file_test(path, G_FILE_TEST_IS_DIR))
			folder_empty(path);
		g_remove(path);
		g_free(path);
	}
	if (entries)
		g_dir_close(entries);
}

void folder_remove(char *dir)
{
	folder_empty(dir);
	g_rmdir(dir);
	g_free(dir);
}

char *folder_message(const char *dir, GError *fault)
{
	GString *text = g_string_new(fault->message);
	char *prefix = g_strconcat(dir, "/", NULL);

	g_string_replace(text, prefix, "", 0);
	g_free(prefix);
	g_error_free(fault);
	return g_string_free(text, FALSE);
}
