/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "sim/replay/orders/search.h"
#include "sim/replay/process/difference.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/records.h"

/* Note that the walk has been to @task. Was it seen to have been there before? */
static bool visits_again(struct process *process, uint32_t task)
{
	g_assert(task == TASK_NONE || task < process->mm->pids->len);
	for (guint i = 0; i < process->mm->visited->len; i++) {
		if (g_array_index(process->mm->visited, uint32_t, i) == task)
			return true;
	}
	g_array_append_val(process->mm->visited, task);
	return false;
}

void on_walk(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct process *process = tables_process(tables, event);
	bool up_to = event->kind == TRACE_CPU_WALK || event->kind == TRACE_TASK_STEP_BEGIN;
	uint32_t task = TASK_NONE, visited = UINT32_MAX;
	struct seen_task *t;

	if (!process || process_is_unknown(process) || process->mm->current.id == 0 ||
		process->mm->current.pid != event->pid)
		return;
	process_remember(process, event);
	process->mm->current.cpu = cpu;
	if (event->kind == TRACE_CPU_WALK)
		visited = 0;
	else if (event->kind == TRACE_CPU_WALK_END)
		visited = process->mm->config.cpus_count - 1;
	else if (event->kind == TRACE_CPU_STEP)
		visited = replay_cpu(tables->replay, event->other_cpu);
	else if ((t = tables_find(tables, event->task.pid)) != NULL && t->process == process)
		task = t->task;
	if (task == TASK_NONE && visited == UINT32_MAX)
		return;
	/* A walk over the system also comes by tasks that have left, and does nothing there. */
	if (task != TASK_NONE &&
		!model_task_const(&states_first(&process->mm->states)->model, task)->active)
		return;
	if (event->kind == TRACE_TASK_STEP_BEGIN)
		order_learn_groups(process->mm, task);
	order_settle_walk(process->mm, task, visited, up_to, !up_to && visits_again(process, task));
	process->mm->current.line = event->line;
	if (states_count(&process->mm->states) == 0)
		process_stuck(tables, process, event, "step of the walk");
	else
		records_update(tables, process);
}
