/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/machine/describe.h"

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 60);

TEST(changes_are_those_between_two_machines)
{
	struct machine_config config = machines_busy_config("7.1", 2, 2, 4);
	struct machine *before = machines_new(&config), after = *before;
	GPtrArray *changes = describe_changes(before, &after);

	ck_assert_uint_eq(changes->len, 0);
	g_ptr_array_unref(changes);
	machines_take(&after, &config, "exit T0");
	changes = describe_changes(before, &after);
	ck_assert_uint_ge(changes->len, 3);
	ck_assert_str_eq(changes->pdata[0], "users 2 -> 1");
	ck_assert_str_eq(changes->pdata[changes->len - 1], "T0 0 -> -");
	g_ptr_array_unref(changes);
	free(before);
}
