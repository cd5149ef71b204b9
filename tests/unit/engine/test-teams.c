/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/task.h"
#include "sim/engine/teams.h"
#include "tests/lib/suite.h"

static struct teams teams;

static void start(void)
{
	teams_init(&teams);
}

static void stop(void)
{
	teams_clear(&teams);
}

SUITE(.before = start, .after = stop);

TEST(a_team_ends_with_its_last_reference)
{
	uint32_t pool = teams_new(&teams, TEAM_POOL, 5), vfork = teams_new(&teams, TEAM_VFORK, 6);

	teams_at(&teams, pool)->waiting = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	teams_at(&teams, pool)->refs++;
	teams_put(&teams, pool);
	ck_assert_uint_eq(teams_at(&teams, pool)->leader, 5);
	ck_assert_uint_ne(teams_new(&teams, TEAM_MAIN, 7), pool);
	teams_put(&teams, pool);
	/* its place is free */
	ck_assert_uint_eq(teams_new(&teams, TEAM_MAIN, 8), pool);
	ck_assert_uint_eq(teams_at(&teams, pool)->leader, 8);
	ck_assert_uint_eq(teams_at(&teams, pool)->ramp, INDEX_NONE);
	ck_assert_ptr_null(teams_at(&teams, pool)->waiting);
	ck_assert_uint_eq(teams_at(&teams, vfork)->leader, 6);
}

TEST(a_thread_that_is_no_member_is_not_missed)
{
	uint32_t main = teams_new(&teams, TEAM_MAIN, 1), threads[] = { 4, 5, 6 };
	struct team *team = teams_at(&teams, main);

	team->threads = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_array_append_vals(team->threads, threads, 3);
	team_remove_thread(team, 5);
	team_remove_thread(team, 9);
	ck_assert_uint_eq(team->threads->len, 2);
	ck_assert_uint_eq(g_array_index(team->threads, uint32_t, 0), 4);
	ck_assert_uint_eq(g_array_index(team->threads, uint32_t, 1), 6);
}

TEST_SIGNAL(a_team_that_has_ended_has_no_reference, SIGABRT)
{
	uint32_t team = teams_new(&teams, TEAM_POOL, 5);

	teams_put(&teams, team);
	teams_put(&teams, team);
}
