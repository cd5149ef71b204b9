/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "sim/replay/process/difference.h"
#include "sim/replay/process/learn.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/records.h"
#include "sim/replay/process/settle.h"
#include "sim/replay/process/take-over.h"

bool events_end_op(struct tables *tables, struct process *process, const struct trace_event *event,
	struct order_op *op)
{
	struct order_op *found;

	if (process->mm->current.id != 0 && process->mm->current.pid == event->pid) {
		*op = process->mm->current;
		process_finish_op(tables, process, event);
		return true;
	}
	found = order_mm_find_op(process->mm, event->pid, true);
	if (!found)
		found = order_mm_find_op(process->mm, event->pid, false);
	if (!found)
		return false;
	g_assert(found->id != 0 && found->pid == event->pid);
	*op = *found;
	order_mm_drop_op(process->mm, op->id);
	if (!op->over && !process_is_unknown(process))
		process_stuck(tables, process, event, "decision, which the trace does not show,");
	return true;
}

void events_after_op(
	struct tables *tables, struct process *process, const struct trace_event *event)
{
	process_remember(process, event);
	if (process_is_unknown(process)) {
		process_learn(tables, process, event);
		process_take_over(tables, process, event);
	}
	records_update(tables, process);
}

void events_began_before(
	struct tables *tables, struct process *process, const struct trace_event *event)
{
	if (process_is_unknown(process))
		events_after_op(tables, process, event);
}
