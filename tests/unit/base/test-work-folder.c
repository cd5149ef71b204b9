/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/failure.h"
#include "sim/base/work-folder.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 60);

TEST(a_folder_goes_with_its_files)
{
	char *work = work_folder_new(NULL);
	g_autofree char *copy = g_strdup(work), *file = NULL;

	ck_assert_ptr_nonnull(work);
	file = g_build_filename(work, "file", NULL);
	ck_assert(g_file_set_contents(file, "x", 1, NULL));
	work_folder_remove(work);
	ck_assert(!g_file_test(copy, G_FILE_TEST_EXISTS));
}

TEST(where_none_can_be_made_the_environment_is_to_blame)
{
	g_autoptr(GError) fault = NULL;

	g_setenv("TMPDIR", "/nowhere", TRUE);
	ck_assert_ptr_null(work_folder_new(&fault));
	ck_assert(g_error_matches(fault, FAILURE, FAILURE_ENVIRONMENT));
}
