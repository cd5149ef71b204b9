/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/verdict.h"

#include <inttypes.h>
#include <string.h>

#include "model/check.h"
#include "sim/base/text.h"

enum {
	INDENT = 15,     /* of what a row says */
	MISSED_MAX = 12, /* ranges of lines that have not run, for each file */
	STORY_MAX = 100, /* lines */
	NEIGHBOURS = 2,  /* revisions whose difference is told */
};

const char *kernel_verdict_to_string(enum kernel_verdict verdict)
{
	static const char *const names[] = {
		[KERNEL_AGREES] = "agrees",
		[KERNEL_VIOLATED] = "violated",
		[KERNEL_DIFFERS] = "differs",
		[KERNEL_LOOPS] = "loops",
		[KERNEL_CRASHES] = "crashes",
		[KERNEL_UNDECIDED] = "undecided",
	};

	g_assert(verdict < G_N_ELEMENTS(names));
	return names[verdict];
}

char *kernel_properties(unsigned broken)
{
	GString *text = g_string_new(NULL);

	for (unsigned bit = CHECK_I1; bit <= CHECK_I8; bit <<= 1) {
		if (broken & bit)
			g_string_append_printf(
				text, "%s%s", text->len > 0 ? ", " : "", check_to_string(bit));
	}
	return g_string_free(text, FALSE);
}

char *kernel_place(const struct difference *difference)
{
	if (!*difference->file)
		return g_strdup("");
	return g_strdup_printf("%s:%" PRIu32 ": ", text_clean(difference->file), difference->line);
}

/* What the code did beside a model, or alone. */
static void print_deed(GString *text, const struct kernel_report *report)
{
	const char *revision = report->revision ? report->revision->name : "?";
	const char *format;

	if (report->verdict == KERNEL_AGREES)
		format = report->alone ? "holds\n" : "behaves as %s\n";
	else if (report->verdict == KERNEL_VIOLATED)
		format = report->alone ? "breaks a property\n"
		                       : "behaves as %s, and breaks a property\n";
	else if (report->alone)
		format = "warns\n";
	else
		format = report->trials_count > 1
		                 ? "differs from all revisions; %s is the nearest one\n"
		                 : "differs from %s\n";
	g_string_append_printf(text, format, revision);
}

static void print_headline(GString *text, const char *name, const struct kernel_report *report)
{
	g_string_append_printf(text, "%s ", text_path(name));
	switch (report->verdict) {
	case KERNEL_AGREES:
	case KERNEL_VIOLATED:
	case KERNEL_DIFFERS:
		print_deed(text, report);
		break;
	case KERNEL_LOOPS:
		g_string_append(text,
			"loops: its code runs or sleeps for seconds and does not come to an end\n");
		break;
	case KERNEL_CRASHES:
		g_string_append_printf(text, "crashes: signal %d (%s)\n", report->signal,
			g_strsignal(report->signal));
		break;
	case KERNEL_UNDECIDED:
		g_string_append(text, "is undecided: stopped too early");
		if (report->revision && !report->alone)
			g_string_append_printf(
				text, "; so far it behaves as %s", report->revision->name);
		g_string_append_c(text, '\n');
		break;
	}
}

void kernel_print_row(GString *text, const char *name, const char *words)
{
	g_string_append_printf(text, "  %-*s ", (int)INDENT - 3, name);
	text_fill(text, words, INDENT, TEXT_WIDTH);
	g_string_append_c(text, '\n');
}

