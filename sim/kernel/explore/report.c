/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <string.h>

#include "model/check.h"
#include "sim/base/json-write.h"
#include "sim/base/text.h"
#include "sim/kernel/explore/explore.h"
#include "sim/kernel/verdict.h"
#include "sim/scenario/scenario.h"

static const char *ended_to_string(enum search_ended_by ended)
{
	static const char *const names[] = {
		[ENDED_NOT] = "died",
		[ENDED_ALL] = "exhausted",
		[ENDED_DIFFERENCE] = "difference",
		[ENDED_VIOLATION] = "violation",
		[ENDED_STATES] = "max-states",
		[ENDED_MEMORY] = "memory",
		[ENDED_STOPPED] = "interrupted",
		[ENDED_SPIN] = "spin",
	};

	g_assert((size_t)ended < G_N_ELEMENTS(names));
	return names[ended];
}

static const char *why_undecided(enum search_ended_by ended)
{
	switch (ended) {
	case ENDED_STATES:
		return "stopped at --max-states";
	case ENDED_MEMORY:
		return "the states need more than --memory";
	case ENDED_SPIN:
		return "too many states follow a spin to say whether it can end";
	default:
		return "stopped";
	}
}

static const char *grain_of(const struct exploration_subject *subject)
{
	return subject->wish->world.fine ? "fine" : "step";
}

static const char *beside(const struct exploration_subject *subject)
{
	return subject->wish->world.alone ? "none" : subject->revision->name;
}

static void print_headline(GString *text, const struct exploration_subject *subject,
	const struct exploration_report *report)
{
	const struct lockstep_finding *finding = report->finding;

	g_string_append_printf(text, "%s ", text_path(subject->tree));
	switch (report->verdict) {
	case EXPLORATION_HOLDS:
		g_string_append_printf(text, "holds%s%s\n",
			subject->wish->world.alone ? "" : ", and behaves as ",
			subject->wish->world.alone ? "" : beside(subject));
		break;
	case EXPLORATION_VIOLATED:
		g_string_append_printf(text, "breaks %s: %s\n", check_to_string(finding->broken),
			check_describe(finding->broken));
		break;
	case EXPLORATION_DIFFERS:
		if (subject->wish->world.alone)
			g_string_append(text, "warns\n");
		else
			g_string_append_printf(text, "differs from %s\n", beside(subject));
		break;
	case EXPLORATION_LOOPS:
		g_string_append(text,
			"loops: its code runs or sleeps for seconds and does not come "
			"to an end\n");
		break;
	case EXPLORATION_CRASHES:
		g_string_append_printf(text, "crashes: signal %d (%s)\n", report->signal,
			g_strsignal(report->signal));
		break;
	case EXPLORATION_UNDECIDED:
		g_string_append_printf(text, "is undecided: %s\n", why_undecided(report->ended));
		break;
	}
}

static void print_machine(GString *text, const struct machine_config *machine)
{
	g_autoptr(GString) words = g_string_new(NULL);

	g_string_append_printf(words,
		"%u possible CPU%s, %d of them allowed at the start; %u task%s, at most %u at once",
		machine->cpus_count, machine->cpus_count == 1 ? "" : "s",
		__builtin_popcount(machine->allowed), machine->tasks_start,
		machine->tasks_start == 1 ? "" : "s", machine->tasks_max);
	for (int op = 0; op < MACHINE_OPS; op++) {
		if (machine->may[op] > 0)
			g_string_append_printf(words, "; %s %u",
				scenario_op_to_string((enum machine_op)op), machine->may[op]);
	}
	if (machine->made_in_window)
		g_string_append(words, "; made in a window");
	kernel_print_row(text, "machine", words->str);
}

static void print_asked(GString *text, const struct exploration_subject *subject)
{
	const struct world_config *world = &subject->wish->world;
	g_autofree char *stops = g_strdup_printf("%s; %s%s; memory %s",
		world->fine ? "before each access, atomic operation and barrier" : "those of steps",
		world->alone ? "the code alone" : "beside ", world->alone ? "" : beside(subject),
		world->machine.weak ? "weak" : "strong");
	g_autoptr(GString) check = g_string_new(NULL);

	scenario_properties_print(check, subject->wish->check);
	kernel_print_row(text, "stops", stops);
	kernel_print_row(text, "asked for", check->str);
}

