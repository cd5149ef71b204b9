/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/numbers.h"
#include "sim/compare/private.h"

enum { DECIMALS = 6 };

struct comparison *comparison_new(const char *const paths[2])
{
	struct comparison *comparison = g_new0(struct comparison, 1);

	g_assert(paths[0] && paths[1]);
	for (int side = 0; side < 2; side++)
		comparison->names[side] = g_strdup(paths[side]);
	comparison->values = g_ptr_array_new();
	return comparison;
}

void compare_event_free(struct compare_event *event)
{
	if (!event)
		return;
	g_strfreev(event->columns);
	g_strfreev(event->side[0]);
	g_strfreev(event->side[1]);
	g_free(event);
}

void comparison_free(struct comparison *comparison)
{
	if (!comparison)
		return;
	for (guint i = 0; i < comparison->values->len; i++) {
		struct compare_value *value = comparison->values->pdata[i];

		g_free(value->name);
		g_free(value->side[0]);
		g_free(value->side[1]);
		g_free(value->at);
		g_free(value);
	}
	g_ptr_array_unref(comparison->values);
	compare_event_free(comparison->first);
	for (int side = 0; side < 2; side++) {
		g_free(comparison->names[side]);
		g_free(comparison->about[side]);
		g_free(comparison->only_at[side]);
	}
	g_free(comparison);
}

struct compare_value *comparison_add(
	struct comparison *comparison, const char *name, const char *a, const char *b)
{
	struct compare_value *value = g_new0(struct compare_value, 1);

	g_assert(name && (a || b));
	value->name = g_strdup(name);
	value->side[0] = g_strdup(a);
	value->side[1] = g_strdup(b);
	g_ptr_array_add(comparison->values, value);
	return value;
}

bool comparison_same(const struct comparison *comparison)
{
	return !comparison->first && comparison->values->len == 0 && comparison->only[0] == 0 &&
	       comparison->only[1] == 0;
}

/* A decimal number in millionths. */
static bool read_millionths(const char *text, struct wide *millionths)
{
	uint64_t whole, fraction = 0;
	const char *at = text ? number_scan(text, &whole) : NULL;

	if (at && *at == '.')
		at = number_scan_fraction(at + 1, DECIMALS, &fraction);
	if (!at || *at)
		return false;
	*millionths = wide_sum(wide_product(whole, 1000000), wide_of(fraction));
	return true;
}

bool compare_ratio(const char *a, const char *b, uint64_t *milli)
{
	struct wide from, to, scaled;

	if (!read_millionths(a, &from) || !read_millionths(b, &to) || (from.low | from.high) == 0)
		return false;
	for (; from.high; from = wide_shifted(from, 1))
		to = wide_shifted(to, 1);
	scaled = wide_product(to.low, 1000);
	scaled.high += to.high * 1000; /* below 2^31: a number has at most 84 bits */
	*milli = number_divide(scaled, from.low);
	return true;
}
