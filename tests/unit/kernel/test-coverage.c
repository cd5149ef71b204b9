/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/coverage.h"

#include "tests/lib/suite.h"

static struct coverage coverage[TREE_PARTS];

static void begin(void)
{
	coverage_read("/nonexistent", coverage);
}

static void end(void)
{
	coverage_clear(coverage);
}

TEST(lines_are_counted_by_file)
{
	begin();
	coverage_add("        -:    0:Source:shim/names.h\n"
		     "        5:    3:x\n"
		     "        -:    0:Source:kernel/sched/core.c\n"
		     "        -:    0:Graph:code.gcno\n"
		     "        -:    1:/*EOF*/\n"
		     "       12:    2:\n"
		     "       1*:    3:\n"
		     "    #####:    4:\n"
		     "    =====:    5:\n"
		     "garbage\n:\n::\n"
		     "        -:    0:Source:kernel/sched/sched.h\n"
		     "        1:    9:\n",
		coverage);
	ck_assert_uint_eq(coverage[TREE_CORE].lines, 4);
	ck_assert_uint_eq(coverage[TREE_CORE].run, 2);
	ck_assert_uint_eq(coverage[TREE_CORE].missed->len, 2);
	ck_assert_uint_eq(g_array_index(coverage[TREE_CORE].missed, guint, 1), 5);
	ck_assert_uint_eq(coverage[TREE_SCHED].lines, 1);
	ck_assert_uint_eq(coverage[TREE_MM_TYPES].lines, 0);
	end();
}

TEST(a_folder_without_counts_gives_nothing)
{
	begin();
	for (int part = 0; part < TREE_PARTS; part++)
		ck_assert_uint_eq(coverage[part].lines, 0);
	end();
}
