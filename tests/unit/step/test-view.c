/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/prng.h"
#include "sim/step/film-steps.h"
#include "sim/step/keys.h"
#include "sim/step/view.h"
#include "tests/lib/folder.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

#define B1                                                                                         \
	"[scenario]\ntitle = a test\n[machine]\ncpus = 2\n[protocol]\nrevision = v5\n"             \
	"[explore]\nforks = 1\n[steps]\n1 = migrate T1 1\n2 = fork T0 T2\n3 = out 0\n4 = in 1 "    \
	"T0\n"

static struct scenario *scenario;
static struct stepper stepper;
static struct view view;

static void start(void)
{
	char *refusal;

	scenario = sim_parse(B1);
	stepper_init(&stepper, scenario, film_steps_new(scenario, &refusal), NULL);
	view_init(&view, &stepper);
}

static void stop(void)
{
	view_clear(&view);
	stepper_clear(&stepper);
	scenario_free(scenario);
}

static void type(const char *text)
{
	for (; *text; text++)
		view_key(&view, *text);
}

static uint64_t position(void)
{
	return walkthrough_here(stepper.walk)->position;
}

/* The screen without escapes, lines with a line end each. */
static char *screen(guint width, guint height)
{
	g_autoptr(GString) text = g_string_new(NULL);
	GString *plain = g_string_new(NULL);

	view_draw(&view, width, height, text);
	for (const char *at = text->str; *at; at++) {
		if (*at == '\033')
			at += strcspn(at, "HKmJ");
		else if (*at != '\r')
			g_string_append_c(plain, *at);
	}
	g_string_append_c(plain, '\n');
	return g_string_free(plain, FALSE);
}

SUITE(.before = start, .after = stop);

TEST(keys_move_and_search)
{
	type("nn");
	ck_assert_uint_eq(position(), 2);
	type("b");
	ck_assert_uint_eq(position(), 1);
	type("v");
	ck_assert_uint_eq(position(), 4);
	type("F");
	ck_assert_uint_eq(position(), 2);
	view_key(&view, KEY_HOME);
	ck_assert_uint_eq(position(), 0);
	view_key(&view, KEY_END);
	ck_assert_uint_eq(position(), 4);
	view_key(&view, KEY_LEFT);
	ck_assert_uint_eq(position(), 3);
	type("q");
	ck_assert_int_eq(view.state, VIEW_OVER);
}

TEST(a_number_is_typed_and_can_be_mended)
{
	type("g9");
	ck_assert_int_eq(view.state, VIEW_TYPING);
	view_key(&view, KEY_BACKSPACE);
	type("3");
	view_key(&view, KEY_ENTER);
	ck_assert_int_eq(view.state, VIEW_READY);
	ck_assert_uint_eq(position(), 3);
	type("g1");
	view_key(&view, KEY_ESCAPE);
	ck_assert_int_eq(view.state, VIEW_READY);
	ck_assert_uint_eq(position(), 3);
	type(":");
	view_key(&view, KEY_BACKSPACE);
	ck_assert_int_eq(view.state, VIEW_READY);
}

TEST(a_digit_picks_a_step)
{
	type("2");
	ck_assert_uint_eq(position(), 1);
	ck_assert_uint_eq(stepper.walk ? walkthrough_last(stepper.walk) : 0, 1);
	ck_assert_str_eq(view.message->str, "what came next was cut off");
}

TEST(a_bad_command_is_a_message_and_all_goes_on)
{
	g_autofree char *text = NULL;

	type(":foo");
	view_key(&view, KEY_ENTER);
	ck_assert_int_eq(view.state, VIEW_READY);
	text = screen(80, 24);
	ck_assert_ptr_nonnull(strstr(text, "\nthere is no command 'foo'; there are next, back"));
	type("n");
	ck_assert_uint_eq(position(), 1);
	ck_assert_uint_eq(view.message->len, 0);
	type("%");
	ck_assert_str_eq(view.message->str, "this key means nothing here; h for help");
}

