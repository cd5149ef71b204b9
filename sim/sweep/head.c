/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/head.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/csv.h"
#include "sim/base/version.h"
#include "sim/record/report.h"
#include "sim/sweep/row.h"

static void append_scenario(GString *head, const struct scenario *scenario)
{
	char *revision = report_revision(scenario);

	g_string_append_printf(head, "# scenario-digest %016" PRIx64 "\n", scenario->digest);
	csv_add_comment(head, "title", scenario->title);
	csv_add_comment(head, "revision", revision);
	g_free(revision);
}

static void append_axes(GString *head, const struct sweep_axes *axes)
{
	g_assert(sweep_axes_points(axes) >= 1);
	for (unsigned axis = 0; axis < sweep_axes_count(axes); axis++) {
		char *text = g_strdup_printf(
			"%s = %s", sweep_axes_name(axes, axis), sweep_axes_text(axes, axis));

		csv_add_comment(head, "axis", text);
		g_free(text);
	}
	g_string_append_printf(head, "# points %" PRIu64 "\n", sweep_axes_points(axes));
}

char *sweep_head(const char *command, const struct scenario *scenario,
	const struct sweep_axes *axes, const char *mm)
{
	GString *head = g_string_new(NULL);
	char *columns = sweep_row_columns(axes);

	g_assert(g_str_has_suffix(columns, "\n"));
	g_string_append_printf(head, "# cidsim %s sweep\n", version_text());
	csv_add_comment(head, "command", command);
	append_scenario(head, scenario);
	if (mm)
		csv_add_comment(head, "mm", mm);
	append_axes(head, axes);
	g_string_append(head, columns);
	g_free(columns);
	return g_string_free(head, FALSE);
}
