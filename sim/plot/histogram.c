/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/histogram.h"

#include <string.h>

#include "sim/base/numbers.h"
#include "sim/base/values.h"

enum { MILLION = 1000000 };
#define NUMBER_MAX ((UINT64_C(1) << 62) - 1)

GArray *plot_histogram_new(void)
{
	return g_array_new(FALSE, FALSE, sizeof(struct plot_bucket));
}

static const struct plot_bucket *at(const GArray *buckets, unsigned index)
{
	g_assert(index < buckets->len);
	return &((const struct plot_bucket *)(const void *)buckets->data)[index];
}

/* "EDGE:COUNT" at *@text and the blank behind it, if others follow. */
static bool read_bucket(const char **text, struct plot_bucket *bucket)
{
	const char *at = number_scan(*text, &bucket->edge_ns);

	if (!at || *at != ':' || bucket->edge_ns > NUMBER_MAX)
		return false;
	at = number_scan(at + 1, &bucket->count);
	if (!at || bucket->count > NUMBER_MAX)
		return false;
	*text = at + (*at == ' ');
	return !*at || (*at == ' ' && **text);
}

static char *read_buckets(GArray *buckets, const char *text)
{
	const char *rest = text;
	struct plot_bucket bucket;
	g_autofree char *shown = NULL;

	while (*rest) {
		if (buckets->len == PLOT_BUCKETS_MAX)
			return g_strdup_printf("has more than %d buckets", PLOT_BUCKETS_MAX);
		if (!read_bucket(&rest, &bucket) ||
			(buckets->len &&
				at(buckets, buckets->len - 1)->edge_ns >= bucket.edge_ns)) {
			shown = value_quote(text);
			return g_strdup_printf(
				"is %s, expected EDGE_NS:COUNT ... with ascending edges", shown);
		}
		g_array_append_val(buckets, bucket);
	}
	return NULL;
}

char *plot_histogram_read(GArray *buckets, const char *text)
{
	g_autoptr(GArray) more = plot_histogram_new();
	char *wrong = read_buckets(more, text);

	return wrong ? wrong : plot_histogram_add(buckets, more);
}

/* Both, in the order of their edges; those with the same edge become one. */
static GArray *merge_buckets(const GArray *a, const GArray *b)
{
	GArray *merged = plot_histogram_new();

	for (unsigned i = 0, j = 0; i < a->len || j < b->len;) {
		bool from_a = i < a->len && (j == b->len || at(a, i)->edge_ns <= at(b, j)->edge_ns);
		struct plot_bucket bucket = from_a ? *at(a, i++) : *at(b, j++);

		if (from_a && j < b->len && at(b, j)->edge_ns == bucket.edge_ns)
			bucket.count += at(b, j++)->count;
		g_array_append_val(merged, bucket);
	}
	g_assert(merged->len <= a->len + b->len);
	return merged;
}

/* False if the sum of the counts is 2^62 or more. */
static bool sum_counts(const GArray *buckets, uint64_t *sum)
{
	*sum = 0;
	for (unsigned i = 0; i < buckets->len; i++) {
		if (at(buckets, i)->count > NUMBER_MAX - *sum)
			return false;
		*sum += at(buckets, i)->count;
	}
	g_assert(*sum <= NUMBER_MAX);
	return true;
}

char *plot_histogram_add(GArray *buckets, const GArray *more)
{
	g_autoptr(GArray) merged = NULL;
	uint64_t sum, added;

	if (!sum_counts(buckets, &sum) || !sum_counts(more, &added) || added > NUMBER_MAX - sum)
		return g_strdup("has too large counts");
	merged = merge_buckets(buckets, more);
	if (merged->len > PLOT_BUCKETS_MAX)
		return g_strdup_printf("has more than %d buckets", PLOT_BUCKETS_MAX);
	g_array_set_size(buckets, 0);
	if (merged->len)
		g_array_append_vals(buckets, merged->data, merged->len);
	return NULL;
}

uint64_t plot_histogram_count(const GArray *buckets)
{
	uint64_t sum;
	bool fits = sum_counts(buckets, &sum);

	g_assert(fits);
	return sum;
}

uint64_t plot_histogram_share(const GArray *buckets, unsigned index)
{
	uint64_t sum = plot_histogram_count(buckets), part = 0, rest;

	g_assert(index < buckets->len);
	g_assert(sum);
	for (unsigned i = 0; i <= index; i++)
		part += at(buckets, i)->count;
	return wide_quotient(wide_product(part, MILLION), sum, &rest).low;
}
