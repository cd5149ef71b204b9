/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/where.h"

#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/numbers.h"
#include "sim/base/values.h"
#include "sim/sweep/reader.h"

enum { MILLION = 1000000, BOUND_MAX = 1 << 30 };

struct condition {
	unsigned column;
	char **items;
	bool *found; /* each item, in a row */
};

static const struct condition *condition_at(const GArray *where, unsigned index)
{
	g_assert(index < where->len);
	return &g_array_index(where, struct condition, index);
}

static void clear_condition(gpointer data)
{
	struct condition *condition = data;

	g_strfreev(condition->items);
	g_free(condition->found);
}

static bool add_condition(
	GArray *where, const char *text, const struct csv_reader *csv, GError **error)
{
	const char *equals = strchr(text, '=');
	g_autofree char *name = g_strndup(text, equals ? (size_t)(equals - text) : 0);
	g_autofree char *shown = value_quote(text);
	struct condition condition;
	int column;

	if (!equals || equals == text || !equals[1])
		return failure_input(error, "--where: %s is not written like 'cpus=4,8-64'", shown);
	column = sweep_reader_column(csv, name, error);
	if (column < 0)
		return false;
	condition.column = (unsigned)column;
	condition.items = g_strsplit(equals + 1, strchr(equals, ';') ? ";" : ",", -1);
	condition.found = g_new0(bool, g_strv_length(condition.items));
	g_array_append_val(where, condition);
	return true;
}

GArray *plot_where_new(const char *const *texts, const struct csv_reader *csv, GError **error)
{
	GArray *where = g_array_new(FALSE, FALSE, sizeof(struct condition));

	g_array_set_clear_func(where, clear_condition);
	for (unsigned i = 0; texts && texts[i]; i++) {
		if (!add_condition(where, texts[i], csv, error)) {
			g_array_unref(where);
			return NULL;
		}
	}
	return where;
}

/* Whether @value (millionths) is in the range @item, if that is one. */
static bool range_has(const char *item, int64_t value)
{
	uint64_t low, high;
	const char *at = number_scan(item, &low);

	at = at && *at == '-' ? number_scan(at + 1, &high) : NULL;
	return at && !*at && low <= BOUND_MAX && high <= BOUND_MAX &&
	       value >= (int64_t)low * MILLION && value <= (int64_t)high * MILLION;
}

static bool condition_has(const struct condition *condition, const struct csv_reader *csv)
{
	const char *field = csv_reader_field(csv, condition->column);
	bool present, has = false;
	int64_t value = 0;
	bool number = csv_reader_millionths(csv, condition->column, &present, &value, NULL);

	g_assert(condition->items[0]);
	for (unsigned i = 0; condition->items[i]; i++)
		if (strcmp(field, condition->items[i]) == 0 ||
			(number && present && range_has(condition->items[i], value)))
			has = condition->found[i] = true;
	return has;
}

bool plot_where_has(GArray *where, const struct csv_reader *csv)
{
	bool all = true;

	for (unsigned i = 0; i < where->len; i++)
		all &= condition_has(condition_at(where, i), csv);
	return all;
}

/* The message says what the axis has, if it is one. */
static bool fail_item(const struct condition *condition, const char *item,
	const struct csv_reader *csv, GError **error)
{
	const char *name = csv_reader_name(csv, condition->column), *values;
	g_autofree char *shown = value_quote(item), *axis = g_strdup_printf("axis %s =", name);

	g_assert(*name);
	values = csv_reader_comment(csv, axis);
	return failure_input(error, "--where: no row of %s has %s %s%s%s", csv_reader_path(csv),
		name, shown, values ? "; the axis has " : "", values ? values : "");
}

bool plot_where_check(const GArray *where, const struct csv_reader *csv, GError **error)
{
	for (unsigned i = 0; i < where->len; i++) {
		const struct condition *condition = condition_at(where, i);

		for (unsigned j = 0; condition->items[j]; j++)
			if (!condition->found[j])
				return fail_item(condition, condition->items[j], csv, error);
	}
	return true;
}
