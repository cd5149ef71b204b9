/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/ops.h"
#include "tests/lib/suite.h"

static struct ops ops;

static void start(void)
{
	ops_init(&ops);
}

static void stop(void)
{
	ops_clear(&ops);
}

SUITE(.before = start, .after = stop);

TEST(an_operation_keeps_its_arguments_and_its_room_is_used_again)
{
	uint32_t first = ops_new(&ops, &(struct op){ .task = 1, .count = 4 });
	uint32_t second = ops_new(&ops, &(struct op){ .task = 2, .left_ns = 9 });

	ck_assert_uint_ne(first, second);
	ck_assert_uint_eq(ops_at(&ops, first)->count, 4);
	ck_assert_uint_eq(ops_at(&ops, second)->left_ns, 9);
	ops_free(&ops, first);
	ck_assert_uint_eq(ops_new(&ops, &(struct op){ .task = 3 }), first);
	ck_assert_uint_eq(ops_at(&ops, first)->task, 3);
	ck_assert_uint_eq(ops_at(&ops, first)->count, 0);
}

TEST_SIGNAL(what_never_began_does_not_end, SIGABRT)
{
	ops_free(&ops, 0);
}

TEST_SIGNAL(an_operation_ends_once, SIGABRT)
{
	uint32_t op = ops_new(&ops, &(struct op){ .task = 1 });

	ops_free(&ops, op);
	ops_free(&ops, op);
}
