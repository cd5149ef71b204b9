/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "sim/replay/process/learn.h"
#include "sim/replay/process/tasks.h"

void on_new_task(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *parent = tables_find(tables, event->pid);
	struct process *process = parent ? tables_nameless(tables, parent) : NULL;
	struct seen_task *child;

	if (!tables_is_task(event->task.pid) || event->task.pid == event->pid)
		return;
	if (process) {
		child = tables_get(tables, event->task.pid, event->task.tgid);
		tasks_attach_at(tables, child, process, parent->nameless);
		order_mm_name(process->mm, parent->nameless, event->task.pid);
		parent->nameless = TASK_NONE;
		g_assert(tables_index(child, process) != TASK_NONE);
		if (event->task.tgid && !process_is_unknown(child->process))
			order_mm_set_group(child->process->mm, child->task, event->task.tgid);
	} else if (!tables->lifecycle && event->task.word == TRACE_WORD_UNKNOWN &&
		   !event->task.mm_known) {
		predict_fork(tables, event, cpu);
	}
	child = tables_find(tables, event->task.pid);
	if (!child || !child->process)
		return;
	order_mm_show(child->process->mm, child->task, true);
	if (process_is_unknown(child->process))
		process_learn(tables, child->process, event);
}

void on_wake(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	predict_met(tables, &event->task, event, cpu);
}

void on_gone(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task =
		tables_is_task(event->task.pid) ? tables_find(tables, event->task.pid) : NULL;

	if (!task)
		return;
	task->gone = true;
	if (task->process && task->process->at_once && !process_is_unknown(task->process))
		predict_exit(tables, task, event, cpu);
}
