/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/machine/describe.h"
#include "sim/machine/step-text.h"

static void start(struct machine *machine, const struct machine_config *config)
{
	bool can_start = machine_start(machine, config);

	g_assert(can_start);
}

/* Append @changes with ';' between them, each line after @indent. */
static void add_changes(GString *text, const GPtrArray *changes, const char *indent)
{
	size_t line = 0;

	for (guint i = 0; i < changes->len; i++) {
		const char *one = changes->pdata[i];

		if (i > 0 && line + strlen(one) + 2 > DESCRIBE_COLUMNS) {
			g_string_append(text, ";\n");
			line = 0;
		} else if (i > 0) {
			g_string_append(text, "; ");
			line += 2;
		}
		if (line == 0) {
			g_string_append(text, indent);
			line = strlen(indent);
		}
		g_string_append(text, one);
		line += strlen(one);
	}
	if (changes->len > 0)
		g_string_append_c(text, '\n');
}

static void add_note(GString *text, const struct describe_notes *notes, guint number)
{
	if (notes->after)
		g_string_append(text, notes->after(notes->context, number));
}

/* Append @one of each step, and take it. Returns the machine at the end, to be freed. */
static struct machine *follow(GString *text, const struct machine_config *config,
	const GArray *steps, const struct describe_notes *notes,
	void (*one)(GString *text, guint number, const struct explore_step *step,
		const struct machine *before, const struct machine *after))
{
	struct machine *before = g_new(struct machine, 1), *after = g_new(struct machine, 1);

	start(before, config);
	*after = *before;
	for (guint i = 0; i < steps->len; i++) {
		const struct explore_step *step = &g_array_index(steps, struct explore_step, i);

		g_assert(!machine_refuses(after, config, step));
		machine_apply(after, config, step, NULL);
		if (i + 1 >= notes->first)
			one(text, i + 1, step, before, after);
		add_note(text, notes, i + 1);
		*before = *after;
	}
	g_free(after);
	return before;
}

static const struct describe_notes no_notes;

void describe_one(GString *text, guint number, const struct explore_step *step,
	const struct machine *before, const struct machine *after)
{
	g_autofree char *words = describe_step(before, step);
	g_autoptr(GPtrArray) changes = describe_changes(before, after);

	g_string_append_printf(text, "  %3u  %s\n", number, words);
	add_changes(text, changes, "         ");
}

static void add_state(
	GString *text, const struct machine *machine, const struct machine_config *config)
{
	g_autofree char *state = describe_state(machine, config);
	g_auto(GStrv) lines = g_strsplit(state, "\n", -1);

	for (char **line = lines; *line; line++)
		g_string_append_printf(text, "    %s\n", *line);
}

void describe_path(GString *text, const struct machine_config *config, const GArray *steps,
	const struct describe_notes *notes)
{
	struct machine *machine = g_new(struct machine, 1);

	notes = notes ? notes : &no_notes;
	start(machine, config);
	g_string_append(text, "  At the start\n");
	add_state(text, machine, config);
	g_free(machine);
	add_note(text, notes, 0);
	if (notes->first > 1)
		g_string_append_printf(
			text, "    …  steps 1 to %u are left out\n", notes->first - 1);
	machine = follow(text, config, steps, notes, describe_one);
	g_string_append(text, "  At the end\n");
	add_state(text, machine, config);
	g_free(machine);
}

static void list_one(GString *text, guint number, const struct explore_step *step,
	const struct machine *before, const struct machine *after)
{
	g_autofree char *words = describe_step(before, step);
	g_autoptr(GPtrArray) changes = describe_changes(before, after);
	char line[STEP_TEXT_MAX];

	step_print(step, line);
	g_string_append_printf(text, "# %s\n", words);
	add_changes(text, changes, "#     ");
	g_string_append_printf(text, "%u = %s\n", number, line);
}

void describe_steps(GString *text, const struct machine_config *config, const GArray *steps)
{
	g_free(follow(text, config, steps, &no_notes, list_one));
}
