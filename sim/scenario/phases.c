/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <string.h>

/* The value of phases: "10 * (3ms, 27ms); (1ms, 0ns); forever * (exp(1ms), 2ms)". */

char *loops_read(const char *text, uint64_t *result)
{
	uint64_t value;
	char *message;

	if (strcmp(text, "forever") == 0) {
		*result = SCENARIO_FOREVER;
		return NULL;
	}
	if (!g_ascii_isdigit(text[0]))
		return value_fault(text, "is not a number of times, write one like 3, or forever");
	message = value_read_count(text, &value);
	if (message)
		return message;
	if (value == 0 || value == SCENARIO_FOREVER)
		return value_fault(text, "is out of range, it must be at least 1, or forever");
	*result = value;
	return NULL;
}

/* The comma that separates run and sleep: not one in the parentheses of a distribution. */
static char *find_comma(char *text)
{
	int depth = 0;

	for (; *text; text++) {
		depth += *text == '(';
		depth -= *text == ')';
		if (*text == ',' && depth == 0)
			return text;
	}
	return NULL;
}

/* "RUN, SLEEP", which is changed. */
static char *read_pair(char *text, struct scenario_phase *phase)
{
	char *comma = find_comma(text);
	char *message;

	if (!comma)
		return value_fault(text, "is no phase, write one like 10 * (3ms, 27ms)");
	*comma = '\0';
	message = value_read_sample(g_strstrip(text), SCENARIO_TIME_NS_MAX, &phase->run);
	if (!message && value_sample_longest(&phase->run) == 0)
		message = value_fault(text, "is too short to run, at least 1ns");
	return message ? message
	               : value_read_sample(
				 g_strstrip(comma + 1), SCENARIO_TIME_NS_MAX, &phase->sleep);
}

/* One phase, "TIMES * (RUN, SLEEP)" or "(RUN, SLEEP)"; @text is changed. */
static char *read_phase(char *text, struct scenario_phase *phase)
{
	char *open = strchr(text, '('), *star = strchr(text, '*');
	size_t length = strlen(text);
	char *message = NULL;

	phase->times = 1;
	if (!open || text[length - 1] != ')' || (open != text && (!star || star > open)))
		return value_fault(text, "is no phase, write one like 10 * (3ms, 27ms)");
	text[length - 1] = '\0';
	if (open != text) {
		*star = *open = '\0';
		if (*g_strstrip(star + 1) != '\0')
			return value_fault(star + 1,
				"stands between the times and the parentheses of a phase");
		message = loops_read(g_strstrip(text), &phase->times);
	}
	return message ? message : read_pair(g_strstrip(open + 1), phase);
}

char *phases_read(const char *text, struct behaviour *behaviour)
{
	g_auto(GStrv) items = g_strsplit(text, ";", -1);
	guint count = g_strv_length(items);
	struct scenario_phase *phases;
	char *message = NULL;

	if (count > SCENARIO_PHASES_MAX)
		return g_strdup_printf(
			"%u phases are too many, at most %d", count, SCENARIO_PHASES_MAX);
	phases = g_new0(struct scenario_phase, MAX(count, 1));
	for (guint i = 0; i < count && !message; i++) {
		message = read_phase(g_strstrip(items[i]), &phases[i]);
		if (!message && phases[i].times == SCENARIO_FOREVER && i + 1 < count)
			message = g_strdup("a phase that lasts forever must be the last one");
	}
	if (!message && count == 0)
		message = value_fault(text, "is no phase, write one like 10 * (3ms, 27ms)");
	if (message) {
		g_free(phases);
		return message;
	}
	g_free(behaviour->phases);
	behaviour->phases = phases;
	behaviour->phases_count = count;
	return NULL;
}
