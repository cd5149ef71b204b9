/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* symlink */
#include <glib/gstdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/failure.h"
#include "sim/base/work-folder.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 60);

TEST(a_folder_goes_with_its_files_and_folders)
{
	char *work = work_folder_new(NULL), *other = work_folder_new(NULL);
	g_autofree char *copy = g_strdup(work), *inner = NULL, *file = NULL, *link = NULL;

	ck_assert_ptr_nonnull(work);
	inner = g_build_filename(work, "inner", NULL);
	ck_assert_int_eq(g_mkdir(inner, 0700), 0);
	file = g_build_filename(inner, "file", NULL);
	ck_assert(g_file_set_contents(file, "x", 1, NULL));
	link = g_build_filename(work, "link", NULL);
	ck_assert_int_eq(symlink(other, link), 0);
	work_folder_remove(work);
	ck_assert(!g_file_test(copy, G_FILE_TEST_EXISTS));
	ck_assert(g_file_test(other, G_FILE_TEST_IS_DIR));
	work_folder_remove(other);
}

/* What a process leaves that gets no memory; not those of the process that started it. */
TEST(all_folders_of_a_process_go_at_once)
{
	g_autofree char *first = work_folder_new(NULL), *second = work_folder_new(NULL), *file = NULL;
	char *third = work_folder_new(NULL);
	pid_t pid;
	int status;

	file = g_build_filename(second, "file", NULL);
	ck_assert(g_file_set_contents(file, "x", 1, NULL));
	work_folder_remove(third);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		work_folders_remove();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(g_file_test(first, G_FILE_TEST_IS_DIR));
	work_folders_remove();
	ck_assert(!g_file_test(first, G_FILE_TEST_EXISTS));
	ck_assert(!g_file_test(second, G_FILE_TEST_EXISTS));
}

TEST(where_none_can_be_made_the_environment_is_to_blame)
{
	g_autoptr(GError) fault = NULL;

	g_setenv("TMPDIR", "/nowhere", TRUE);
	ck_assert_ptr_null(work_folder_new(&fault));
	ck_assert(g_error_matches(fault, FAILURE, FAILURE_ENVIRONMENT));
}
