/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/machine/describe.h"
#include "sim/machine/kinds.h"
#include "sim/machine/private.h"
#include "sim/machine/step-text.h"

/* Does the other text of the kind fit better? */
static bool takes_other_text(const struct machine *before, const struct explore_step *step)
{
	if (step->verb == VERB_EXEC_END)
		return before->pc[step->task] == PC_EXEC;
	return step->verb == VERB_ENTER && step->task == STEP_TASK_NONE;
}

static void add_target(GString *text, const struct machine *before)
{
	const struct model_mm *mm = machine_mm(before);

	g_assert(mm->phase == PHASE_WALK_CPUS || mm->phase == PHASE_WALK_TASKS);
	g_string_append_printf(
		text, "%s%u", mm->phase == PHASE_WALK_CPUS ? "CPU" : "T", mm->cursor);
}

static void add_running(GString *text, const struct machine *before, uint32_t cpu)
{
	uint32_t curr = machine_cpu(before, cpu)->curr;

	g_assert(cpu < machine_model_const(before)->cpus_count);
	if (curr == TASK_NONE)
		g_string_append(text, "idle");
	else
		g_string_append_printf(text, "T%u", curr);
}

/* Append what @name of a kind's text stands for. */
static void add_name(GString *text, const char *name, const struct machine *before,
	const struct explore_step *step)
{
	if (strcmp(name, "cpu") == 0)
		g_string_append_printf(text, "%u", step->cpu);
	else if (strcmp(name, "task") == 0)
		g_string_append_printf(text, "%u", step->task);
	else if (strcmp(name, "child") == 0)
		g_string_append_printf(text, "%u", step->child);
	else if (strcmp(name, "at") == 0)
		g_string_append_printf(text, "%u", machine_task(before, step->task)->cpu);
	else if (strcmp(name, "partner") == 0)
		g_string_append_printf(text, "%u", before->partner[step->task]);
	else if (strcmp(name, "runs") == 0)
		add_running(text, before, step->cpu);
	else if (strcmp(name, "target") == 0)
		add_target(text, before);
	else if (strcmp(name, "seen") != 0)
		g_assert_not_reached();
	else if (step->sees != SEES_PRESENT)
		g_string_append_printf(
			text, ", reading the mode as %s", step_mode_to_string(step->sees));
}

char *describe_step(const struct machine *before, const struct explore_step *step)
{
	const struct step_kind *kind = step_kind(step->verb);
	bool other = kind->other_text && takes_other_text(before, step);
	/* plain text and names take turns */
	g_auto(GStrv) parts = g_strsplit_set(other ? kind->other_text : kind->text, "{}", -1);
	GString *text = g_string_new(NULL);

	for (size_t i = 0; parts[i]; i++) {
		if (i % 2 == 0)
			g_string_append(text, parts[i]);
		else
			add_name(text, parts[i], before, step);
	}
	return g_string_free(text, FALSE);
}