TEST(help_is_shown_until_a_key)
{
	g_autofree char *text = NULL, *other = NULL;

	type("h");
	text = screen(80, 24);
	ck_assert_ptr_nonnull(strstr(text, "\nKeys\n"));
	type("n");
	ck_assert_uint_eq(position(), 0);
	other = screen(80, 24);
	ck_assert_ptr_null(strstr(other, "\nKeys\n"));
}

TEST(the_command_help_shows_the_commands_and_scrolls)
{
	g_autofree char *text = NULL, *other = NULL;

	type(":help");
	view_key(&view, KEY_ENTER);
	ck_assert_int_eq(view.state, VIEW_HELP);
	text = screen(80, 24);
	ck_assert_ptr_nonnull(strstr(text, "\n  write FILE "));
	other = screen(80, 9);
	ck_assert_ptr_null(strstr(other, "\n  write FILE "));
	view_key(&view, KEY_PAGE_DOWN);
	ck_assert_int_eq(view.state, VIEW_HELP);
	g_free(other);
	other = screen(80, 9);
	ck_assert_ptr_nonnull(strstr(other, "\n  write FILE "));
	ck_assert_ptr_nonnull(strstr(other, "\nlines 5 to 9 of 9: "));
}

TEST(of_a_long_command_the_end_is_shown)
{
	g_autofree char *text = NULL;

	type("w/a/long/name/of/a/folder/file.scn");
	text = screen(20, 24);
	ck_assert_ptr_nonnull(strstr(text, "\nf/a/folder/file.scn_\n"));
}

/* A key that makes the message, and then a larger terminal. */
TEST(which_lines_are_shown_is_said_as_long_as_it_is_so)
{
	g_autofree char *text = screen(80, 10), *other = screen(80, 40);

	ck_assert_ptr_nonnull(strstr(text, "\nlines 1 to 6 of "));
	ck_assert_ptr_null(strstr(other, "\nlines "));
}

TEST(a_screen_has_title_place_state_and_keys)
{
	g_autofree char *text = screen(80, 24);

	ck_assert(g_str_has_prefix(text, " cidsim step  a test  (v5)"));
	ck_assert_ptr_nonnull(strstr(text, "\nstep 0 of 4\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n  CPU0: word 0; runs T0 with word 0\n"));
	ck_assert_ptr_nonnull(strstr(text, "\nSteps that can be taken here\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n n next  b back  f flip"));
}

/* Whatever its size and the keys: as many lines as the terminal has, none wider. */
TEST_RANGE(a_screen_fits_the_terminal, 0, 60)
{
	struct prng prng = { .key = prng_key(1, (uint32_t)_i) };
	static const char keys[] = "nbfFoOcCvVgwh:1239 ";
	char *dir = folder_new();

	/* the key w writes files */
	ck_assert_int_eq(g_chdir(dir), 0);
	for (int i = 0; i < 40 && view.state != VIEW_OVER; i++) {
		guint width = 1 + (guint)(prng_next(&prng) % 100);
		guint height = 1 + (guint)(prng_next(&prng) % 40);
		uint64_t choice = prng_next(&prng);
		g_autofree char *text = NULL;

		view_key(&view, choice % 3 ? keys[choice / 3 % (sizeof(keys) - 1)]
					   : KEY_ENTER + (int)(choice / 3 % 11));
		text = screen(width, height);
		g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
		ck_assert_uint_le(g_strv_length(lines) - 1, height);
		for (char **line = lines; *line; line++)
			ck_assert_uint_le((guint)g_utf8_strlen(*line, -1), width);
	}
	folder_remove(dir);
}

TEST(a_long_page_scrolls)
{
	g_autofree char *text = screen(80, 10), *other = NULL;

	ck_assert_ptr_nonnull(strstr(text, "\nlines 1 to 6 of "));
	view_key(&view, KEY_PAGE_DOWN);
	other = screen(80, 10);
	ck_assert_str_ne(text, other);
	ck_assert_ptr_nonnull(strstr(other, "\nlines "));
	view_key(&view, KEY_PAGE_UP);
	g_autofree char *again = screen(80, 10);
	ck_assert_str_eq(text, again);
}
