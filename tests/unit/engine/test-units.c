/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "model/state.h"
#include "sim/engine/units.h"
#include "sim/engine/task.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

static struct scenario *scenario;
static struct masks masks;
static struct units units;

static void start(void)
{
	scenario = sim_parse("[machine]\ncpus = 4\n[mm app]\ncount = 2\n"
			     "[tasks worker]\nmm = app\ncount = 3\ncpus = 1-2\n"
			     "[tasks other]\nmm = app\ncount = 1\n"
			     "[ramp narrow]\nmm = app\nto = 4\ncpus = 3\n"
			     "[mm two]\n[ramp wide]\nmm = two\nto = 4\n"
			     "[at 1ms]\nexit = worker/1\n");
	masks_init(&masks, 4);
	units_init(&units, scenario, &masks);
}

static void stop(void)
{
	units_clear(&units);
	masks_clear(&masks);
	scenario_free(scenario);
}

SUITE(.before = start, .after = stop);

TEST(mms_and_groups_are_units_in_the_order_of_the_file)
{
	const struct unit *group = units_at(&units, units.first[UNIT_GROUP]);

	ck_assert_str_eq(units_at(&units, units.first[UNIT_MAIN])->name, "app");
	ck_assert_str_eq(group->name, "worker");
	ck_assert(group->has_mask);
	ck_assert_uint_eq(masks_at(&masks, group->mask)->count, 2);
	ck_assert_str_eq(group[1].name, "other");
	ck_assert(!group[1].has_mask);
	ck_assert_int_eq(units_at(&units, units.first[UNIT_KWORKER])->kind, UNIT_KWORKER);
}

TEST(a_ramp_has_the_affinity_that_its_group_says)
{
	const struct unit *ramp = units_at(&units, units.first[UNIT_RAMP]);

	ck_assert_str_eq(ramp->name, "narrow");
	ck_assert(ramp->has_mask);
	ck_assert_uint_eq(masks_at(&masks, ramp->mask)->count, 1);
	ck_assert(cpu_set_has(masks_at(&masks, ramp->mask), 3));
	ck_assert_str_eq(ramp[1].name, "wide");
	ck_assert(!ramp[1].has_mask);
}

TEST(only_units_that_an_action_names_remember_their_members)
{
	uint32_t worker = units.first[UNIT_GROUP];
	GArray *members = units_members(&units, &scenario->actions[0].who);

	ck_assert_ptr_eq(units_at(&units, worker)->members, members);
	ck_assert_ptr_null(units_at(&units, worker + 1)->members);
	ck_assert_uint_eq(members->len, 6); /* of both processes: they have the first numbers */
	units_add_member(&units, worker, 4, 17, 117);
	units_add_member(&units, worker, INDEX_NONE, 18, 118);
	ck_assert_uint_eq(members->len, 7);
	ck_assert_uint_eq(g_array_index(members, struct member, 3).task, TASK_NONE);
	ck_assert_uint_eq(g_array_index(members, struct member, 4).pid, 117);
	ck_assert_uint_eq(g_array_index(members, struct member, 6).task, 18);
	units_add_member(&units, worker + 1, 0, 19, 119); /* nobody asks for it */
	ck_assert_ptr_null(units_at(&units, worker + 1)->members);
}

TEST(an_action_of_nobody_has_no_members)
{
	struct scenario_ref nobody = { .kind = REF_NONE };

	ck_assert_ptr_null(units_members(&units, &nobody));
}

TEST_SIGNAL(a_member_is_a_task, SIGABRT)
{
	units_add_member(&units, units.first[UNIT_GROUP], 0, TASK_NONE, 0);
}