static void print_states(GString *text, const struct exploration_report *report)
{
	g_autofree char *states =
		g_strdup_printf("%" PRIu64 "; depth %" PRIu32 ", widest level %" PRIu64,
			report->states, report->depth, report->widest);
	g_autofree char *events = g_strdup_printf("%" PRIu64, report->transitions);
	g_autofree char *spins = g_strdup_printf(
		"%" PRIu64 " states in which a get spins and finds nothing", report->spin_states);

	kernel_print_row(text, "states", states);
	kernel_print_row(text, "events", events);
	kernel_print_row(text, "spins", spins);
}

/* The story, or for code that has died the number of events. */
static void print_finding(GString *text, const struct exploration_report *report)
{
	const struct lockstep_finding *finding = report->finding;
	g_autofree char *shortest = NULL;

	if (!finding)
		return;
	if (report->verdict == EXPLORATION_DIFFERS) {
		g_autofree char *where = kernel_place(&finding->difference);
		g_autofree char *what =
			g_strconcat(where, text_clean(finding->difference.what), NULL);

		kernel_print_row(text, "difference", what);
	}
	shortest =
		g_strdup_printf("%" PRIu64 " events from the start, and no fewer", finding->step);
	kernel_print_row(text, "found", shortest);
	kernel_print_story(text, finding);
}

void exploration_print(GString *text, const struct exploration_subject *subject,
	const struct exploration_report *report)
{
	gsize from = text->len;

	print_headline(text, subject, report);
	kernel_print_row(text, "scenario", text_path(subject->scenario));
	print_machine(text, &subject->wish->world.machine);
	print_asked(text, subject);
	print_states(text, report);
	print_finding(text, report);
	text_wrap(text, from);
}

/* JSON */

static void add_bounds(struct json *json, const struct machine_config *machine)
{
	json_begin_object(json, "bounds");
	json_add_number(json, "cpus", machine->cpus_count);
	json_add_number(json, "allowed", (uint64_t)__builtin_popcount(machine->allowed));
	json_add_number(json, "tasks", machine->tasks_start);
	json_add_number(json, "tasks_max", machine->tasks_max);
	for (int op = 0; op < MACHINE_OPS; op++)
		json_add_number(json, scenario_op_to_string((enum machine_op)op), machine->may[op]);
	if (machine->made_in_window)
		json_add_bool(json, "made_in_window", true);
	json_add_text(json, "memory", machine->weak ? "weak" : "strong");
	json_end_object(json);
}

void exploration_json(GString *text, const struct exploration_subject *subject,
	const struct exploration_report *report, uint64_t milliseconds)
{
	const struct lockstep_finding *finding = report->finding;
	bool violated = report->verdict == EXPLORATION_VIOLATED;
	struct json json = { .text = text };

	json_begin_object(&json, NULL);
	json_add_text(&json, "tree", subject->tree);
	json_add_text(&json, "scenario", subject->scenario);
	json_add_text(&json, "verdict", exploration_verdict_to_string(report->verdict));
	json_add_text(&json, "revision", beside(subject));
	json_add_text(&json, "grain", grain_of(subject));
	add_bounds(&json, &subject->wish->world.machine);
	kernel_add_properties(&json, "check", subject->wish->check);
	json_add_text_if(&json, "property", violated ? check_to_string(finding->broken) : NULL);
	json_add_number(&json, "states", report->states);
	json_add_number(&json, "events", report->transitions);
	json_add_number(&json, "depth", report->depth);
	json_add_number(&json, "widest", report->widest);
	json_add_number(&json, "spin_states", report->spin_states);
	json_add_text(&json, "ended", ended_to_string(report->ended));
	json_add_decimal(&json, "seconds", milliseconds, 3);
	json_begin_array(&json, "differences");
	if (report->verdict == EXPLORATION_DIFFERS)
		kernel_add_difference(&json, finding->step, &finding->difference);
	json_end_array(&json);
	json_end_object(&json);
	json_end_line(&json);
}
