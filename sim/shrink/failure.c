/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/shrink/failure.h"

#include <string.h>

#include "sim/record/expect.h"

static const char *mm_of(const struct record_result *result, const struct scenario_expect *expect)
{
	if (expect->mm < 0)
		return NULL;
	g_assert(expect->mm < result->scenario->mms_count);
	return result->scenario->mms[expect->mm].name;
}

static uint64_t time_of(const struct scenario_expect *expect)
{
	return expect->at_end ? UINT64_MAX : expect->time_ns;
}

/* Is one of the expectations that hold about broken properties? */
static bool expects_properties(const struct record_result *result)
{
	for (guint i = 0; i < result->verdicts->len; i++) {
		const struct record_verdict *verdict = result->verdicts->pdata[i];
		enum scenario_metric metric = verdict->expect->metric;

		if (verdict->passed && (metric == METRIC_VIOLATIONS || metric == METRIC_LIVELOCKS ||
					       metric == METRIC_PROPERTY))
			return true;
	}
	return false;
}

/* The property that was broken after @expected others; NULL if that is not known. */
static const char *property_beyond(const struct record_result *result, uint64_t expected)
{
	if (expected >= result->violations->len)
		return NULL;
	return ((const struct record_violation *)result->violations->pdata[expected])->property;
}

static void describe_verdict(struct failure *failure, const struct record_result *result,
	const struct record_verdict *verdict)
{
	failure->mm = g_strdup(mm_of(result, verdict->expect));
	failure->process = verdict->expect->process;
	failure->time_ns = time_of(verdict->expect);
	failure->text = g_strdup(verdict->expect->text);
	failure->line = verdict->expect->line;
	if (!expect_has_failed(result, verdict->expect))
		failure->found = g_strdup(verdict->found);
	else if (verdict->expect->metric == METRIC_VIOLATIONS ||
		 verdict->expect->metric == METRIC_LIVELOCKS)
		failure->property = g_strdup(property_beyond(result, verdict->expect->value));
}

struct failure *failure_new(const struct record_result *result)
{
	struct failure *failure = g_new0(struct failure, 1);

	g_assert(record_result_outcome(result) == OUTCOME_FAILED);
	if (result->violations->len > 0 &&
		(result->verdicts_failed == 0 || !expects_properties(result))) {
		const struct record_violation *violation = result->violations->pdata[0];

		failure->property = g_strdup(violation->property);
		return failure;
	}
	for (guint i = 0; i < result->verdicts->len && !failure->text; i++) {
		const struct record_verdict *verdict = result->verdicts->pdata[i];

		if (!verdict->passed)
			describe_verdict(failure, result, verdict);
	}
	g_assert(failure->text);
	return failure;
}

void failure_free(struct failure *failure)
{
	if (!failure)
		return;
	g_free(failure->property);
	g_free(failure->mm);
	g_free(failure->text);
	g_free(failure->found);
	g_free(failure);
}

static bool is_verdict(const struct failure *failure, const struct record_result *result,
	const struct record_verdict *verdict)
{
	const struct scenario_expect *expect = verdict->expect;

	return !verdict->passed && strcmp(expect->text, failure->text) == 0 &&
	       g_strcmp0(mm_of(result, expect), failure->mm) == 0 &&
	       expect->process == failure->process && time_of(expect) == failure->time_ns &&
	       expect_has_failed(result, expect) == !failure->found &&
	       (!failure->found || strcmp(verdict->found, failure->found) == 0);
}

static bool breaks(const struct record_result *result, const char *property)
{
	for (guint i = 0; i < result->violations->len; i++) {
		const struct record_violation *violation = result->violations->pdata[i];

		if (strcmp(violation->property, property) == 0)
			return true;
	}
	return false;
}

bool failure_is_of(const struct failure *failure, const struct record_result *result)
{
	g_assert(failure->property || failure->text);
	if (record_result_outcome(result) != OUTCOME_FAILED ||
		(failure->property && !breaks(result, failure->property)))
		return false;
	for (guint i = 0; failure->text && i < result->verdicts->len; i++) {
		if (is_verdict(failure, result, result->verdicts->pdata[i]))
			return true;
	}
	return !failure->text;
}

char *failure_text(const struct failure *failure)
{
	GString *text = g_string_new(NULL);

	if (failure->text)
		g_string_append_printf(text, "%s%s%s does not hold", failure->text,
			failure->mm ? " of " : "", failure->mm ? failure->mm : "");
	if (failure->found)
		g_string_append_printf(text, ", found %s", failure->found);
	if (failure->property)
		g_string_append_printf(
			text, "%s%s is broken", failure->text ? ", " : "", failure->property);
	return g_string_free(text, FALSE);
}
