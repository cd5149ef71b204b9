/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/axis-name.h"

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

#define ONE "[mm app]\n[ramp load]\nto=8\n"
#define TWO ONE "[tasks idle]\ncount=0\n[tasks busy]\n"
#define NONE_AT_START "[mm app]\n[tasks idle]\ncount=0\n"

static const struct {
	const char *text, *normal;
	enum axis_kind kind;
	bool ranges;
	const char *keys; /* separated by '|' */
} axes[] = {
	{ "cpus", "cpus", AXIS_CPUS, true, "machine.cpus" },
	{ "allowed", "allowed", AXIS_ALLOWED, true, "mm app.cpus" },
	{ "threads", "threads", AXIS_THREADS, true, "ramp load.to" },
	{ "revisions", "revisions", AXIS_REVISIONS, false, "protocol.revision" },
	{ "protocol.revision", "protocol.revision", AXIS_REVISIONS, false, "protocol.revision" },
	{ "seeds", "seeds", AXIS_SEEDS, true, "scenario.seed" },
	{ "scenario . seed", "scenario.seed", AXIS_SEEDS, true, "scenario.seed" },
	{ " ramp\t load . to ", "ramp load.to", AXIS_KEY, true, "ramp load.to" },
	{ "cost.fork", "cost.fork", AXIS_KEY, true, "cost.fork" },
	{ "protocol.split-get", "protocol.split-get", AXIS_KEY, true, "protocol.split-get" },
	{ "machine.cpus", "machine.cpus", AXIS_KEY, false, "machine.cpus" },
	{ "sched.placement", "sched.placement", AXIS_KEY, false, "sched.placement" },
};

SUITE(.before = parse_start, .after = parse_stop);

TEST_ROWS(an_axis_is_a_short_name_or_a_key, axes)
{
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *list = NULL;
	struct axis_name name;

	parse_good(ONE);
	ck_assert_ptr_null(axis_name_read(scenario, axes[_i].text, &name));
	ck_assert_str_eq(name.text, axes[_i].normal);
	ck_assert_int_eq(name.kind, axes[_i].kind);
	ck_assert_int_eq(name.ranges, axes[_i].ranges);
	ck_assert_ptr_null(axis_name_keys(scenario, &name, keys));
	g_ptr_array_add(keys, NULL);
	list = g_strjoinv("|", (char **)keys->pdata);
	ck_assert_str_eq(list, axes[_i].keys);
	axis_name_clear(&name);
}

static const struct {
	const char *text, *message;
} unknown[] = {
	{ "thread", "unknown axis, did you mean 'threads'?" },
	{ "x", "unknown axis, write cpus, allowed, threads, revisions, seeds or group.key" },
	{ "expect.users", "no axis can set the keys of [expect]" },
	{ "ram load.to", "unknown kind of group 'ram', did you mean 'ramp'?" },
	{ "ramp.load.to", "unknown kind of group 'ramp.load', did you mean 'ramp load'?" },
	{ "ramp.to", "the group has no name, write it like 'ramp NAME.key'" },
	{ "ramp lod.to", "the file has no group 'ramp lod', did you mean 'ramp load'?" },
	{ "pool x.threads", "the file has no group 'pool x'" },
	{ "cost app.fork", "[cost] has no name behind it" },
	{ "ramp load.too", "unknown key 'too' in group 'ramp load', did you mean 'to'?" },
	{ "protocol.revison",
		"unknown key 'revison' in group 'protocol', did you mean 'revision'?" },
	{ ".to", "unknown kind of group '', the kinds are scenario, machine, protocol, cost, "
		 "sched, mm, tasks, ramp, pool, at, expect, sweep, explore, steps" },
};

TEST_ROWS(an_axis_that_is_unknown_has_the_nearest_one_named, unknown)
{
	struct axis_name name;
	g_autofree char *message = NULL;

	parse_good(ONE);
	message = axis_name_read(scenario, unknown[_i].text, &name);
	ck_assert_pstr_eq(message, unknown[_i].message);
}

static const struct {
	const char *file, *message;
} many[] = {
	{ "[mm app]\n", "the scenario has no [ramp], [pool] or [tasks] whose size it could set" },
	{ TWO, "the scenario has 2 workloads, use --vary with one of 'ramp load.to', 'tasks "
	       "busy.count', 'tasks idle.count'" },
	{ NONE_AT_START, "all [tasks] have count = 0, use --vary with one of 'tasks idle.count'" },
};

TEST_ROWS(threads_need_one_workload, many)
{
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *message = NULL;
	struct axis_name name;

	parse_good(many[_i].file);
	ck_assert_ptr_null(axis_name_read(scenario, "threads", &name));
	message = axis_name_keys(scenario, &name, keys);
	ck_assert_pstr_eq(message, many[_i].message);
	ck_assert_uint_eq(keys->len, 0);
	axis_name_clear(&name);
}

TEST(the_keys_of_all_groups_are_known)
{
	g_autoptr(GPtrArray) keys = axis_keys();

	ck_assert(g_ptr_array_find_with_equal_func(keys, "machine.cpus", g_str_equal, NULL));
	ck_assert(g_ptr_array_find_with_equal_func(keys, "cost.fork", g_str_equal, NULL));
	ck_assert(g_ptr_array_find_with_equal_func(keys, "pool NAME.threads", g_str_equal, NULL));
	for (guint i = 0; i < keys->len; i++)
		ck_assert_int_eq(strchr(keys->pdata[i], '.') != NULL, 1);
}
