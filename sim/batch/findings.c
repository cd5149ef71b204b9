/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/batch/private.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/record/report.h"

static void add_failures(GPtrArray *findings, const struct record_result *result)
{
	for (guint i = 0; i < result->verdicts->len; i++) {
		const struct record_verdict *verdict = g_ptr_array_index(result->verdicts, i);
		g_autofree char *failed = report_failed(result, verdict);

		if (verdict->passed)
			continue;
		g_assert(verdict->found);
		g_ptr_array_add(
			findings, g_strdup_printf("%s:%" PRIu32 ": %s, found %s%s%s",
					  text_clean(result->scenario->path), verdict->expect->line,
					  verdict->expect->text, verdict->found, failed ? "; " : "",
					  failed ? failed : ""));
	}
}

/* The first line of its text is the summary. */
static void add_violations(GPtrArray *findings, const struct record_result *result)
{
	for (guint i = 0; i < result->violations->len; i++) {
		const struct record_violation *violation = g_ptr_array_index(result->violations, i);
		const char *text = violation->text ? violation->text : "";
		g_autofree char *at = report_instant(result, violation->time_ns);
		g_autofree char *first = g_strndup(text, strcspn(text, "\n"));

		g_ptr_array_add(findings,
			g_strdup_printf("%s in %s at %s%s%s", violation->property,
				record_account_name(result->accounts, violation->account, "-"), at,
				*first ? ": " : "", first));
	}
	if (result->violations_count > result->violations->len)
		g_ptr_array_add(
			findings, g_strdup_printf("%" PRIu64 " more broken properties",
					  result->violations_count - result->violations->len));
}

GPtrArray *batch_findings(const struct batch_case *batch_case)
{
	GPtrArray *findings = g_ptr_array_new_with_free_func(g_free);
	const struct record_result *result = batch_case->result;

	g_assert(batch_case->verdict < BATCH_VERDICTS);
	if (batch_case->verdict == BATCH_PASS)
		return findings;
	if (batch_case->verdict == BATCH_FAIL && result) {
		add_failures(findings, result);
		add_violations(findings, result);
	}
	for (guint i = 0; batch_case->messages && i < batch_case->messages->len; i++)
		g_ptr_array_add(findings, g_strdup(batch_case->messages->pdata[i]));
	return findings;
}

char *batch_command(const struct batch_case *batch_case)
{
	return batch_case->result ? report_command(batch_case->result->scenario) : NULL;
}
