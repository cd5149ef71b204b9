/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#include "sim/explore/search/threads.h"

#include <glib.h>
#include <signal.h>

#include "tests/lib/suite.h"

enum { THREADS = 7 };

static void count(void *context, unsigned index)
{
	g_atomic_int_inc(&((int *)context)[index]);
}

SUITE(.timeout = 60);

TEST_RANGE(each_index_is_worked_on_once, 1, THREADS + 1)
{
	int counts[THREADS + 1] = { 0 };

	threads_run((unsigned)_i, count, counts);
	for (int i = 0; i <= THREADS; i++)
		ck_assert_int_eq(counts[i], i < _i);
}

TEST_SIGNAL(no_threads_at_all_are_our_bug, SIGABRT)
{
	threads_run(0, count, NULL);
}
