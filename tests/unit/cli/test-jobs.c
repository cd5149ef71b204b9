/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/jobs.h"

#include "sim/base/crew.h"
#include "tests/lib/suite.h"

TEST(without_the_option_there_is_at_least_one_thread)
{
	unsigned jobs = 0;

	ck_assert(jobs_read("run", NULL, &jobs));
	ck_assert_uint_ge(jobs, 1);
	ck_assert_uint_le(jobs, CREW_JOBS_MAX);
}

static const struct {
	const char *text;
	bool good;
	unsigned jobs;
} numbers[] = {
	{ "1", true, 1 },
	{ "1024", true, CREW_JOBS_MAX },
	{ "1025", false, 77 },
	{ "0", false, 77 },
	{ "-1", false, 77 },
	{ "", false, 77 },
	{ "2x", false, 77 },
	{ "99999999999999999999", false, 77 },
};

TEST_ROWS(a_number_of_threads_is_in_range, numbers)
{
	unsigned jobs = 77;

	ck_assert_int_eq(jobs_read("run", numbers[_i].text, &jobs), numbers[_i].good);
	ck_assert_uint_eq(jobs, numbers[_i].jobs);
}