static void print_row(GString *text, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void print_row(GString *text, const char *name, const char *format, ...)
{
	g_autofree char *words = NULL;
	va_list arguments;

	va_start(arguments, format);
	words = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	kernel_print_row(text, name, words);
}

static void print_steps(GString *text, const struct kernel_report *report)
{
	g_autofree char *seeds = report->jobs > 1 && !report->finding
	                                 ? g_strdup_printf("seeds %" PRIu64 " to %" PRIu64,
						   report->seed, report->seed + report->jobs - 1)
	                                 : g_strdup_printf("seed %" PRIu64, report->seed);

	print_row(text, "steps", "%" PRIu64 " on %" PRIu64 " machine%s; %s", report->steps,
		report->rounds, report->rounds == 1 ? "" : "s", seeds);
}

static void print_difference(GString *text, const struct lockstep_finding *finding)
{
	const struct difference *difference = &finding->difference;
	g_autofree char *where = kernel_place(difference);

	print_row(text, "difference", "step %" PRIu64 ": %s%s", finding->step, where,
		text_clean(difference->what));
}

static void print_violation(GString *text, const struct lockstep_finding *finding)
{
	if (!finding->broken)
		return;
	print_row(text, "broken", "step %" PRIu64 ": %s, %s", finding->step,
		check_to_string(finding->broken), check_describe(finding->broken));
}

static void print_machine(GString *text, const struct lockstep_finding *finding)
{
	const struct shape *shape = &finding->log.shape;

	print_row(text, "machine", "%" PRIu32 " CPU%s, %" PRIu32 " events", shape->cpus,
		shape->cpus == 1 ? "" : "s", finding->log.count);
}

void kernel_print_story(GString *text, const struct lockstep_finding *finding)
{
	g_auto(GStrv) lines = g_strsplit(finding->story, "\n", -1);
	guint count = g_strv_length(lines), first = count > STORY_MAX ? count - STORY_MAX : 0;

	if (!*finding->story)
		return;
	g_string_append_printf(text, "\nT0 runs alone on the lowest CPU that it may run on.%s\n",
		first > 0 ? " The end of what follows:" : "");
	for (guint i = first; i < count; i++) {
		if (*lines[i])
			g_string_append_printf(text, "%s\n", text_clean(lines[i]));
	}
}

static void print_properties(GString *text, const struct kernel_report *report)
{
	g_autofree char *broken = kernel_properties(report->broken);
	g_autofree char *known = kernel_properties(report->broken_known & ~report->broken);

	if (report->verdict >= KERNEL_DIFFERS)
		return;
	if (*broken)
		print_row(text, "properties", "broken: %s", broken);
	else
		print_row(text, "properties", "%s hold%s",
			report->no_spins ? "I1, I2, I4 to I6 and I8" : "I1 to I6 and I8",
			*known ? ", but for what follows" : "");
	if (*known)
		print_row(text, "",
			"%s: broken after a failed exec, as in every revision (B9 to B11)", known);
}

/* Other revisions: those that cannot be told apart; of those that it differs from, the last ones to
 * do so. */
static void print_trials(GString *text, const struct kernel_report *report)
{
	const char *name = "revisions";
	uint64_t last = 0;
	uint32_t others = 0;

	for (uint32_t i = 0; i < report->trials_count; i++) {
		const struct kernel_trial *trial = &report->trials[i];
		g_autofree char *where = kernel_place(&trial->difference);

		if (trial->revision == report->revision)
			continue;
		if (trial->differs && i > NEIGHBOURS) {
			last = MAX(last, trial->difference_step);
			others++;
			continue;
		}
		if (trial->differs)
			print_row(text, name, "not %s: step %" PRIu64 ": %s%s",
				trial->revision->name, trial->difference_step, where,
				text_clean(trial->difference.what));
		else
			print_row(text, name, "%s cannot be told apart in %" PRIu64 " steps",
				trial->revision->name, trial->steps);
		name = "";
	}
	if (others > 0)
		print_row(text, name, "not %" PRIu32 " others: they differ by step %" PRIu64,
			others, last);
}

static void print_missed(GString *text, const GArray *missed)
{
	guint ranges = 0;

	for (guint i = 0; i < missed->len; ranges++) {
		guint from = g_array_index(missed, guint, i), to = from;

		for (i++; i < missed->len && g_array_index(missed, guint, i) <= to + 2; i++)
			to = g_array_index(missed, guint, i);
		if (ranges == MISSED_MAX) {
			g_string_append(text, ", …");
			return;
		}
		g_string_append(text, ranges > 0 ? ", " : "; not line ");
		g_string_append_printf(text, "%u", from);
		if (to > from)
			g_string_append_printf(text, "-%u", to);
	}
}

static void print_coverage(GString *text, const struct kernel_report *report)
{
	const char *name = "coverage";

	for (int part = 0; part < TREE_PARTS; part++) {
		const struct coverage *coverage = &report->coverage[part];
		g_autoptr(GString) missed = g_string_new(NULL);
		g_autofree char *share = NULL;

		if (coverage->lines == 0)
			continue;
		share = text_percent(coverage->run, coverage->lines);
		print_missed(missed, coverage->missed);
		print_row(text, name, "%s: %s of %u lines%s", tree_file((enum tree_part)part),
			share, coverage->lines, missed->str);
		name = "";
	}
	if (strcmp(name, "coverage") == 0)
		print_row(text, name, "not known: no gcov, or the compiler does not count lines");
}

void kernel_verdict_print(GString *text, const char *name, const struct kernel_report *report)
{
	gsize from = text->len;

	print_headline(text, name, report);
	print_steps(text, report);
	if (report->finding) {
		if (report->finding->difference.found)
			print_difference(text, report->finding);
		print_violation(text, report->finding);
		print_machine(text, report->finding);
	}
	print_properties(text, report);
	print_trials(text, report);
	print_coverage(text, report);
	if (report->finding)
		kernel_print_story(text, report->finding);
	text_wrap(text, from);
}

/* JSON */

void kernel_add_difference(struct json *json, uint64_t step, const struct difference *difference)
{
	json_begin_object(json, NULL);
	json_add_number(json, "step", step);
	json_add_text(json, "file", difference->file);
	json_add_number(json, "line", difference->line);
	json_add_text(json, "what", difference->what);
	json_end_object(json);
}

static void add_differences(struct json *json, const struct kernel_report *report)
{
	json_begin_array(json, "differences");
	if (report->finding && report->finding->difference.found)
		kernel_add_difference(json, report->finding->step, &report->finding->difference);
	json_end_array(json);
}

void kernel_add_properties(struct json *json, const char *name, unsigned broken)
{
	json_begin_array(json, name);
	for (unsigned bit = CHECK_I1; bit <= CHECK_I8; bit <<= 1) {
		if (broken & bit)
			json_add_text(json, NULL, check_to_string(bit));
	}
	json_end_array(json);
}

static void add_trials(struct json *json, const struct kernel_report *report)
{
	json_begin_array(json, "revisions");
	for (uint32_t i = 0; !report->alone && i < report->trials_count; i++) {
		const struct kernel_trial *trial = &report->trials[i];

		json_begin_object(json, NULL);
		json_add_text(json, "name", trial->revision->name);
		json_add_number(json, "steps", trial->steps);
		json_add_bool(json, "differs", trial->differs);
		json_end_object(json);
	}
	json_end_array(json);
}

static void add_coverage(struct json *json, const struct kernel_report *report)
{
	json_begin_object(json, "coverage");
	for (int part = 0; part < TREE_PARTS; part++) {
		const struct coverage *coverage = &report->coverage[part];

		if (coverage->lines > 0)
			json_add_decimal(json, tree_file((enum tree_part)part),
				(uint64_t)coverage->run * 1000 / coverage->lines, 3);
	}
	json_end_object(json);
}

static const char *revision_of(const struct kernel_report *report)
{
	if (report->alone)
		return "none";
	return report->revision ? report->revision->name : NULL;
}

void kernel_verdict_json(
	GString *text, const char *name, const struct kernel_report *report, uint64_t milliseconds)
{
	struct json json = { .text = text };

	json_begin_object(&json, NULL);
	json_add_text(&json, "tree", name);
	json_add_text(&json, "verdict", kernel_verdict_to_string(report->verdict));
	json_add_text_if(&json, "revision", revision_of(report));
	json_add_number(&json, "steps", report->steps);
	json_add_decimal(&json, "seconds", milliseconds, 3);
	json_add_number(&json, "seed", report->seed);
	json_add_number(&json, "jobs", report->jobs);
	add_differences(&json, report);
	kernel_add_properties(&json, "violations", report->broken);
	kernel_add_properties(&json, "known_violations", report->broken_known & ~report->broken);
	add_trials(&json, report);
	add_coverage(&json, report);
	json_end_object(&json);
	json_end_line(&json);
}
