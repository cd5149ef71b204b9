/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Which revision a released kernel has, docs/protocol.md, section 7. */

#include "sim/replay/kernels.h"
#include "tests/lib/suite.h"

static const struct {
	const char *release, *revision;
} rows[] = {
	{ "6.19.0", "6.19" },
	{ "6.19.6-amd64", "6.19.1" },
	{ "6.19.10", "7.0" },
	{ "7.0.4", "7.0" },
	{ "7.1", "7.0" },
	{ "7.1.0", "7.0" },
	{ "7.1.2-1-generic", "7.0" },
	{ "7.1.3", "7.1" }, /* the fix of B7 */
	{ "7.2.13", "7.1" },
	{ "8.0.0", "7.1" },
};

TEST_ROWS(a_release_has_the_revision_of_its_time, rows)
{
	const struct revision *revision = machine_revision_of_kernel(rows[_i].release);

	ck_assert_ptr_nonnull(revision);
	ck_assert_str_eq(revision->name, rows[_i].revision);
}

static const char *const before[] = { "6.18.9", "5.10", "", "linux" };

TEST_ROWS(a_release_from_before_the_protocol_has_none, before)
{
	ck_assert_ptr_null(machine_revision_of_kernel(before[_i]));
}
