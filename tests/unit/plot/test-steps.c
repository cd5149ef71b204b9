/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib/gstdio.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/plot/kinds.h"
#include "tests/lib/folder.h"
#include "tests/lib/plot-run.h"
#include "tests/lib/suite.h"

static char *dir; /* of the test, removed after it: the data for gnuplot */
static struct plot_page page;

static void start(void)
{
	dir = folder_new();
	page = (struct plot_page){ .work = dir, .assignments = g_string_new(NULL) };
}

static void stop(void)
{
	g_string_free(page.assignments, TRUE);
	folder_remove(dir);
}

/* What is wrong with the steps at @path, NULL: nothing. */
static char *draw(const char *path)
{
	GError *fault = NULL;

	ck_assert_int_eq(plot_steps(path, &page, &fault), fault == NULL);
	if (fault)
		ck_assert(g_error_matches(fault, FAILURE, FAILURE_INPUT));
	return fault ? folder_message(dir, fault) : NULL;
}

static void assert_data_has(const char *name, const char *part)
{
	g_autofree char *data = plot_run_read(dir, name, NULL);

	ck_assert_msg(strstr(data, part) != NULL, "%s: no '%s' in:\n%s", name, part, data);
}

/* The lanes in frames.dat, "-1 1": those that break a property. */
static char *framed_lanes(void)
{
	g_autofree char *data = plot_run_read(dir, "frames.dat", NULL);
	g_auto(GStrv) lines = g_strsplit(data, "\n", -1);
	GString *lanes = g_string_new(NULL);

	for (char **line = lines; *line && **line; line++)
		g_string_append_printf(
			lanes, "%s%.*s", lanes->len ? " " : "", (int)strcspn(*line, " "), *line);
	return g_string_free(lanes, FALSE);
}

/* A scenario of 2 CPUs and 2 tasks with the lines @steps in [steps]. */
static char *write_scenario(const char *steps)
{
	g_autofree char *text =
		g_strconcat("[machine]\ncpus = 2\n[explore]\ntasks = 2\nallowed = 0-1\nforks = 1\n"
			    "memory = strong\ncheck = I1 I3\n[steps]\n",
			steps, NULL);

	plot_run_write(dir, "x.scn", text, -1);
	return g_build_filename(dir, "x.scn", NULL);
}

SUITE(.timeout = 60, .before = start, .after = stop);

/* CPUs are the first lanes, then T0; -5 is the mode, -1 the pool. */
static const struct {
	const char *name, *broken, *why, *lanes;
} defects[] = {
	{ "b1", "I3 is broken", "T1 has CID 1 and is in the queue of CPU1, which is locked",
		"1 2 3" },
	{ "b2", "I3 is broken", "T1 must continue its walk, and waits for the rq lock of CPU0",
		"0 3 4" },
	{ "b3", "I6 is broken", "T2 is no user any more, and has CID 0", "6" },
	{ "b4", "I2 is broken", "CPU1 clears bit 0x20000001 of the pool: the word 1t", "-1 1 5" },
	{ "b5", "I5 is broken", "T2 owns CID 2, and the mode is per CPU", "5" },
	{ "b6", "I5 is broken", "T2 owns CID 2, and the mode is per CPU", "5" },
	{ "b7", "I2 is broken", "CPU0 clears bit 0x80000000 of the pool: UNSET", "-1 0 4" },
	{ "b8", "return is broken", "1 user is below that", "-5 -4 -2" },
	{ "b9", "I5 is broken", "CPU1 owns CID 1, and the mode is per task", "1" },
	{ "b10", "I3 is broken", "T0 must continue its walk, and cannot: its own switch spins",
		"0 2 3 4" },
	{ "b11", "window is broken", "the mode is cpu, not cpu+t", "-5" },
	{ "b12", "transit is broken", "T2 has CID 1 in transit", "4" },
};

TEST_ROWS(what_breaks_is_framed_and_named, defects)
{
	g_autofree char *path = g_strdup_printf("scenarios/defects/%s.scn", defects[_i].name);
	g_autofree char *wrong = draw(path);
	g_autofree char *lanes = NULL;

	ck_assert_msg(!wrong, "%s", wrong);
	assert_data_has("broken.dat", defects[_i].broken);
	assert_data_has("broken.dat", defects[_i].why);
	lanes = framed_lanes();
	ck_assert_str_eq(lanes, defects[_i].lanes);
}

