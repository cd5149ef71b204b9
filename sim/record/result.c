/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/record.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/numbers.h"

uint64_t record_gauge_mean_milli(const struct record_gauge *gauge, uint64_t span_ns)
{
	struct wide low = wide_product(gauge->sum_low, 1000);
	uint64_t high = gauge->sum_high * 1000;

	/* No run comes near: it would take 2^54 ns at the value 2^64. */
	g_assert(gauge->sum_high >> 54 == 0);
	return number_divide((struct wide){ low.low, low.high + high }, span_ns);
}

/* The bucket of @ns: exact below 16, then eight to each power of two. */
static unsigned bucket_of(uint64_t ns)
{
	unsigned exponent, bucket;

	if (ns < 8)
		return (unsigned)ns;
	exponent = 63 - (unsigned)__builtin_clzll(ns);
	bucket = (exponent - 2) * 8 + (unsigned)(ns >> (exponent - 3) & 7);
	return bucket < RECORD_BUCKETS ? bucket : RECORD_BUCKETS - 1;
}

/* The longest length that goes to @bucket. */
static uint64_t bucket_edge(unsigned bucket)
{
	g_assert(bucket < RECORD_BUCKETS);
	if (bucket < 8)
		return bucket;
	return ((UINT64_C(9) + bucket % 8) << (bucket / 8 - 1)) - 1;
}

void record_histogram_add(struct record_histogram *histogram, uint64_t ns)
{
	unsigned index = bucket_of(ns);
	uint32_t *bucket = &histogram->bucket[index];

	g_assert(index == 0 || ns > bucket_edge(index - 1));
	g_assert(index == RECORD_BUCKETS - 1 || ns <= bucket_edge(index));
	histogram->count++;
	histogram->sum += ns;
	if (ns > histogram->max)
		histogram->max = ns;
	if (*bucket < UINT32_MAX)
		(*bucket)++;
}

uint64_t record_histogram_quantile(const struct record_histogram *histogram, unsigned permille)
{
	uint64_t rank, rest, below = 0;

	g_assert(permille <= 1000);
	if (!histogram->count)
		return 0;
	rank = wide_quotient(
		wide_sum(wide_product(histogram->count, permille), wide_of(999)), 1000, &rest)
		       .low;
	if (!rank)
		rank = 1;
	for (unsigned i = 0; i < RECORD_BUCKETS - 1; i++) {
		below += histogram->bucket[i];
		if (below >= rank)
			return MIN(bucket_edge(i), histogram->max);
	}
	return histogram->max;
}

void record_range_add(struct record_range *range, uint32_t value)
{
	if (!range->count++) {
		*range = (struct record_range){
			.count = 1, .first = value, .min = value, .max = value
		};
		return;
	}
	range->min = MIN(range->min, value);
	range->max = MAX(range->max, value);
	g_assert(range->min <= range->first && range->first <= range->max);
}

static void range_join(struct record_range *total, const struct record_range *range)
{
	uint64_t count = total->count + range->count;

	if (!range->count)
		return;
	if (!total->count)
		*total = *range;
	total->min = MIN(total->min, range->min);
	total->max = MAX(total->max, range->max);
	total->count = count;
	g_assert(total->min <= total->first && total->first <= total->max);
}

static void gauge_join(struct record_gauge *total, const struct record_gauge *gauge)
{
	struct wide sum = wide_sum((struct wide){ total->sum_low, total->sum_high },
		(struct wide){ gauge->sum_low, gauge->sum_high });

	g_assert(sum.high >> 54 == 0); /* what record_gauge_mean_milli() can take */
	total->sum_low = sum.low;
	total->sum_high = sum.high;
	total->max = MAX(total->max, gauge->max);
}

static void histogram_join(struct record_histogram *total, const struct record_histogram *histogram)
{
	g_assert(histogram->max <= histogram->sum);
	total->count += histogram->count;
	total->sum += histogram->sum;
	total->max = MAX(total->max, histogram->max);
	for (unsigned i = 0; i < RECORD_BUCKETS; i++) {
		uint64_t sum = (uint64_t)total->bucket[i] + histogram->bucket[i];

		total->bucket[i] = (uint32_t)MIN(sum, UINT32_MAX);
	}
}

void record_histogram_print(GString *text, const struct record_histogram *histogram)
{
	const char *blank = "";

	for (unsigned i = 0; histogram->count && i < RECORD_BUCKETS; i++) {
		if (!histogram->bucket[i])
			continue;
		g_string_append_printf(text, "%s%" PRIu64 ":%" PRIu32, blank, bucket_edge(i),
			histogram->bucket[i]);
		blank = " ";
	}
}

const char *record_account_name(const GPtrArray *accounts, uint32_t account, const char *none)
{
	const struct record_account *found;

	if (account >= accounts->len)
		return none;
	found = g_ptr_array_index(accounts, account);
	g_assert(found->name);
	return found->name;
}

