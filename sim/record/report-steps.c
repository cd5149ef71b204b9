/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>

#include "sim/base/text.h"
#include "sim/machine/describe.h"
#include "sim/record/report.h"

/* Where it breaks is at the end of most stories, so that the first steps of a long one are left
 * out. */
enum { STEPS_SHOWN_MAX = 200, STEP_NS = 1000 };

struct story {
	const struct record_result *result;
	GString *note;
};

/* The state where a property breaks; at the end it follows anyway. */
static void add_state(struct story *story, const struct record_violation *violation, guint number)
{
	g_auto(GStrv) lines = g_strsplit(violation->text ? violation->text : "", "\n", 0);

	if (number == story->result->scenario->steps_count)
		return;
	for (char **line = lines; *line; line++)
		g_string_append_printf(story->note, "         %s\n", *line);
}

/* The properties that break with step @number, 0: from the start on. */
static const char *broken_after(void *context, guint number)
{
	struct story *story = context;
	const GPtrArray *violations = story->result->violations;

	g_string_truncate(story->note, 0);
	for (guint i = 0; i < violations->len; i++) {
		const struct record_violation *violation = violations->pdata[i];
		unsigned property = scenario_property_find(violation->property);

		if (violation->time_ns != number * UINT64_C(1) * STEP_NS)
			continue;
		g_assert(property);
		g_string_append_printf(story->note, "  >>>  %s breaks here: %s\n",
			violation->property, scenario_property_describe(property));
		text_wrap(story->note, 0);
		add_state(story, violation, number);
	}
	return story->note->str;
}

void report_steps(GString *text, const struct record_result *result)
{
	const struct scenario *scenario = result->scenario;
	g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step));
	g_autoptr(GString) note = g_string_new(NULL);
	struct story story = { result, note };
	struct describe_notes notes = { .after = broken_after, .context = &story };

	g_assert(scenario->steps_line && result->events == scenario->steps_count);
	for (uint32_t i = 0; i < scenario->steps_count; i++)
		g_array_append_val(steps, scenario->steps[i].step);
	if (steps->len > STEPS_SHOWN_MAX)
		notes.first = steps->len - STEPS_SHOWN_MAX + 1;
	g_string_append_printf(
		text, "\nThe %" PRIu64 " steps, ended: %s\n", result->events, result->ended);
	g_string_append(
		text, "  Words: 1 is CID 1 owned by a task, 1c by a CPU, 1t in transit, - none\n");
	describe_path(text, &scenario->explore.config, steps, &notes);
}
