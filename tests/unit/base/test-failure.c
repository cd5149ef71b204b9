/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/failure.h"

#include <errno.h>
#include <signal.h>

#include "tests/lib/suite.h"

static void assert_failure(GError *error, enum failure code, const char *message)
{
	ck_assert(g_error_matches(error, FAILURE, (int)code));
	ck_assert_str_eq(error->message, message);
	g_error_free(error);
}

TEST(a_failure_says_whose_it_is)
{
	GError *error = NULL;

	ck_assert(!failure_input(&error, "%s:%d: bad", "x", 7));
	assert_failure(error, FAILURE_INPUT, "x:7: bad");
	error = NULL;
	ck_assert(!failure_environment(&error, "%s: full", "x"));
	assert_failure(error, FAILURE_ENVIRONMENT, "x: full");
	ck_assert(!failure_input(NULL, "%s", "nobody asks"));
	ck_assert(!failure_environment(NULL, "%s", "nobody asks"));
}

TEST(a_file_that_cannot_be_used_is_the_machines_even_if_it_is_not_there)
{
	GError *error = NULL;

	failure_file(&error, "x", EACCES);
	assert_failure(error, FAILURE_ENVIRONMENT, "x: Permission denied");
	error = NULL;
	failure_file(&error, "x", ENOENT);
	assert_failure(error, FAILURE_ENVIRONMENT, "x: No such file or directory");
}

TEST(errors_of_others_are_the_machines)
{
	GError *error = NULL;

	ck_assert(!failure_take(
		&error, g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_NOENT, "x: gone")));
	assert_failure(error, FAILURE_ENVIRONMENT, "x: gone");
}

TEST(an_error_is_passed_on_as_it_is)
{
	GError *error = NULL, *fault = NULL;

	ck_assert(failure_pass(&error, NULL));
	ck_assert_ptr_null(error);
	failure_input(&fault, "x: bad");
	ck_assert(!failure_pass(&error, fault));
	assert_failure(error, FAILURE_INPUT, "x: bad");
}

TEST_SIGNAL(a_failure_is_not_taken_for_anothers, SIGABRT)
{
	GError *error = NULL;

	failure_input(&error, "x");
	failure_take(NULL, error);
}
