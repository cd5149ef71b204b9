/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/axes-check.h"

#include <string.h>

#include "sim/base/values.h"
#include "sim/sweep/axes-private.h"

/*
 * The values are checked by reading the scenario with them. A fault of a value names the setting
 * that is wrong. But a value can also make another setting or a line of the file wrong (two CPUs,
 * and an mm that has CPU 3); and while the first and the last value of some axis are wrong, all
 * values of all other axes seem to be. So the faults that name the axis itself are reported first,
 * and of the others only those that no report contains by then.
 */

enum { REPORTS_MAX = 20 };

/* A value that cannot be, by faults that name other things than its axis. */
struct suspect {
	const struct sweep_axis *axis;
	char *value;
	GPtrArray *faults; /* char * */
};

struct checker {
	const struct sweep_axes *axes;
	const struct sweep_source *source;
	GPtrArray *messages;  /* to be reported */
	GHashTable *reported; /* they and the faults they come from: no text twice */
	GPtrArray *suspects;
};

static void suspect_free(void *data)
{
	struct suspect *suspect = data;

	g_free(suspect->value);
	g_ptr_array_free(suspect->faults, TRUE);
	g_free(suspect);
}

/* Takes @message. */
static void add_message(struct checker *checker, char *message)
{
	g_assert(*message);
	if (g_hash_table_add(checker->reported, g_strdup(message)))
		g_ptr_array_add(checker->messages, message);
	else
		g_free(message);
}

/* What @fault says of a setting of @axis; NULL if it is about something else. */
static const char *of_axis(const struct sweep_axis *axis, const char *fault)
{
	static const char option[] = "--set ";

	if (!g_str_has_prefix(fault, option))
		return NULL;
	fault += strlen(option);
	for (guint i = 0; i < axis->keys->len; i++) {
		const char *key = axis->keys->pdata[i];

		if (g_str_has_prefix(fault, key) && g_str_has_prefix(fault + strlen(key), ": "))
			return fault + strlen(key) + 2;
	}
	return NULL;
}

/* "LABEL: with VALUE: text"; the value is left out if @text has it. */
static void add_fault(
	struct checker *checker, const struct sweep_axis *axis, const char *value, const char *text)
{
	char *quoted = value_quote(value);

	g_assert(*text);
	if (strstr(text, quoted) != NULL)
		add_message(checker, g_strdup_printf("%s: %s", axis->label, text));
	else
		add_message(checker, g_strdup_printf("%s: with %s: %s", axis->label, quoted, text));
	g_free(quoted);
}

/* Report those of @faults that name @axis. False if there are none. */
static bool report_own(struct checker *checker, const struct sweep_axis *axis, const char *value,
	const GPtrArray *faults)
{
	bool any = false;

	for (guint i = 0; i < faults->len; i++) {
		const char *text = of_axis(axis, faults->pdata[i]);

		if (!text)
			continue;
		add_fault(checker, axis, value, text);
		g_hash_table_add(checker->reported, g_strdup(faults->pdata[i]));
		any = true;
	}
	return any;
}

/* The faults where axis @which has the value @position and all others their first or last. */
static GPtrArray *try_corner(
	const struct checker *checker, unsigned which, uint64_t position, bool last)
{
	GPtrArray *faults = g_ptr_array_new_with_free_func(g_free);
	uint64_t positions[AXES_MAX];

	g_assert(position < sweep_axes_length(checker->axes, which));
	for (unsigned i = 0; i < checker->axes->list->len; i++)
		positions[i] = last ? sweep_axes_length(checker->axes, i) - 1 : 0;
	positions[which] = position;
	scenario_free(sweep_axes_parse(checker->axes, checker->source, positions, faults));
	return faults;
}

static void try_value(struct checker *checker, unsigned which, uint64_t position)
{
	const struct sweep_axis *axis = sweep_axis_get(checker->axes, which);
	GPtrArray *first = try_corner(checker, which, position, false);
	GPtrArray *last = NULL;
	struct suspect *suspect;
	char *value;

	g_assert(which < checker->axes->list->len);
	if (first->len > 0)
		last = try_corner(checker, which, position, true);
	if (!last || last->len == 0) {
		g_ptr_array_free(first, TRUE);
		if (last)
			g_ptr_array_free(last, TRUE);
		return;
	}
	value = sweep_axis_setting(axis, position);
	/* Ranges go up: where all others have their last value there is most room. */
	if (report_own(checker, axis, value, last) || report_own(checker, axis, value, first)) {
		g_ptr_array_free(first, TRUE);
		g_free(value);
	} else {
		suspect = g_new(struct suspect, 1);
		*suspect = (struct suspect){ .axis = axis, .value = value, .faults = first };
		g_ptr_array_add(checker->suspects, suspect);
	}
	g_ptr_array_free(last, TRUE);
}

static void try_axis(struct checker *checker, unsigned which)
{
	const struct axis_values *values = sweep_axis_get(checker->axes, which)->values;
	guint suspects = checker->suspects->len;

	g_assert(which < checker->axes->list->len);
	for (uint32_t i = 0; i < axis_values_items(values); i++) {
		struct axis_item info = axis_values_item(values, i);

		/* Suspects end only this axis: the next one can be what is wrong with them. */
		if (checker->messages->len > REPORTS_MAX ||
			checker->suspects->len - suspects > REPORTS_MAX)
			return;
		try_value(checker, which, info.first);
		if (info.last > info.first)
			try_value(checker, which, info.last);
	}
}

static void report_suspect(struct checker *checker, const struct suspect *suspect)
{
	g_assert(suspect->faults->len > 0);
	for (guint i = 0; i < suspect->faults->len; i++) {
		const char *fault = suspect->faults->pdata[i];

		if (!g_hash_table_contains(checker->reported, fault))
			add_fault(checker, suspect->axis, suspect->value, fault);
	}
}

void sweep_axes_check(
	const struct sweep_axes *axes, const struct sweep_source *source, GPtrArray *errors)
{
	struct checker checker = { .axes = axes, .source = source };

	g_assert(axes->list->len <= AXES_MAX);
	checker.messages = g_ptr_array_new_with_free_func(g_free);
	checker.suspects = g_ptr_array_new_with_free_func(suspect_free);
	checker.reported = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (unsigned i = 0; i < axes->list->len; i++)
		if (sweep_axis_get(axes, i)->name.kind != AXIS_SEEDS)
			try_axis(&checker, i);
	for (guint i = 0; i < checker.suspects->len; i++)
		report_suspect(&checker, checker.suspects->pdata[i]);
	for (guint i = 0; i < MIN(checker.messages->len, REPORTS_MAX); i++)
		g_ptr_array_add(errors, g_strdup(checker.messages->pdata[i]));
	if (checker.messages->len > REPORTS_MAX)
		g_ptr_array_add(errors, g_strdup("sweep: too many errors"));
	g_hash_table_destroy(checker.reported);
	g_ptr_array_free(checker.suspects, TRUE);
	g_ptr_array_free(checker.messages, TRUE);
}
