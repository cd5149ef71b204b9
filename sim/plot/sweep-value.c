/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/sweep-value.h"

#include <string.h>

#include "sim/base/numbers.h"

enum { NEEDS_MAX = 5, CYCLES = 1000 };

static const struct {
	const char *name, *needs[NEEDS_MAX];
} computed[] = {
	{ "swing", { "users_max" } },
	{ "flips_per_1000_cycles", { "users_max", "forks", "to_percpu", "to_task" } },
	{ "hysteresis", { "enter_formula", "leave_formula" } },
};

const char *const *plot_value_needs(const char *name)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(computed); i++)
		if (strcmp(computed[i].name, name) == 0)
			return computed[i].needs;
	return NULL;
}

/* --- what is computed --- */

static int64_t mean_of(const struct plot_point *point, const char *name)
{
	return plot_number_mean(plot_point_column(point, name));
}

/* The value of the first axis that ends in ".from". */
static bool from_of(const struct plot_point *point, int64_t *from)
{
	for (unsigned i = 0; i < point->table->dimensions; i++)
		if (g_str_has_suffix(point->table->dimension[i], ".from"))
			return plot_value(point, point->table->dimension[i], from);
	return false;
}

/* A cycle: users go from the fewest to the most and back. There were (forks - (from - 1)) / swing
 * of them. */
static bool flips_per_cycles(const struct plot_point *point, int64_t from, int64_t *flips)
{
	int64_t swing = mean_of(point, "users_max") - from;
	int64_t cycled = mean_of(point, "forks") - (from - PLOT_MILLION);
	int64_t all = mean_of(point, "to_percpu") + mean_of(point, "to_task");
	const int64_t limit = INT64_C(1) << 56;
	struct wide result;
	uint64_t rest;

	g_assert(from >= 0 && all >= 0);
	if (swing <= 0 || cycled <= 0 || swing >= limit || all >= limit)
		return false;
	result = wide_quotient(
		wide_product((uint64_t)all * CYCLES, (uint64_t)swing), (uint64_t)cycled, &rest);
	if (result.high || result.low > INT64_MAX)
		return false;
	*flips = (int64_t)result.low;
	return true;
}

/* Of a point that has good runs. */
static bool compute(const struct plot_point *point, const char *name, int64_t *value)
{
	int64_t from;

	g_assert(point->good);
	if (strcmp(name, "hysteresis") == 0) {
		*value = mean_of(point, "enter_formula") - mean_of(point, "leave_formula");
		return *value > 0 && mean_of(point, "leave_formula") > 0;
	}
	if (!from_of(point, &from))
		return false;
	if (strcmp(name, "swing") != 0)
		return flips_per_cycles(point, from, value);
	*value = mean_of(point, "users_max") - from;
	return *value > 0;
}

/* --- all of them --- */

static bool value_of_column(const struct plot_number *number, const char *name, int64_t *value)
{
	*value = g_str_has_suffix(name, "_min")   ? number->min
	         : g_str_has_suffix(name, "_max") ? number->max
	                                          : plot_number_mean(number);
	return number->count > 0;
}

/* Of the axis @axis. */
static bool value_of_axis(const struct plot_point *point, int axis, int64_t *value)
{
	uint64_t number = 0;
	bool is_integer = plot_texts_integer(point->value[axis], &number);

	*value = is_integer ? (int64_t)number * PLOT_MILLION : 0;
	return is_integer;
}

bool plot_value(const struct plot_point *point, const char *name, int64_t *value)
{
	int axis = plot_table_find(point->table, name);
	const struct plot_number *number;

	*value = 0;
	if (axis >= 0)
		return value_of_axis(point, axis, value);
	if (plot_value_needs(name))
		return point->good && compute(point, name, value);
	number = plot_point_column(point, name);
	g_assert(!number || number->count <= point->runs);
	return number && value_of_column(number, name, value);
}

char *plot_value_text(const struct plot_point *point, const char *name)
{
	int axis = plot_table_find(point->table, name);
	int64_t value;

	g_assert(*name);
	if (axis >= 0)
		return g_strdup(point->value[axis]);
	if (!plot_value(point, name, &value))
		return NULL;
	if (value % PLOT_MILLION == 0)
		return g_strdup_printf("%" G_GINT64_FORMAT, value / PLOT_MILLION);
	return g_strdup_printf("%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT, value / PLOT_MILLION,
		value % PLOT_MILLION);
}
