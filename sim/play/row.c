/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/play/row.h"

#include "sim/machine/describe.h"
#include "sim/machine/step-text.h"

/* The lines of a state as one: what did not fit into a line goes on behind "; ". */
static char *state_text(const struct machine *machine, const struct machine_config *config)
{
	g_autofree char *lines = describe_state(machine, config);
	GString *text = g_string_new(lines);

	g_string_replace(text, "\n    ", "; ", 0);
	g_string_replace(text, "\n", " | ", 0);
	g_assert(!strchr(text->str, '\n'));
	return g_string_free(text, FALSE);
}

static char *changes_text(const struct machine *before, const struct machine *after)
{
	g_autoptr(GPtrArray) changes = describe_changes(before, after);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < changes->len; i++)
		g_string_append_printf(
			text, "%s%s", i ? "; " : "", (const char *)changes->pdata[i]);
	return g_string_free(text, FALSE);
}

static char *broken_text(unsigned broken)
{
	GString *text = g_string_new(NULL);

	for (; broken; broken &= broken - 1)
		g_string_append_printf(text, "%s%s", text->len ? " " : "",
			scenario_property_to_string(broken & -broken));
	return g_string_free(text, FALSE);
}

void play_row(const struct recorder *recorder, const struct machine *before,
	const struct machine *after, const struct machine_config *config,
	const struct explore_step *step, uint32_t number, unsigned broken)
{
	char text[STEP_TEXT_MAX] = "";
	g_autofree char *words = step ? describe_step(before, step) : g_strdup("the start");
	g_autofree char *changes = step ? changes_text(before, after) : g_strdup("");
	g_autofree char *state = state_text(after, config), *names = broken_text(broken);
	const struct record_step row = { .time_ns = recorder->now_ns,
		.number = number,
		.text = text,
		.words = words,
		.changes = changes,
		.state = state,
		.broken = names };

	g_assert(!step == (number == 0));
	if (step)
		step_print(step, text);
	recorder->sink->step(recorder->sink->context, &row);
}
