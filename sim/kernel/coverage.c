/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/coverage.h"

#include <gio/gio.h>
#include <string.h>

/* The part whose file a line "-: 0:Source:FILE" names; TREE_PARTS: none of ours. */
static int part_of(const char *file)
{
	int part = 0;

	while (part < TREE_PARTS && strcmp(file, tree_file((enum tree_part)part)) != 0)
		part++;
	return part;
}

static void add_line(struct coverage *coverage, const char *count, guint line)
{
	/* "-": no code; "#####", "=====": has not run; "12*": some of it has not. */
	bool ran = g_ascii_isdigit(*count);

	if (*count == '-')
		return;
	coverage->lines++;
	coverage->run += ran;
	if (!ran)
		g_array_append_val(coverage->missed, line);
}

void coverage_add(const char *text, struct coverage coverage[TREE_PARTS])
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	int part = TREE_PARTS;

	for (char **line = lines; *line; line++) {
		g_auto(GStrv) cells = g_strsplit(g_strstrip(*line), ":", 4);
		guint number;

		if (g_strv_length(cells) < 3)
			continue;
		number = (guint)g_ascii_strtoull(g_strstrip(cells[1]), NULL, 10);
		if (number == 0 && strcmp(cells[2], "Source") == 0 && cells[3])
			part = part_of(cells[3]);
		else if (number > 0 && part < TREE_PARTS)
			add_line(&coverage[part], cells[0], number);
	}
}

static char *output_of(const char *folder, const char *const *command)
{
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
		G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
	g_autoptr(GSubprocess) process = NULL;
	char *out = NULL;

	g_subprocess_launcher_set_cwd(launcher, folder);
	g_subprocess_launcher_setenv(launcher, "LC_ALL", "C", TRUE);
	process = g_subprocess_launcher_spawnv(launcher, command, NULL);
	if (process && g_subprocess_communicate_utf8(process, NULL, NULL, &out, NULL, NULL) &&
		g_subprocess_get_successful(process))
		return out;
	g_free(out);
	return NULL;
}

/* gcc's counts are read by gcov, clang's by llvm-cov. */
static char *run_gcov(const char *folder)
{
	g_autofree char *plain = g_build_filename(folder, "code.gcda", NULL);
	const char *file =
		g_file_test(plain, G_FILE_TEST_EXISTS) ? "code.gcda" : "code.so-code.gcda";
	const char *const gcov[] = { "gcov", "--stdout", file, NULL };
	const char *const llvm[] = { "llvm-cov", "gcov", "--stdout", file, NULL };
	char *out = output_of(folder, gcov);

	if (out && strstr(out, ":Source:"))
		return out;
	g_free(out);
	return output_of(folder, llvm);
}

void coverage_read(const char *folder, struct coverage coverage[TREE_PARTS])
{
	g_autofree char *text = NULL;

	for (int part = 0; part < TREE_PARTS; part++)
		coverage[part] =
			(struct coverage){ .missed = g_array_new(FALSE, FALSE, sizeof(guint)) };
	text = run_gcov(folder);
	if (text)
		coverage_add(text, coverage);
}

void coverage_clear(struct coverage coverage[TREE_PARTS])
{
	for (int part = 0; part < TREE_PARTS; part++)
		g_clear_pointer(&coverage[part].missed, g_array_unref);
}
