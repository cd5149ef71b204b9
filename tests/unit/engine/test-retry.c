/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/retry.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

SUITE(.before = parts_start, .after = parts_stop);

TEST(a_spin_ends_only_where_the_get_is_bounded)
{
	ck_assert(!retry_is_bounded(parts_engine));
	parts_engine->model->protocol.bounded_get = true;
	ck_assert(retry_is_bounded(parts_engine));
}

TEST(where_nobody_spins_nothing_is_tried)
{
	uint64_t digest = parts_engine->recorder->digest;

	retry_all(parts_engine);
	ck_assert_uint_eq(parts_engine->recorder->digest, digest);
}
