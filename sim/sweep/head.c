/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/head.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/csv.h"
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
	GString *head = g_string_new("# cidsim " CIDSIM_VERSION " sweep\n");
	char *columns = sweep_row_columns(axes);

	g_assert(g_str_has_suffix(columns, "\n"));
	csv_add_comment(head, "command", command);
	append_scenario(head, scenario);
	if (mm)
		csv_add_comment(head, "mm", mm);
	append_axes(head, axes);
	g_string_append(head, columns);
	g_free(columns);
	return g_string_free(head, FALSE);
}

char *sweep_shell_line(const char *const *words, size_t count)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=:,./@%";
	GString *line = g_string_new(NULL);

	g_assert(count >= 1);
	for (size_t i = 0; i < count; i++) {
		char *quoted = g_shell_quote(words[i]);
		bool is_plain = *words[i] && words[i][strspn(words[i], plain)] == '\0';

		if (i > 0)
			g_string_append_c(line, ' ');
		g_string_append(line, is_plain ? words[i] : quoted);
		g_free(quoted);
	}
	return g_string_free(line, FALSE);
}
