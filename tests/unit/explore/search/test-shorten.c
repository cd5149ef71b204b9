/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>
#include <string.h>

#include "model/check.h"
#include "sim/explore/search/result.h"
#include "sim/explore/search/shorten.h"
#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

/* B1 on two CPUs, with steps before and between that it has no need of. */

enum { TASKS = 4, TEXT = 4000 };

static struct pack_layout layout;
static struct expander expander;
static struct judge judge;

static void set_up(void)
{
	struct machine_config config = machines_busy_config("v3", 2, 2, TASKS);

	config.reduced = true;
	ck_assert(pack_layout_init(&layout, &config));
	expander_init(&expander, &layout);
	judge_init(&judge, &config, 0);
}

static void tear_down(void)
{
	judge_clear(&judge);
	expander_free(&expander);
	pack_layout_free(&layout);
}

static void add(GArray *steps, const char *text, uint16_t stuck)
{
	struct explore_step step;
	char *wrong = step_read(text, layout.config.cpus_count, layout.config.tasks_max, &step);

	ck_assert_msg(!wrong, "%s", wrong);
	step.stuck = stuck;
	g_array_append_val(steps, step);
}

/* "fork T0 T2/walk", T1 being stuck where the last one spins. */
static GArray *steps_of(const char *texts)
{
	g_auto(GStrv) each = g_strsplit(texts, "/", -1);
	GArray *steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step));

	for (guint i = 0; each[i]; i++)
		add(steps, each[i], each[i + 1] ? 0 : 1 << 1);
	return steps;
}

/* What @texts, a way to a broken I3, is shortened to; the result is to be freed. */
static struct search_result *shorten(const char *texts, unsigned check)
{
	const struct search_options options = { .config = layout.config, .check = check };
	struct search_result *result = search_result_new(&layout);

	result->broken = CHECK_I3;
	search_end_shortened(result, &options, &expander, &judge, steps_of(texts));
	return result;
}

static void check_shortened(const char *texts, const char *expected)
{
	struct search_result *result = shorten(texts, CHECK_I3);
	g_autoptr(GString) text = g_string_new(NULL);
	g_auto(GStrv) each = g_strsplit(texts, "/", -1);

	for (guint i = 0; i < result->steps->len; i++) {
		char step[STEP_TEXT_MAX];

		step_print(&g_array_index(result->steps, struct explore_step, i), step);
		g_string_append_printf(text, "%s%s", i > 0 ? "/" : "", step);
	}
	ck_assert_str_eq(text->str, expected);
	ck_assert_uint_eq(result->depth, result->steps->len);
	ck_assert_uint_eq(result->found_depth, g_strv_length(each));
	ck_assert_int_eq(result->verdict, SEARCH_VIOLATED);
	ck_assert_str_eq(search_ended_to_string(result->ended), "violation");
	ck_assert(!result->shortest);
	search_result_free(result);
}

SUITE(.timeout = 60, .before = set_up, .after = tear_down);

TEST(a_way_without_detours_stays_as_it_is)
{
	check_shortened("fork T0 T2/out 0/in 1 T0", "fork T0 T2/out 0/in 1 T0");
}

TEST(detours_are_left_out)
{
	check_shortened("in 1 T1/out 1/out 0/in 0 T0/fork T0 T2/out 0/in 0 T0/out 0/in 1 T0",
		"fork T0 T2/out 0/in 1 T0");
}

TEST(what_follows_from_what_is_left_out_is_left_out)
{
	/* the exec of T1 and all of its steps */
	check_shortened("in 1 T1/failed-exec T1/exec-end T1/out 1/fork T0 T2/out 0/in 1 T0",
		"fork T0 T2/out 0/in 1 T0");
}

TEST(a_long_way_is_shortened_too)
{
	g_autoptr(GString) texts = g_string_new(NULL);

	for (int i = 0; i < TEXT; i++)
		g_string_append(texts, i % 2 ? "out 1/" : "in 1 T1/");
	g_string_append(texts, "fork T0 T2/out 0/in 1 T0");
	check_shortened(texts->str, "fork T0 T2/out 0/in 1 T0");
}

TEST(all_that_the_end_breaks_is_reported)
{
	struct search_result *result =
		shorten("fork T0 T2/out 0/in 1 T0", CHECK_ALL_SAFETY | CHECK_I3);

	ck_assert_uint_eq(result->broken & CHECK_I3, CHECK_I3);
	search_result_free(result);
}
