/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib/gstdio.h>
#include <string.h>

#include "sim/step/film-run.h"
#include "sim/step/film-steps.h"
#include "sim/step/stepper.h"
#include "tests/lib/folder.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

#define B1                                                                                         \
	"[machine]\ncpus = 2\n[protocol]\nrevision = v5\n[explore]\nforks = 1\n[steps]\n"          \
	"1 = migrate T1 1\n2 = fork T0 T2\n3 = out 0\n4 = in 1 T0\n"
#define RAMP "[machine]\ncpus = 4\n[mm app]\n[ramp threads]\nmm = app\nto = 6\n"

static struct scenario *scenario;
static struct stepper stepper;

static void open_stepper(const char *text)
{
	g_autofree char *refusal = NULL;

	scenario = sim_parse(text);
	stepper_init(&stepper, scenario,
		scenario->explore.line ? film_steps_new(scenario, &refusal)
				       : film_run_new(scenario),
		NULL);
	ck_assert_ptr_null(refusal);
}

static void stop(void)
{
	stepper_clear(&stepper);
	scenario_free(scenario);
}

static void assert_answer(const char *command, enum stepper_answer kind, const char *text)
{
	ck_assert_int_eq(stepper_do(&stepper, command), kind);
	if (!strstr(stepper.answer->str, text))
		ck_abort_msg("'%s' answers '%s', not '%s'", command, stepper.answer->str, text);
}

static void assert_place(const char *command, const char *place)
{
	g_autoptr(GString) text = g_string_new(NULL);

	ck_assert_int_eq(stepper_do(&stepper, command), STEPPER_MOVED);
	stepper_show_place(&stepper, text);
	ck_assert_str_eq(text->str, place);
}

SUITE(.after = stop);

TEST(commands_move)
{
	open_stepper(B1);
	assert_place("next", "step 1 of 4");
	assert_place("  next 2 ", "step 3 of 4");
	assert_place("back", "step 2 of 4");
	assert_place("next violation", "step 4 of 4");
	assert_place("back flip", "step 2 of 4");
	assert_place("go start", "step 0 of 4");
	assert_place("next open", "step 2 of 4");
	assert_place("go 3", "step 3 of 4");
	assert_place("go end", "step 4 of 4");
	assert_place("back 99", "step 0 of 4");
	assert_place("show", "step 0 of 4");
}

TEST(what_cannot_be_reached_is_said)
{
	open_stepper(B1);
	assert_answer("next close", STEPPER_MOVED, "no close after here");
	assert_answer("back", STEPPER_MOVED, "this is the start: nothing comes before");
	assert_answer(
		"next 18446744073709551615", STEPPER_MOVED, "this is the end: nothing follows");
	assert_answer("go 99", STEPPER_MOVED, "this is the end");
}

static const struct {
	const char *command, *message;
} bad[] = {
	{ "foo", "there is no command 'foo'; there are next, back, go, show, list, pick, write, "
	         "help, "
		 "quit" },
	{ "next -1", "next: '-1' is not a number, flip, open, close or violation" },
	{ "back soon", "back: 'soon' is not a number, flip" },
	{ "go", "go: '' is not a number, start or end" },
	{ "go 1ms", "go: '1ms' is not a number, start or end" },
	{ "show all", "show takes nothing after it" },
	{ "pick", "pick: give a number of the list" },
	{ "pick 0", "pick: there is no number 0, list shows 1 to " },
	{ "pick 99", "pick: there is no number 99, list shows 1 to " },
	{ "pick inn 1 T0", "pick: unknown step 'inn', did you mean 'in'" },
	{ "pick out 1", "pick: that CPU idles" },
	{ "write", "write: give the name of a file" },
	{ "write x.scn", "write: no step has been taken" },
};

TEST_ROWS(a_bad_command_says_what_would_be_right, bad)
{
	open_stepper(B1);
	assert_answer(bad[_i].command, STEPPER_BAD, bad[_i].message);
	assert_place("show", "step 0 of 4");
}

