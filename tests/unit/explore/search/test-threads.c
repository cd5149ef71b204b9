/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#include "sim/explore/search/threads.h"

#include <glib.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/lib/suite.h"

enum { THREADS = 7 };

static void count(void *context, unsigned index)
{
	g_atomic_int_inc(&((int *)context)[index]);
}

SUITE(.timeout = 60);

TEST_RANGE(each_index_is_worked_on_once_in_each_round, 1, THREADS + 1)
{
	int counts[THREADS + 1] = { 0 };
	struct threads *threads = threads_new((unsigned)_i);

	ck_assert_uint_eq(threads_count(threads), _i);
	for (int round = 1; round <= 100; round++) {
		threads_run(threads, count, counts);
		for (int i = 0; i <= THREADS; i++)
			ck_assert_int_eq(counts[i], i < _i ? round : 0);
	}
	threads_free(threads);
}

TEST(where_the_system_gives_none_the_caller_works)
{
	struct rlimit before, limit;
	int counts[THREADS] = { 0 };
	struct threads *threads;

	/* the limit is not for root */
	if (geteuid() == 0)
		ck_assert_int_eq(setuid(65534), 0);
	ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 1), 0); /* a sanitizer looks at the process */
	ck_assert_int_eq(getrlimit(RLIMIT_NPROC, &before), 0);
	limit = (struct rlimit){ 1, before.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &limit), 0);
	threads = threads_new(THREADS);
	ck_assert_uint_eq(threads_count(threads), 1);
	threads_run(threads, count, counts);
	ck_assert_int_eq(counts[0], 1);
	threads_free(threads);
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &before), 0);
}

TEST_SIGNAL(no_threads_at_all_are_our_bug, SIGABRT)
{
	threads_new(0);
}
