/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* A path, with what each step changed. */

#include "sim/machine/describe.h"

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

static GArray *steps_of(const struct machine_config *config, const char *const *texts)
{
	GArray *steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step));

	for (; *texts; texts++) {
		struct explore_step step = machines_step(config, *texts);

		g_array_append_val(steps, step);
	}
	return steps;
}

SUITE(.timeout = 60);

TEST(a_path_has_its_start_each_step_and_its_end)
{
	struct machine_config config = machines_busy_config("7.1", 2, 2, 4);
	g_autoptr(GArray) steps = steps_of(&config, STEPS("out 0", "in 1 T1"));
	g_autoptr(GString) text = g_string_new(NULL);

	describe_path(text, &config, steps, NULL);
	ck_assert(g_str_has_prefix(text->str, "  At the start\n    mode per task; 2 users"));
	ck_assert_ptr_nonnull(strstr(text->str, "\n    1  CPU0 switches from T0 to idle\n"));
	ck_assert_ptr_nonnull(strstr(text->str, "\n    2  CPU1 switches from idle to T1\n"));
	ck_assert_ptr_nonnull(strstr(text->str, "\n  At the end\n"));
}

static const char *note(void *context, guint number)
{
	return number == *(const guint *)context ? "  here\n" : "";
}

TEST(a_path_can_begin_late_and_have_notes)
{
	struct machine_config config = machines_busy_config("7.1", 2, 2, 4);
	g_autoptr(GArray) steps = steps_of(&config, STEPS("out 0", "in 1 T1"));
	g_autoptr(GString) text = g_string_new(NULL);
	guint at = 1;
	const struct describe_notes notes = { .first = 2, .after = note, .context = &at };

	describe_path(text, &config, steps, &notes);
	ck_assert_ptr_nonnull(
		strstr(text->str, "\n    …  steps 1 to 1 are left out\n  here\n    2  CPU1"));
	ck_assert_ptr_null(strstr(text->str, "CPU0 switches"));
}

/* [steps], with words as comments: what step_read() reads. */
TEST(steps_are_listed_as_a_scenario_has_them)
{
	struct machine_config config = machines_busy_config("7.1", 2, 2, 4);
	g_autoptr(GArray) steps = steps_of(&config, STEPS("out 0", "in 1 T1"));
	g_autoptr(GString) text = g_string_new(NULL);
	unsigned found = 0;

	describe_steps(text, &config, steps);
	g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);
	for (char **line = lines; *line; line++) {
		char *value = strstr(*line, " = ");

		if (**line == '#' || !**line)
			continue;
		ck_assert_ptr_nonnull(value);
		machines_step(&config, value + 3);
		found++;
	}
	ck_assert_uint_eq(found, 2);
}
