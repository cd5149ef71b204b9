/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/batch/private.h"

#include <inttypes.h>

#include "sim/base/json-write.h"
#include "sim/base/text.h"

void batch_tap_plan(GString *text, uint64_t cases)
{
	g_string_append_printf(text, "TAP version 13\n1..%" PRIu64 "\n", cases);
}

void batch_tap_bail_out(GString *text)
{
	g_string_append(text, "Bail out! interrupted\n");
}

/* '#' begins a directive. */
static void add_description(GString *text, const char *name)
{
	for (const char *c = name; *c; c++) {
		if (*c == '#' || *c == '\\')
			g_string_append_c(text, '\\');
		g_string_append_c(text, *c);
	}
}

/* A string of JSON is one of YAML, too. */
static void add_yaml_string(GString *text, const char *before, const char *value)
{
	struct json json = { .text = text };

	g_string_append(text, before);
	json_add_text(&json, NULL, value);
	g_string_append_c(text, '\n');
}

static void add_diagnostics(GString *text, const struct batch_case *batch_case)
{
	g_autoptr(GPtrArray) findings = batch_findings(batch_case);
	g_autofree char *command = batch_command(batch_case);

	g_string_append(text, "  ---\n");
	add_yaml_string(text, "  file: ", batch_case->path);
	add_yaml_string(text, "  verdict: ", batch_verdict_to_string(batch_case->verdict));
	if (batch_case->result)
		g_string_append_printf(
			text, "  simulated_ns: %" PRIu64 "\n", batch_case->result->end_ns);
	/* A text of lines: Perl's parser of TAP knows no lists of strings in quotes. */
	if (findings->len > 0)
		g_string_append(text, "  findings: |\n");
	for (guint i = 0; i < findings->len; i++)
		g_string_append_printf(
			text, "    - %s\n", text_clean(g_ptr_array_index(findings, i)));
	if (command)
		add_yaml_string(text, "  repeat: ", command);
	g_string_append(text, "  ...\n");
}

void batch_tap_print(GString *text, const struct batch_case *batch_case, uint64_t number)
{
	bool passes = batch_case->verdict == BATCH_PASS;

	g_assert(number > 0);
	if (batch_case->verdict == BATCH_NOT_RUN)
		return;
	g_string_append_printf(text, "%sok %" PRIu64 " - ", passes ? "" : "not ", number);
	add_description(text, batch_case->name);
	g_string_append_c(text, '\n');
	if (!passes)
		add_diagnostics(text, batch_case);
}
