/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/texts.h"

#include <signal.h>

#include "tests/lib/suite.h"

static struct plot_texts *texts;

static void start(void)
{
	texts = plot_texts_new();
}

static void stop(void)
{
	plot_texts_free(texts);
}

/* The texts in their order, "16 8". */
static void assert_texts(const char *expected)
{
	g_auto(GStrv) all = plot_texts_copy(texts);
	g_autofree char *joined = g_strjoinv(" ", all);

	ck_assert_str_eq(joined, expected);
	for (unsigned i = 0, position; all[i]; i++) {
		ck_assert(plot_texts_find(texts, all[i], &position));
		ck_assert_uint_eq(position, i);
	}
}

SUITE(.before = start, .after = stop);

TEST(a_text_is_there_once)
{
	unsigned position;

	ck_assert(!plot_texts_has(texts, "b"));
	ck_assert_uint_eq(plot_texts_add(texts, "b"), 0);
	ck_assert_uint_eq(plot_texts_add(texts, ""), 1);
	ck_assert_uint_eq(plot_texts_add(texts, "b"), 0);
	assert_texts("b ");
	ck_assert(plot_texts_has(texts, ""));
	ck_assert(!plot_texts_find(texts, "B", &position));
}

static const struct order {
	const char *texts[4], *sorted;
	bool numeric;
} orders[] = {
	{ { "16", "128", "8" }, "8 16 128", true },
	{ { "16", "z", "8" }, "16 z 8", false },
	{ { "1us", "100ns" }, "1us 100ns", false },
	{ { "08", "9", "8" }, "08 8 9", true },
	{ { "4294967296", "0" }, "0 4294967296", true },
	{ { "4294967297", "0" }, "4294967297 0", false },
	{ { "3", "-1" }, "3 -1", false },
	{ { "3", "2.5" }, "3 2.5", false },
	{ { "3", "" }, "3 ", false },
};

TEST_ROWS(numbers_ascend_and_other_texts_stay_in_order, orders)
{
	const struct order *order = &orders[_i];

	for (unsigned i = 0; order->texts[i]; i++)
		plot_texts_add(texts, order->texts[i]);
	plot_texts_sort(texts);
	assert_texts(order->sorted);
	ck_assert_int_eq(texts->numeric, order->numeric);
}

TEST_SIGNAL(what_is_sorted_does_not_grow, SIGABRT)
{
	plot_texts_add(texts, "1");
	plot_texts_sort(texts);
	plot_texts_add(texts, "2");
}
