/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "sim/replay/process/difference.h"
#include "sim/replay/process/learn.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/tasks.h"

void on_exit(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task = tasks_known(tables, &event->task, event);
	struct observation seen = observation_of("exit");
	struct process *process;

	tables->lifecycle = true;
	if (!task || !task->process || event->task.active == 0)
		return;
	process = task->process;
	if (!events_executes(tables, process, event, cpu))
		return;
	observation_add(&seen, task->task, &event->task);
	process_look(tables, process, cpu, event, &seen);
	process_remember(process, event);
	if (process_is_unknown(process))
		process_learn(tables, process, event);
	order_mm_add_op(process->mm, (struct order_op){
					     .kind = ORDER_EXIT,
					     .pid = event->pid,
					     .initiator = task->task,
					     .task = task->task,
					     .cpu = cpu,
					     .line = event->line,
				     });
}

void on_exit_end(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct process *process = tables_process(tables, event);
	struct observation seen = observation_of("return of the exit");
	struct seen_task *task = tables_find(tables, event->task.pid);
	struct order_op op;

	if (!process)
		return;
	if (!events_end_op(tables, process, event, &op)) {
		events_began_before(tables, process, event);
		return;
	}
	observation_add(&seen, op.task, &event->task);
	process_look(tables, process, cpu, event, &seen);
	if (task && task->process == process) {
		task->left = true;
		task->active = 0;
	}
	tables->replay->recorder->result->exits++;
	events_after_op(tables, process, event);
}
