/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/command.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "tests/lib/folder.h"
#include "tests/lib/suite.h"

TEST(the_more_serious_status_is_kept)
{
	static const int by_weight[] = { EXIT_OK, EXIT_UNDECIDED, EXIT_FAILED, EXIT_USAGE,
		EXIT_ENVIRONMENT };

	for (size_t i = 0; i < G_N_ELEMENTS(by_weight); i++) {
		for (size_t j = 0; j < G_N_ELEMENTS(by_weight); j++)
			ck_assert_int_eq(
				command_worse(by_weight[i], by_weight[j]), by_weight[MAX(i, j)]);
	}
}

/* A folder of scenarios: b.scn, a.scn and no-scenario.txt, in study/ c.scn. */
static char *make_folder(void)
{
	static const char *const names[] = { "b.scn", "a.scn", "no-scenario.txt", "study/c.scn" };
	char *dir = folder_new();
	g_autofree char *study = g_build_filename(dir, "study", NULL);

	ck_assert_int_eq(g_mkdir(study, 0777), 0);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(dir, names[i], NULL);

		ck_assert(g_file_set_contents(path, "[mm app]\n", -1, NULL));
	}
	g_setenv("CIDSIM_SCENARIOS", dir, TRUE);
	return dir;
}

static void remove_folder(char *dir)
{
	g_autofree char *command = g_strdup_printf("rm -r %s", dir);

	ck_assert_int_eq(system(command), 0);
	g_free(dir);
}

TEST(a_folder_is_its_scenarios_by_name)
{
	char *dir = make_folder();
	char *argv[] = { (char *)"run", dir, NULL };
	int status = EXIT_OK;
	GPtrArray *paths = command_scenarios(2, argv, &status);

	ck_assert_int_eq(status, EXIT_OK);
	ck_assert_uint_eq(paths->len, 2);
	ck_assert(g_str_has_suffix(paths->pdata[0], "/a.scn"));
	ck_assert(g_str_has_suffix(paths->pdata[1], "/b.scn"));
	g_ptr_array_free(paths, TRUE);
	remove_folder(dir);
}

TEST(a_folder_without_scenarios_is_usage)
{
	char *dir = folder_new();
	char *argv[] = { (char *)"run", dir, NULL };
	int status = EXIT_OK;
	GPtrArray *paths = command_scenarios(2, argv, &status);

	ck_assert_int_eq(status, EXIT_USAGE);
	ck_assert_uint_eq(paths->len, 0);
	g_ptr_array_free(paths, TRUE);
	remove_folder(dir);
}

TEST(shipped_scenarios_have_short_names)
{
	char *dir = make_folder();
	g_autofree char *a = command_shipped("a"), *b = command_shipped("b.scn"),
			*c = command_shipped("study/c"),
			*nearest = command_nearest_shipped("study/d");
	int status = EXIT_OK;
	g_autoptr(GPtrArray) names = command_shipped_names(dir, &status);

	ck_assert(g_str_has_suffix(a, "/a.scn"));
	ck_assert(g_str_has_suffix(b, "/b.scn"));
	ck_assert(g_str_has_suffix(c, "/study/c.scn"));
	ck_assert_ptr_null(command_shipped("./a"));
	ck_assert_ptr_null(command_shipped("/a"));
	ck_assert_ptr_null(command_shipped("study/x/c"));
	ck_assert_ptr_null(command_shipped("d"));
	ck_assert_str_eq(nearest, "study/c");
	ck_assert_int_eq(status, EXIT_OK);
	ck_assert_uint_eq(names->len, 3);
	ck_assert_str_eq(names->pdata[2], "study/c");
	remove_folder(dir);
}

TEST(what_cannot_be_loaded_sets_the_status)
{
	char *dir = make_folder();
	g_autofree char *missing = g_build_filename(dir, "missing.scn", NULL);
	g_autofree char *bad = g_build_filename(dir, "no-scenario.txt", NULL);
	int status = EXIT_OK;

	ck_assert_ptr_null(command_load(missing, NULL, &status));
	ck_assert_int_eq(status, EXIT_ENVIRONMENT);
	ck_assert(g_file_set_contents(bad, "no key\n", -1, NULL));
	ck_assert_ptr_null(command_load(bad, NULL, &status));
	ck_assert_int_eq(status, EXIT_ENVIRONMENT); /* which is the more serious one */
	status = EXIT_OK;
	ck_assert_ptr_null(command_load(bad, NULL, &status));
	ck_assert_int_eq(status, EXIT_USAGE);
	remove_folder(dir);
}
