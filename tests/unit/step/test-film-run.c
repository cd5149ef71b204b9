/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/step/film-run.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

#define RAMP "[machine]\ncpus = 4\n[mm app]\n[ramp threads]\nmm = app\nto = 6\n"

static struct scenario *scenario;
static struct film *film;

static void start(void)
{
	scenario = sim_parse(RAMP);
	film = film_run_new(scenario);
}

static void stop(void)
{
	film->kind->free(film);
	scenario_free(scenario);
}

static bool next(void)
{
	return film->kind->next(film);
}

static char *words(void)
{
	GString *happened = g_string_new(NULL), *state = g_string_new(NULL);

	film->kind->time(film, happened);
	film->kind->describe(film, happened, state);
	g_string_append(happened, state->str);
	g_string_free(state, TRUE);
	return g_string_free(happened, FALSE);
}

SUITE(.before = start, .after = stop);

TEST(each_position_has_something_that_happened_and_time_goes_on)
{
	unsigned flips = 0, windows = 0;
	uint64_t before = 0;

	while (next()) {
		g_autofree char *text = words();

		ck_assert_ptr_nonnull(strstr(text, " ms  "));
		ck_assert_uint_ge(film->time_ns, before);
		before = film->time_ns;
		flips += (film->marks & MARK_FLIP) != 0;
		windows += (film->marks & MARK_CLOSE) != 0;
		ck_assert(!(film->marks & MARK_VIOLATION));
	}
	ck_assert_uint_eq(film->last, film->position);
	ck_assert_uint_eq(flips, 2); /* there and back */
	ck_assert_uint_eq(windows, 2);
}

TEST(a_flip_says_why_and_the_state_has_the_window)
{
	while (next() && !(film->marks & MARK_FLIP))
		continue;
	g_autofree char *text = words();
	ck_assert_ptr_nonnull(
		strstr(text, "  the mode of app flips to per CPU: 5 users > max_cids 4\n"));
	ck_assert_ptr_nonnull(strstr(text, "app: mode per CPU in transit; 5 users; max_cids 4"));
	ck_assert_ptr_nonnull(strstr(text, "  app 100 holds the mutex; fork: walk\n"));
}

TEST(from_the_start_it_is_the_same_film)
{
	g_autoptr(GString) once = g_string_new(NULL), again = g_string_new(NULL);
	GString *texts[] = { once, again };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		film->kind->rewind(film);
		do {
			g_autofree char *text = words();

			g_string_append(texts[i], text);
		} while (next());
	}
	ck_assert_str_eq(once->str, again->str);
	ck_assert_uint_gt(once->len, 1000);
}

TEST(a_live_lock_is_a_violation)
{
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	bool environment;

	stop();
	scenario = scenario_load("scenarios/livelock-v3.scn", NULL, errors, &environment);
	ck_assert_ptr_nonnull(scenario);
	g_ptr_array_unref(errors);
	film = film_run_new(scenario);
	while (next() && !(film->marks & MARK_VIOLATION))
		continue;
	g_autofree char *text = words();
	ck_assert_ptr_nonnull(strstr(text, "  >>>  I3 breaks in app: a spin in get cannot end\n"));
	ck_assert_ptr_nonnull(strstr(text, "; spins in get, holds its rq lock\n"));
	ck_assert(!next());
}