TEST(lines_that_say_nothing_do_nothing)
{
	open_stepper(B1);
	assert_answer("", STEPPER_ANSWERS, "");
	assert_answer(" \t\r\n", STEPPER_ANSWERS, "");
	assert_answer("# next", STEPPER_ANSWERS, "");
	ck_assert_uint_eq(stepper.answer->len, 0);
	assert_answer("quit", STEPPER_QUITS, "");
	assert_answer("help", STEPPER_ANSWERS, "  pick N | STEP ");
}

TEST(lines_that_differ_are_marked)
{
	g_autoptr(GString) text = g_string_new(NULL);

	open_stepper(B1);
	stepper_do(&stepper, "next 3");
	stepper_show(&stepper, text);
	ck_assert(
		g_str_has_prefix(text->str, "step 3 of 4\n    3  CPU0 switches from T0 to idle\n"));
	ck_assert_ptr_nonnull(strstr(text->str, "\n  mode per CPU; 3 users"));
	ck_assert_ptr_nonnull(strstr(text->str, "\n> CPU0: word 0c; idles\n"));
	ck_assert_ptr_nonnull(
		strstr(text->str, "\n> T0: word 0c; in the queue of CPU0; forks T2\n"));
	ck_assert_ptr_nonnull(strstr(text->str, "\n  T1: word 1; in the queue of CPU1\n"));
}

TEST(the_step_that_comes_next_has_a_star_and_others_can_be_picked)
{
	g_autoptr(GString) text = g_string_new(NULL);

	open_stepper(B1);
	ck_assert_int_eq(stepper_do(&stepper, "list"), STEPPER_LISTS);
	stepper_show_choices(&stepper, text);
	ck_assert_ptr_nonnull(strstr(text->str, "   2  CPU0 switches from T0 to idle  "));
	ck_assert_ptr_nonnull(strstr(text->str, "\n*  6  T1 goes to the queue of CPU1  "));
	assert_place("pick migrate T1 1", "step 1 of 4"); /* the same: nothing is cut off */
	assert_answer("pick in 1 T1", STEPPER_MOVED, "what came next was cut off");
	assert_place("show", "step 2 of 2");
	assert_place("pick 1", "step 3 of 3");
}

TEST(steps_are_written_as_a_scenario)
{
	char *folder = folder_new();
	g_autofree char *path = g_build_filename(folder, "mine.scn", NULL);
	g_autofree char *command = g_strconcat("write ", path, NULL);
	g_autofree char *nowhere = g_strconcat("write ", path, "/no/x.scn", NULL);
	g_autofree char *written = NULL;

	open_stepper(B1);
	stepper_do(&stepper, "go end");
	assert_answer(command, STEPPER_ANSWERS, "mine.scn has 4 steps; cidsim run ");
	ck_assert(g_file_get_contents(path, &written, NULL, NULL));
	ck_assert_ptr_nonnull(strstr(written, "\n4 = in 1 T0\n\n[expect]\nproperty = I3\n"));
	assert_answer(command, STEPPER_BAD, "is there; give another name");
	assert_answer(nowhere, STEPPER_FAILED, "mine.scn/no");
	folder_remove(folder);
}

TEST(a_run_has_times_and_no_steps_to_pick)
{
	open_stepper(RAMP);
	assert_place("next flip", "step 14 at 3.084800 ms");
	assert_place("next close", "step 19 at 3.086100 ms");
	assert_place("go 3.085ms", "step 14 at 3.084800 ms");
	assert_place("go 0ns", "step 1 at 0.000000 ms");
	assert_answer("list", STEPPER_BAD,
		"there is no command 'list'; there are next, back, go, show, help, quit");
	assert_answer("go soon", STEPPER_BAD,
		"go: 'soon' is not a number, a time like 3.1ms, start or end");
}
