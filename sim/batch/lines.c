/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/batch/private.h"

#include <inttypes.h>

#include "sim/base/text.h"
#include "sim/record/report.h"

enum {
	FINDINGS_MAX = 8, /* printed of a case */
	OTHERS_MAX = 400, /* bytes of the names of those that do not pass */
};

static const struct {
	const char *of_case, *of_totals;
} words[BATCH_VERDICTS] = {
	[BATCH_PASS] = { "PASS", "pass" },
	[BATCH_FAIL] = { "FAIL", "fail" },
	[BATCH_UNDECIDED] = { "UNDECIDED", "undecided" },
	[BATCH_UNREADABLE] = { "UNREADABLE", "unreadable" },
	[BATCH_ERROR] = { "ERROR", "with an error" },
	[BATCH_NOT_RUN] = { "NOT RUN", "not run" },
};

const char *batch_verdict_to_string(enum batch_verdict verdict)
{
	g_assert(verdict < BATCH_VERDICTS);
	return words[verdict].of_case;
}

/* --- a case --- */

static void add_numbers(GString *text, const struct record_result *result)
{
	g_autofree char *time = report_length(result, result->end_ns);
	uint64_t verdicts = result->verdicts->len;

	g_assert(result->verdicts_failed <= verdicts);
	g_string_append_printf(text, " %10s  ", time);
	if (!verdicts)
		g_string_append(text, "nothing was expected");
	else
		g_string_append_printf(text, "%" PRIu64 " of %" PRIu64 " hold",
			verdicts - result->verdicts_failed, verdicts);
	if (result->violations_count)
		g_string_append_printf(
			text, ", broken properties: %" PRIu64, result->violations_count);
}

static void add_findings(GString *text, const struct batch_case *batch_case)
{
	g_autoptr(GPtrArray) findings = batch_findings(batch_case);
	g_autofree char *command = batch_command(batch_case);

	for (guint i = 0; i < MIN(findings->len, FINDINGS_MAX); i++)
		g_string_append_printf(
			text, "    %s\n", text_clean(g_ptr_array_index(findings, i)));
	if (findings->len > FINDINGS_MAX)
		g_string_append_printf(text, "    … %u more\n", findings->len - FINDINGS_MAX);
	if (command)
		g_string_append_printf(text, "    To repeat: %s\n", command);
}

void batch_line_print(GString *text, const struct batch_case *batch_case, unsigned width)
{
	glong used = g_utf8_strlen(batch_case->name, -1);

	g_string_append_printf(
		text, "%-10s  %s", batch_verdict_to_string(batch_case->verdict), batch_case->name);
	if (batch_case->result) {
		for (; used < (glong)width; used++)
			g_string_append_c(text, ' ');
		add_numbers(text, batch_case->result);
	}
	g_string_append_c(text, '\n');
	if (batch_case->verdict == BATCH_FAIL)
		add_findings(text, batch_case);
}

/* --- all of them --- */

void batch_count(struct batch_totals *totals, const char *name, enum batch_verdict verdict)
{
	g_assert(verdict < BATCH_VERDICTS);
	totals->count[verdict]++;
	if (verdict == BATCH_PASS)
		return;
	if (!totals->others)
		totals->others = g_string_new(NULL);
	if (totals->others->len < OTHERS_MAX)
		g_string_append_printf(
			totals->others, "%s%s", totals->others->len ? ", " : "", name);
	else if (!g_str_has_suffix(totals->others->str, "…"))
		g_string_append(totals->others, ", …");
}

void batch_totals_clear(struct batch_totals *totals)
{
	if (totals->others)
		g_string_free(totals->others, TRUE);
	totals->others = NULL;
}

void batch_totals_print(GString *text, const struct batch_totals *totals)
{
	uint64_t all = 0;
	const char *mark = ":";

	for (int i = 0; i < BATCH_VERDICTS; i++)
		all += totals->count[i];
	g_assert((all == totals->count[BATCH_PASS]) == !totals->others);
	g_string_append_printf(text, "\n%" PRIu64 " scenario%s", all, all == 1 ? "" : "s");
	for (int i = 0; i < BATCH_VERDICTS; i++) {
		if (totals->count[i] == 0)
			continue;
		g_string_append_printf(
			text, "%s %" PRIu64 " %s", mark, totals->count[i], words[i].of_totals);
		mark = ",";
	}
	g_string_append_c(text, '\n');
	if (totals->others)
		g_string_append_printf(text, "Did not pass: %s\n", totals->others->str);
}
