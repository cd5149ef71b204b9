/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "model/check.h"
#include "sim/machine/step-text.h"
#include "sim/play/play.h"
#include "sim/step/film-steps.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

#define MACHINE "[machine]\ncpus = 2\n[protocol]\nrevision = v5\n[explore]\nforks = 1\n"
#define B1 MACHINE "[steps]\n1 = migrate T1 1\n2 = fork T0 T2\n3 = out 0\n4 = in 1 T0\n"

static struct scenario *scenario;
static struct film *film;
static char *refusal;

static void open_film(const char *text)
{
	scenario = sim_parse(text);
	film = film_steps_new(scenario, &refusal);
}

static void stop(void)
{
	film->kind->free(film);
	scenario_free(scenario);
	g_free(refusal);
}

static bool next(void)
{
	return film->kind->next(film);
}

static char *words(void)
{
	GString *happened = g_string_new(NULL), *state = g_string_new(NULL);

	film->kind->describe(film, happened, state);
	g_string_append(happened, state->str);
	g_string_free(state, TRUE);
	return g_string_free(happened, FALSE);
}

static struct explore_step read_step(const char *text)
{
	struct explore_step step;

	ck_assert_ptr_null(step_read(text, 2, scenario->explore.config.tasks_max, &step));
	return step;
}

SUITE(.after = stop);

TEST(its_positions_are_the_steps_with_their_marks)
{
	const unsigned marks[] = { 0, MARK_FLIP | MARK_OPEN, 0, MARK_VIOLATION };

	open_film(B1);
	ck_assert_ptr_null(refusal);
	ck_assert_uint_eq(film->last, 4);
	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		ck_assert(next());
		ck_assert_uint_eq(film->position, i + 1);
		ck_assert_uint_eq(film->marks, marks[i]);
	}
	ck_assert(!next());
	g_autofree char *text = words();
	ck_assert_ptr_nonnull(strstr(text, "    4  CPU1 switches from idle to T0\n"));
	ck_assert_ptr_nonnull(strstr(text, "  >>>  I3 is broken: a spin in get cannot end\n"));
	ck_assert_ptr_nonnull(strstr(text, "spins in get, holds its rq lock"));
}

TEST(a_step_that_cannot_be_taken_is_named)
{
	open_film(MACHINE "[steps]\n1 = out 0\n2 = out 0\n");
	ck_assert_str_eq(refusal, "9: step 2, \"out 0\": that CPU idles");
	ck_assert_uint_eq(film->last, 1);
}

TEST(what_can_be_taken_is_listed_and_nothing_else)
{
	struct explore_step steps[FILM_CHOICES_MAX];
	unsigned count;

	open_film(MACHINE);
	ck_assert_uint_eq(film->last, 0);
	ck_assert_ptr_null(film_steps_next(film));
	count = film_steps_choices(film, steps);
	ck_assert_uint_ge(count, 5);
	for (unsigned i = 0; i < count; i++) {
		g_autofree char *why = film_steps_choose(film, &steps[i]);

		ck_assert_ptr_null(why);
	}
	ck_assert_uint_eq(film->last, 1);
	struct explore_step twice = read_step("in 0 T1");
	g_autofree char *why = film_steps_choose(film, &twice);
	ck_assert_ptr_nonnull(why);
	ck_assert_uint_eq(film->last, 1);
}

/* Taking the first, second ... choice again and again: what is written plays to the same state. */
TEST_RANGE(what_was_chosen_is_written_as_a_scenario_that_plays, 0, 12)
{
	g_autoptr(GString) text = g_string_new(NULL);

	open_film("[machine]\ncpus = 2\n[explore]\nforks = 2\nexits = 1\nfailed-execs = 1\n");
	for (int i = 0; i < 20; i++) {
		struct explore_step steps[FILM_CHOICES_MAX];
		unsigned count = film_steps_choices(film, steps);

		if (count == 0)
			break;
		ck_assert_ptr_null(film_steps_choose(film, &steps[(i * 7 + _i) % count]));
		ck_assert(next());
	}
	ck_assert_uint_ge(film->position, 5);
	film_steps_write(film, text);
	struct scenario *written = sim_parse(text->str);
	struct play *play = play_new(written);
	struct record_result *result = play_run(play);
	ck_assert_ptr_null(result->input_error);
	ck_assert_uint_eq(result->events, film->position);
	ck_assert_int_eq(record_result_outcome(result), OUTCOME_OK);
	record_result_free(result);
	play_free(play);
	scenario_free(written);
}

TEST(another_choice_cuts_off_what_followed)
{
	struct explore_step out;

	open_film(B1);
	next();
	next();
	out = read_step("in 1 T1");
	ck_assert_ptr_null(film_steps_choose(film, &out));
	ck_assert_uint_eq(film->last, 3);
	ck_assert(next());
	ck_assert(!next());
	film->kind->rewind(film);
	ck_assert_uint_eq(film->position, 0);
	ck_assert_uint_eq(film->last, 3);
}