TEST(a_row_has_the_state_after_the_step)
{
	g_autofree char *wrong = draw("scenarios/defects/b1.scn");

	ck_assert_msg(!wrong, "%s", wrong);
	/* T0 owns CID 0 at the start, CPU0 after the fork, and T0 uses it */
	assert_data_has("words.dat", "2 0 1 0 0 \"0\"\n");
	assert_data_has("words.dat", "0 40 1 0 1 \"0c\"\n");
	assert_data_has("words.dat", "2 40 3 0 1 \"0c\"\n");
	/* ... until it is switched out */
	assert_data_has("words.dat", "2 80 0 0 0 \"0c\"\n");
	/* ... which flips the mode; the walk is at T1, and T0 holds the mutex */
	assert_data_has("marks.dat", "-5 0 0 0\n");
	assert_data_has("marks.dat", "-5 40 0 1\n");
	assert_data_has("marks.dat", "3 40 32 0\n");
	assert_data_has("marks.dat", "2 40 8 0\n");
	/* the last step spins with the rq lock held */
	assert_data_has("marks.dat", "1 160 16 0\n");
	assert_data_has("texts.dat", "1 160 1 2 \"spins in get\"\n");
	/* long words have two lines; who does it, and to whom */
	assert_data_has("steps.dat", "40 0 \"1\" \"T0, on CPU0, forks the thread\"\n"
				     "40 1 \"\" \"T2\"\n");
	assert_data_has("arrows.dat", "40 2 4\n80 0 2\n120 3 1\n160 2 1\n");
	ck_assert_ptr_nonnull(strstr(page.assignments->str, "4 steps of b1"));
}

TEST(nothing_is_red_where_nothing_breaks)
{
	g_autofree char *path = write_scenario("1 = out 0\n2 = in 1 T1\n");
	g_autofree char *wrong = draw(path);
	g_autofree char *lanes = NULL;

	ck_assert_msg(!wrong, "%s", wrong);
	lanes = framed_lanes();
	ck_assert_str_eq(lanes, "");
	ck_assert_ptr_nonnull(strstr(page.assignments->str, "LEGEND_6 = 0.0"));
}

TEST(the_directory_of_a_run_stands_for_what_it_played)
{
	g_autofree char *path = g_build_filename(dir, "run", NULL), *wrong = NULL;

	plot_run_write(dir, "run/series.csv", "", 0);
	plot_run_write(dir, "run/report.json",
		"{\"title\":\"x\",\"revision\":\"7.1\",\"seed\":1,\"sim_time_ns\":5000,"
		"\"command\":[\"cidsim\",\"run\",\"scenarios/defects/b1.scn\",\"--seed\",\"1\","
		"\"--revision\",\"v4\",\"--set\",\"protocol.out-settles=off\"],"
		"\"mms\":{\"mm\":{\"users_max\":3,\"mode_switches\":{\"to_percpu\":1,\"to_task\":0}"
		","
		"\"formula\":{\"enter\":3,\"leave\":null}}}}",
		-1);
	wrong = draw(path);
	ck_assert_msg(!wrong, "%s", wrong);
	ck_assert_ptr_nonnull(strstr(page.assignments->str, "revision v4"));
}

TEST(a_size_scales_the_whole_chart)
{
	g_autofree char *wrong = NULL;

	page.width = 600;
	wrong = draw("scenarios/defects/b1.scn");
	ck_assert_msg(!wrong, "%s", wrong);
	ck_assert_ptr_nonnull(strstr(page.assignments->str, "WIDE = 1121.0\nHIGH = 438.0\n"));
	ck_assert_uint_eq(page.height, 438 * 600 / 1121);
}

TEST(of_many_steps_the_last_are_drawn)
{
	GString *many = g_string_new(NULL);
	g_autofree char *path = NULL, *wrong = NULL;

	for (int i = 0; i < (PLOT_STEPS_MAX + 2) / 2; i++)
		g_string_append_printf(many, "%d = out 0\n%d = in 0 T0\n", 2 * i + 1, 2 * i + 2);
	path = write_scenario(many->str);
	wrong = draw(path);
	ck_assert_msg(!wrong, "%s", wrong);
	ck_assert_ptr_nonnull(strstr(page.assignments->str, "the last 150 of 152 steps of x"));
	ck_assert_ptr_nonnull(strstr(page.assignments->str, "FIRST = \"after step 2\""));
	assert_data_has("steps.dat", "40 0 \"3\" \"CPU0 switches from T0 to idle\"\n");
	g_string_free(many, TRUE);
}

TEST(what_cannot_be_drawn)
{
	g_autofree char *dead = write_scenario("1 = out 1\n");
	g_autofree char *path = g_build_filename(dir, "run", NULL);
	g_autofree char *refused = draw(dead), *none = NULL, *run = NULL;

	ck_assert_ptr_nonnull(strstr(refused, "x.scn:10: step 1, \"out 1\": "));
	none = draw("scenarios/explore/b1.scn");
	ck_assert_ptr_nonnull(strstr(none, "has no [steps]"));
	plot_run_copy(dir, "run", NULL, NULL);
	run = draw(path);
	ck_assert_ptr_nonnull(strstr(run, "has no command"));
}
