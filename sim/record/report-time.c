/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>

#include "sim/base/text.h"
#include "sim/record/report.h"

/* What one microsecond of the records is, if it is no time. */
static const char *clock_unit(const struct record_result *result)
{
	if (result->counts_events)
		return "event";
	return result->scenario->steps_line ? "step" : NULL;
}

enum { UNIT_NS = 1000 };

char *report_instant(const struct record_result *result, uint64_t ns)
{
	const char *unit = clock_unit(result);

	return unit ? g_strdup_printf("%s %" PRIu64, unit, ns / UNIT_NS) : text_time(ns);
}

char *report_length(const struct record_result *result, uint64_t ns)
{
	const char *unit = clock_unit(result);

	if (!unit)
		return text_time(ns);
	if (ns % UNIT_NS) /* the edge of a bucket */
		return g_strdup_printf("%" PRIu64 ".%" PRIu64 " %ss", ns / UNIT_NS,
			ns % UNIT_NS / 100, unit);
	return g_strdup_printf("%" PRIu64 " %s%s", ns / UNIT_NS, unit, ns == UNIT_NS ? "" : "s");
}

char *report_failed(const struct record_result *result, const struct record_verdict *verdict)
{
	g_autofree char *at = NULL;

	g_assert(verdict->failed == FAILED_UNKNOWN || !verdict->passed);
	if (verdict->failed == FAILED_AT_END)
		return g_strdup("known only at the end");
	if (verdict->failed == FAILED_UNKNOWN)
		return NULL;
	at = report_instant(result, verdict->failed_ns);
	return g_strdup_printf("failed at %s%s%s", at, verdict->failed_by ? ": " : "",
		verdict->failed_by ? verdict->failed_by : "");
}
