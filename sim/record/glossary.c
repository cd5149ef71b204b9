/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/glossary.h"

#include <stdbool.h>
#include <string.h>

#include "sim/base/text.h"

enum { WIDTH = 80, COLUMN = 22, ROWS_MAX = 18 };

struct row {
	const char *column, *meaning;
};

/* Each begins with the words of the line above its table; its rows end with an empty one. */
static const struct {
	const char *heading;
	struct row rows[ROWS_MAX];
} tables[] = {
	{ "Model against kernel",
		{
			{ "process", "name of the first task that the trace shows" },
			{ "tgid", "pid of its thread group" },
			{ "users", "most users at one time" },
			{ "switches", "context switches that were compared" },
			{ "others",
				"other observations that were compared: forks, exits, decisions" },
			{ "agreed", "the model has the same values, in the recorded order" },
			{ "hidden", "the same values in another order of steps that the trace does "
				    "not show" },
			{ "unexplained", "no order of such steps gives the kernel's values" },
			{ "undecided", "unexplained, but states had to be left out (--orders)" },
			{ "not compared", "before the state of the process could be known" },
			{ "predicted", "the trace has no CIDs: the model says what they were" },
			{ "orders", "most states at one time that the process could be in" },
		} },
	{ "Mode:",
		{
			{ "users", "most users (tasks that share the mm) at one time" },
			{ "to CPU", "flips from per-task to per-CPU mode" },
			{ "enters at",
				"users right after the forks that flipped: one number, or the "
				"smallest and the largest" },
			{ "formula",
				"what the formulas below the list of mode switches give for the "
				"widest affinity that the mm had" },
			{ "to task", "flips back to per-task mode" },
			{ "leaves at", "users right after the exits that flipped back" },
			{ "per CPU", "share of the life of the mm in per-CPU mode" },
		} },
	{ "CIDs:",
		{
			{ "span max", "highest CID ever taken, plus one: memory that is indexed by "
				      "CID has so many slots" },
			{ "optimum max", "most CIDs that were needed: min(users, CPUs allowed)" },
			{ "mean", "mean over time of the column before" },
			{ "span/optimum",
				"mean span divided by mean optimum. Below 1 where threads "
				"sleep: in per-CPU mode only CPUs that run such threads "
				"hold a CID" },
			{ "taken max", "most CIDs that were taken at one time" },
		} },
	{ "Memory of per-CID data",
		{
			{ "bytes touched", "with one slot for each CID up to the largest span" },
			{ "with the optimum", "with the largest optimum in place of the span" },
			{ "per CPU", "with one slot for each possible CPU" },
		} },
	{ "Transit windows:",
		{
			{ "windows", "changes of the mode that were completed; in a window CIDs "
				     "change owners while tasks run" },
			{ "median", "half of the windows took no longer" },
			{ "p99", "99 % of the windows took no longer" },
			{ "longest", "the longest window" },
			{ "in all", "all windows together" },
			{ "of its life", "the same as a share of the life of the mm" },
			{ "open", "windows without end: the run ended, or something spins" },
		} },
	{ "Cost",
		{
			{ "switches in", "context switches to a task of the mm" },
			{ "fast path", "share of them that only compared and stored a word" },
			{ "bit ops", "bits set or cleared in the bitmap of CIDs" },
			{ "per switch", "bit operations for each switch in" },
			{ "spins", "gets that found no free CID and tried again" },
			{ "spinning", "time that CPUs spent in them" },
			{ "CID changes", "times that a task got another CID than it had" },
			{ "of CPUs", "times that a CPU got another CID than it had" },
			{ "deferred", "runs of the deferred work that changes of affinity queue" },
		} },
	{ "Gets that gave up",
		{
			{ "times", "tasks that went on without a CID (bounded-get)" },
		} },
	{ "Mode switches",
		{
			{ "time", "of the decision that flipped the mode" },
			{ "to", "the new mode: CPU or task" },
			{ "by", "what was decided about: fork, exit, or the deferred work" },
			{ "because", "the condition that was true" },
			{ "allowed", "CPUs allowed to the mm" },
			{ "CPU", "where the decision was made" },
			{ "pid", "of the task that forked or exited" },
		} },
	{ "Inside the windows",
		{
			{ "opened", "when the mode flipped" },
			{ "lasted", "until the change was complete" },
			{ "steps", "steps of the walk over tasks or CPUs" },
			{ "moved", "CIDs that the walk put in transit, or handed over" },
			{ "dropped", "CIDs that the walk gave back" },
			{ "handed", "CIDs that switches handed from a task to its CPU or back" },
			{ "settled", "CIDs in transit that a switch out settled" },
			{ "back", "CIDs in transit that a switch out gave back" },
			{ "spins", "gets that found no free CID inside the window" },
			{ "off CPU", "time that the task which walks was not running" },
		} },
	{ "Expectations",
		{
			{ "where", "file and line of the condition" },
			{ "expected", "the condition" },
			{ "found", "the value, and of which mm" },
		} },
};

/* Does a line of @report begin with @words? */
static bool has_line(const char *report, const char *words)
{
	g_autofree char *line = g_strconcat("\n", words, NULL);

	g_assert(*words);
	return strstr(report, line) != NULL;
}

static void print_row(GString *text, const struct row *row)
{
	g_assert(strlen(row->column) + 6 <= COLUMN);
	g_string_append_printf(text, "    %-*s", COLUMN - 4, row->column);
	text_fill(text, row->meaning, COLUMN, WIDTH);
	g_string_append_c(text, '\n');
}

void glossary_print(GString *report)
{
	g_autoptr(GString) text = g_string_new("\nThe columns\n  mm: name of the address space of "
					       "a process, as in the scenario\n");

	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
		if (!has_line(report->str, tables[i].heading))
			continue;
		g_string_append_printf(text, "  %s\n", tables[i].heading);
		for (const struct row *row = tables[i].rows; row->column; row++)
			print_row(text, row);
	}
	g_string_append_len(report, text->str, (gssize)text->len);
}