void record_account_add(struct record_account *total, const struct record_account *account)
{
	g_assert(total != account);
	for (unsigned i = 0; i < OBSERVE_COUNTERS; i++)
		total->observer.count[i] += account->observer.count[i];
	total->lived_ns += account->lived_ns;
	total->users_max = MAX(total->users_max, account->users_max);
	total->to_percpu += account->to_percpu;
	total->to_task += account->to_task;
	range_join(&total->enter_users, &account->enter_users);
	range_join(&total->leave_users, &account->leave_users);
	if (account->allowed_max > total->allowed_max) {
		total->allowed_max = account->allowed_max;
		total->formula_enter = account->formula_enter;
		total->formula_leave = account->formula_leave;
	}
	gauge_join(&total->span, &account->span);
	gauge_join(&total->taken, &account->taken);
	gauge_join(&total->optimum, &account->optimum);
	gauge_join(&total->percpu, &account->percpu);
	gauge_join(&total->transit, &account->transit);
	total->windows_open += account->windows_open;
	total->alive += account->alive;
	total->alive_percpu += account->alive_percpu;
	histogram_join(&total->windows, &account->windows);
	total->spin_ns += account->spin_ns;
	total->gave_up += account->gave_up;
	total->task_cid_changes += account->task_cid_changes;
	total->cpu_cid_changes += account->cpu_cid_changes;
	total->deferred_runs += account->deferred_runs;
}

/* A passed expectation on @metric covers what was counted. */
static bool expected(const struct record_result *result, enum scenario_metric metric)
{
	for (guint i = 0; i < result->verdicts->len; i++) {
		const struct record_verdict *verdict = g_ptr_array_index(result->verdicts, i);

		if (verdict->passed && verdict->expect->metric == metric)
			return true;
	}
	return false;
}

/* Is there an expectation that some of what @metric counts happens? */
static bool awaited(const struct record_result *result, enum scenario_metric metric)
{
	for (guint i = 0; i < result->verdicts->len; i++) {
		const struct scenario_expect *expect =
			((const struct record_verdict *)result->verdicts->pdata[i])->expect;

		if (expect->metric == metric && (expect->value > 0 || expect->relation != REL_EQ))
			return true;
	}
	return false;
}

bool record_result_cut_short(const struct record_result *result)
{
	return strcmp(result->ended, "event limit") == 0 ||
	       strcmp(result->ended, "memory limit") == 0 ||
	       strcmp(result->ended, "interrupted") == 0;
}

/* Does an expectation that holds name the property of @violation? */
static bool is_named(const struct record_result *result, const struct record_violation *violation)
{
	for (guint i = 0; i < result->verdicts->len; i++) {
		const struct record_verdict *verdict = g_ptr_array_index(result->verdicts, i);
		const struct scenario_expect *expect = verdict->expect;

		if (verdict->passed && expect->metric == METRIC_PROPERTY &&
			expect->relation == REL_EQ &&
			strcmp(scenario_property_to_string((unsigned)expect->value),
				violation->property) == 0)
			return true;
	}
	return false;
}

/* Is it a live lock? Played steps can break "stuck" with one, which is I3 outside of windows. */
static bool is_livelock(const struct record_violation *violation)
{
	return strcmp(violation->property, "I3") == 0 || strcmp(violation->property, "stuck") == 0;
}

/* No property is broken but those that are expected to be. */
static bool properties_ok(const struct record_result *result)
{
	uint64_t livelocks = result->livelocks;
	uint64_t others = result->violations_count - MIN(livelocks, result->violations_count);

	for (guint i = 0; i < result->violations->len; i++) {
		const struct record_violation *violation = g_ptr_array_index(result->violations, i);

		if (!is_named(result, violation))
			continue;
		if (is_livelock(violation) && livelocks > 0)
			livelocks--;
		else if (others > 0)
			others--;
	}
	if (others && !expected(result, METRIC_VIOLATIONS))
		return false;
	return !livelocks || expected(result, METRIC_LIVELOCKS) ||
	       expected(result, METRIC_VIOLATIONS);
}

enum record_outcome record_result_outcome(const struct record_result *result)
{
	g_assert(result->verdicts_failed <= result->verdicts->len);
	if (record_result_cut_short(result)) {
		/* More may have come, and what was awaited is not too much yet. */
		if (properties_ok(result) || awaited(result, METRIC_VIOLATIONS) ||
			awaited(result, METRIC_LIVELOCKS))
			return OUTCOME_UNDECIDED;
		return OUTCOME_FAILED;
	}
	return properties_ok(result) && !result->verdicts_failed ? OUTCOME_OK : OUTCOME_FAILED;
}

bool record_result_ok(const struct record_result *result)
{
	return record_result_outcome(result) == OUTCOME_OK;
}

static void account_free(gpointer data)
{
	struct record_account *account = data;

	g_free(account->name);
	g_free(account);
}

static void violation_free(gpointer data)
{
	struct record_violation *violation = data;

	g_free(violation->text);
	g_free(violation);
}

static void free_verdict(gpointer data)
{
	struct record_verdict *verdict = data;

	g_free(verdict->found);
	g_free(verdict->failed_by);
	g_free(verdict);
}

struct record_result *record_result_new(const struct scenario *scenario)
{
	struct record_result *result = g_new0(struct record_result, 1);

	g_assert(scenario);
	result->scenario = scenario;
	result->ended = "";
	result->accounts = g_ptr_array_new_with_free_func(account_free);
	result->violations = g_ptr_array_new_with_free_func(violation_free);
	result->verdicts = g_ptr_array_new_with_free_func(free_verdict);
	result->mode_switches = g_array_new(FALSE, TRUE, sizeof(struct record_mode_switch));
	result->windows = g_array_new(FALSE, TRUE, sizeof(struct record_window));
	return result;
}

void record_result_free(struct record_result *result)
{
	if (!result)
		return;
	g_ptr_array_unref(result->accounts);
	g_ptr_array_unref(result->violations);
	g_ptr_array_unref(result->verdicts);
	g_array_unref(result->mode_switches);
	g_array_unref(result->windows);
	g_free(result->input_error);
	g_free(result);
}
