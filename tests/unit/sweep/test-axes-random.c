/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <string.h>

#include "sim/base/prng.h"
#include "sim/sweep/axes.h"
#include "tests/lib/axes-fixture.h"
#include "tests/lib/suite.h"

/* All points of random axes are those of nested loops. */
SUITE(.timeout = 120, .before = axes_start, .after = axes_stop);

enum { RANDOM_SETS = 1000, THREADS = 4 };

/* An axis with its values spelled out. */
struct plain {
	const char *name;
	const char *key;
	const char *unit;
	uint64_t least; /* number; all from it to 54 more are possible */
	GString *list;
	GPtrArray *values; /* char * */
};

static const struct {
	const char *name, *key, *unit;
	uint64_t least;
} menu[] = {
	/* More than the others, so that all of them are possible. */
	{ "cpus", "machine.cpus", "", 60 },
	{ "allowed", "mm app.cpus", "", 5 },
	{ "threads", "ramp r.to", "", 5 },
	{ "sched.slice", "sched.slice", "ms", 5 },
	{ "cost.fork", "cost.fork", "us", 5 },
	{ "mm app.count", "mm app.count", "", 5 },
	{ "seeds", "scenario.seed", "", 5 },
};

static void add_value(struct plain *plain, uint64_t number)
{
	const char *first = strcmp(plain->name, "allowed") == 0 ? "first " : "";

	g_ptr_array_add(plain->values,
		g_strdup_printf("%s=%s%" PRIu64 "%s", plain->key, first, number, plain->unit));
}

/* 28 numbers from the least on, and up to 28 more. */
static void add_random_item(struct plain *plain, struct prng *prng)
{
	const char *unit = plain->unit;
	uint64_t from = plain->least + prng_below(prng, 28), to = from + prng_below(prng, 28);
	uint64_t step = 1 + prng_below(prng, 20), factor = 2 + prng_below(prng, 3);
	char *text = NULL;

	switch (prng_below(prng, 4)) {
	case 0:
		text = g_strdup_printf("%" PRIu64 "%s", from, unit);
		to = from;
		step = 1;
		break;
	case 1:
		to = from + prng_below(prng, 3);
		text = g_strdup_printf("%" PRIu64 "%s-%" PRIu64 "%s", from, unit, to, unit);
		step = 1;
		break;
	case 2:
		text = g_strdup_printf("%" PRIu64 "%s-%" PRIu64 "%s+%" PRIu64 "%s", from, unit, to,
			unit, step, unit);
		break;
	case 3:
		text = g_strdup_printf(
			"%" PRIu64 "%s-%" PRIu64 "%s*%" PRIu64, from, unit, to, unit, factor);
		step = 0;
		break;
	}
	for (uint64_t value = from; value <= to; value = step > 0 ? value + step : value * factor)
		add_value(plain, value);
	g_string_append_printf(plain->list, plain->list->len > 0 ? " ; %s" : "%s", text);
	g_free(text);
}

static struct plain random_axis(size_t which, struct prng *prng)
{
	struct plain plain = { menu[which].name, menu[which].key, menu[which].unit,
		menu[which].least, g_string_new(NULL), g_ptr_array_new_with_free_func(g_free) };
	bool seeds = strcmp(plain.name, "seeds") == 0;
	uint64_t items = 1 + prng_below(prng, 2);

	/* A single number would be a number of seeds. */
	for (uint64_t i = 0; i < items || (seeds && plain.values->len < 2); i++)
		add_random_item(&plain, prng);
	if (seeds && strpbrk(plain.list->str, "-;") == NULL)
		add_random_item(&plain, prng);
	return plain;
}

/* What nested loops over @plain[0..count) give, the first outermost. */
static void loop(const struct plain *plain, size_t count, const char *outer, GPtrArray *expected)
{
	if (count == 0) {
		g_ptr_array_add(expected, g_strdup(outer));
		return;
	}
	for (guint i = 0; i < plain->values->len; i++) {
		char *inner = g_strdup_printf("%s%s%s", outer, *outer != '\0' ? " | " : "",
			(char *)plain->values->pdata[i]);

		loop(plain + 1, count - 1, inner, expected);
		g_free(inner);
	}
}

static int compare_fastest_last(const void *a, const void *b)
{
	const struct plain *x = a, *y = b;

	return (strcmp(x->name, "seeds") == 0) - (strcmp(y->name, "seeds") == 0);
}

/* Move the seeds to the end and leave the order of the others. */
static void order(struct plain *plain, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++) {
		struct plain moved = plain[i];

		if (compare_fastest_last(&plain[i], &plain[i + 1]) <= 0)
			continue;
		plain[i] = plain[i + 1];
		plain[i + 1] = moved;
	}
}

static void try_random_set(struct prng *prng)
{
	struct plain plain[G_N_ELEMENTS(menu)];
	GPtrArray *expected = g_ptr_array_new_with_free_func(g_free);
	size_t count = prng_below(prng, 5);
	size_t which = prng_below(prng, G_N_ELEMENTS(menu));

	/* A walk over the menu, so that none is met twice. */
	for (size_t i = 0; i < count; i++, which = (which + 3) % G_N_ELEMENTS(menu)) {
		plain[i] = random_axis(which, prng);
		axes_add_option(strchr(plain[i].name, '.') != NULL ? "--vary" : "--short",
			plain[i].name, plain[i].list->str);
	}
	axes_accept("[machine]\ncpus=60\n[mm app]\n[ramp r]\nto=4\n");
	order(plain, count);
	loop(plain, count, "", expected);
	ck_assert_uint_eq(sweep_axes_points(fixture.axes), expected->len);
	for (guint point = 0; point < expected->len; point++)
		axes_assert_settings(point, expected->pdata[point]);
	for (size_t i = 0; i < count; i++) {
		g_string_free(plain[i].list, TRUE);
		g_ptr_array_free(plain[i].values, TRUE);
	}
	g_ptr_array_free(expected, TRUE);
}

TEST(the_points_are_those_of_nested_loops)
{
	for (uint64_t seed = 0; seed < RANDOM_SETS; seed++) {
		struct prng prng = { .key = prng_key(seed, 1) };

		try_random_set(&prng);
	}
}

static void *read_all_points(void *data)
{
	GString *all = g_string_new(NULL);

	(void)data;
	scenario_free(sweep_axes_scenario(fixture.axes, &fixture.source, 0, fixture.errors));
	for (uint64_t point = 0; point < sweep_axes_points(fixture.axes); point++) {
		char **settings = axes_settings_at(fixture.axes, point);
		char *joined = g_strjoinv(";", settings);

		g_string_append_printf(all, "%s\n", joined);
		g_free(joined);
		g_strfreev(settings);
	}
	return g_string_free(all, FALSE);
}

TEST(several_threads_can_ask_at_once)
{
	GThread *threads[THREADS];
	char *expected;

	axes_add_option("--cpus", "cpus", "1-64*2;100");
	axes_add_option("--vary", "sched.slice", "1ms;2ms");
	axes_add_option("--seeds", "seeds", "50");
	axes_accept(axes_app);
	expected = read_all_points(NULL);
	for (size_t i = 0; i < THREADS; i++)
		threads[i] = g_thread_new("points", read_all_points, NULL);
	for (size_t i = 0; i < THREADS; i++) {
		char *found = g_thread_join(threads[i]);

		ck_assert_str_eq(found, expected);
		g_free(found);
	}
	g_free(expected);
}
