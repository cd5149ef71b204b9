/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/defects.h"

#include <check.h>
#include <glib.h>

const struct shipped_defect shipped_defects[DEFECTS] = {
	{ "b1", "v5" },
	{ "b2", "6.19-livelock" },
	{ "b3", "6.19-ordering" },
	{ "b4", "6.19" },
	{ "b5", "6.19.1" },
	{ "b6", "7.0-fork" },
	{ "b7", "7.0" },
	{ "b8", "7.1" },
	{ "b9", "7.1" },
	{ "b10", "7.1" },
	{ "b11", "7.1" },
	{ "b12", "v4" },
};

struct scenario_explore defects_load(const char *name, const char *revision)
{
	g_autofree char *path = g_strdup_printf("scenarios/explore/%s.scn", name);
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	const struct scenario_overrides overrides = { .revision = revision };
	bool environment = false;
	struct scenario *scenario = scenario_load(path, &overrides, errors, &environment);
	struct scenario_explore explore;

	ck_assert_msg(scenario != NULL, "%s: %s", path,
		errors->len > 0 ? (char *)errors->pdata[0] : "no message");
	explore = scenario->explore;
	scenario_free(scenario);
	return explore;
}
