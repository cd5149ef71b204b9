/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/compare/private.h"

static char *about_run(const struct plot_run *run)
{
	GString *text = g_string_new(NULL);

	g_assert(run->revision);
	g_string_append_printf(text, "revision %s", run->revision);
	if (run->flags && *run->flags)
		g_string_append_printf(text, " with %s", run->flags);
	if (run->seed)
		g_string_append_printf(text, ", seed %s", run->seed);
	return g_string_free(text, FALSE);
}

struct comparison *compare_runs(const char *const paths[2], GError **error)
{
	struct plot_run *runs[2] = { NULL, NULL };
	struct comparison *comparison = comparison_new(paths);
	bool good = true;

	for (int side = 0; good && side < 2; side++) {
		runs[side] = plot_run_open(paths[side], error);
		good = runs[side] != NULL;
		if (good)
			comparison->about[side] = about_run(runs[side]);
	}
	good = good && compare_events(comparison, runs, error) &&
	       compare_reports(comparison, runs, error);
	for (int side = 0; side < 2; side++)
		if (runs[side])
			plot_run_free(runs[side]);
	if (good)
		return comparison;
	comparison_free(comparison);
	return NULL;
}
