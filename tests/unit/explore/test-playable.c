/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* From a reduced machine's path to steps that `cidsim run` plays. */

#include "sim/explore/playable.h"

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

static struct machine_config reduced(void)
{
	struct machine_config config = machines_busy_config("7.1", 3, 2, 4);

	config.reduced = true;
	return config;
}

/* @expected: texts with '/' between them; NULL: there are no such steps. */
static void expect_playable(const struct machine_config *config, const char *const *texts,
	const char *expected)
{
	g_autoptr(GArray) path = g_array_new(FALSE, FALSE, sizeof(struct explore_step));
	g_autoptr(GArray) steps = NULL;
	g_autoptr(GString) text = g_string_new(NULL);

	for (; *texts; texts++) {
		struct explore_step step = machines_step(config, *texts);

		g_array_append_val(path, step);
	}
	steps = playable_steps(config, path);
	if (!expected) {
		ck_assert_ptr_null(steps);
		return;
	}
	ck_assert_ptr_nonnull(steps);
	for (guint i = 0; i < steps->len; i++) {
		char one[STEP_TEXT_MAX];

		step_print(&g_array_index(steps, struct explore_step, i), one);
		g_string_append_printf(text, "%s%s", i > 0 ? "/" : "", one);
	}
	ck_assert_str_eq(text->str, expected);
}

SUITE(.timeout = 60);

TEST(the_config_of_a_player_is_not_reduced)
{
	struct machine_config config = reduced(), playable;

	config.any_cpu_order = config.any_task_order = config.may_all_exit = true;
	playable = playable_config(&config);
	ck_assert(!playable.reduced && !playable.any_cpu_order && !playable.any_task_order);
	ck_assert(!playable.may_all_exit);
	ck_assert_uint_eq(playable.cpus_count, config.cpus_count);
	ck_assert_mem_eq(playable.may, config.may, sizeof(config.may));
}

TEST(steps_that_need_nothing_stay_as_they_are)
{
	struct machine_config config = reduced();

	expect_playable(&config, STEPS("in 1 T1", "fork T0 T2", "out 1"),
		"in 1 T1/fork T0 T2/out 1");
}

/* Reduced, one that is dead has left its CPU; played, it must be switched out. */
TEST(the_dead_are_switched_out_before_their_cpu_is_used)
{
	struct machine_config config = reduced();

	expect_playable(&config, STEPS("exit T0", "in 0 T1"), "exit T0/out 0/in 0 T1");
}

TEST(the_dead_make_room_for_a_child_of_their_number)
{
	struct machine_config config = reduced();

	expect_playable(&config, STEPS("in 1 T1", "exit T0", "fork T1 T0"),
		"in 1 T1/exit T0/out 0/fork T1 T0");
}

TEST(a_walk_in_another_order_than_the_kernels_cannot_be_played)
{
	struct machine_config config = machines_busy_config("7.1", 2, 2, 4);

	config.reduced = config.any_task_order = true;
	config.may[MACHINE_VFORKS] = 0;
	expect_playable(&config, STEPS("fork T0 T2", "walk T1", "walk T2"), NULL);
}
