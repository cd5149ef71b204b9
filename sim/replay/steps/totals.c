/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/steps/private.h"

/* What lines say that are no steps of the model: sums, and which line must come next. */

void steps_count(struct steps *steps, const struct trace_event *event, struct record_result *totals)
{
	uint32_t woken = 0;

	switch (event->kind) {
	case TRACE_SWITCH:
		totals->switches++;
		break;
	case TRACE_MIGRATE:
		totals->migrations++;
		break;
	case TRACE_WAKE:
		/* sched_waking and sched_wakeup come in pairs, sched_wakeup_new alone */
		if (steps->woken_pid == event->task.pid)
			break;
		totals->wakeups++;
		woken = event->task.pid;
		break;
	case TRACE_NEW_TASK:
		totals->forks++;
		break;
	case TRACE_TASK_GONE:
		totals->exits++;
		break;
	default:
		break;
	}
	steps->woken_pid = woken;
}

void steps_compare_counts(struct steps_line *line, const struct record_result *totals)
{
	steps_compare(line, "switches", totals->switches);
	steps_compare(line, "migrations", totals->migrations);
	steps_compare(line, "wakeups", totals->wakeups);
	steps_compare(line, "forks", totals->forks);
	steps_compare(line, "exits", totals->exits);
}

void steps_compare_totals(struct steps_line *line)
{
	const struct record_result *totals = line->steps->replay->recorder->result;

	steps_compare(line, "execs", totals->execs);
	steps_compare(line, "affinity_changes", totals->affinity_changes);
	steps_compare(line, "tasks_max", totals->tasks_max);
	steps_compare(line, "idle_ns", totals->idle_ns);
	if (line->differs)
		steps_judge(line, MM_NONE);
}

void steps_check_due(struct steps_line *line)
{
	struct steps *steps = line->steps;
	const struct trace_event *event = line->event;
	bool is_switch = event->kind == TRACE_NOTE && g_str_equal(event->name, "switch");
	uint64_t prev, next;

	if (is_switch && steps->switch_due &&
		(!trace_field_number(event->text, "prev_pid", &prev) ||
			!trace_field_number(event->text, "next_pid", &next) ||
			prev != steps->due_prev_pid || next != steps->due_next_pid))
		steps_impossible(line, MM_NONE, "the switch told before it is another one");
	else if (is_switch != steps->switch_due)
		steps_impossible(line, MM_NONE,
			is_switch ? "no switch was told before it"
				  : "the words of the switch before it are not told");
	steps->switch_due = event->kind == TRACE_SWITCH && (event->prev.pid || event->task.pid);
	steps->due_prev_pid = event->prev.pid;
	steps->due_next_pid = event->task.pid;
}
