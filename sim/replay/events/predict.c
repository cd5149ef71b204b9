/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "sim/replay/orders/search.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/records.h"
#include "sim/replay/process/settle.h"
#include "sim/replay/process/tasks.h"

/* All is done at once: a trace that shows no more than who runs leaves nothing to be found. */

static void predict_op(struct tables *tables, struct process *process, struct order_op op,
	const struct trace_event *event)
{
	g_assert(op.task < process->mm->pids->len);
	if (process_is_unknown(process))
		return;
	op.id = ++process->mm->last_op;
	op.pid = event->pid;
	op.line = event->line;
	process->mm->current = op;
	order_settle_decision(process->mm);
	if (states_count(&process->mm->states) > 0) {
		records_decision(tables, process, event->pid);
		process_finish_op(tables, process, event);
	} else {
		process_stuck(tables, process, event, "fork or exit");
	}
	g_assert(process->mm->current.id == 0);
	if (!process_is_unknown(process))
		records_update(tables, process);
}

/* The process of a task that was there before, or is the first of its mm. */
static struct process *predicted_process(struct tables *tables, struct seen_task *task,
	const struct trace_event *event, uint32_t cpu, bool existed)
{
	struct process *process = tasks_new_process(tables, 0, task->mask,
		task->comm[0] ? task->comm : event->comm, task->tgid, event->line);
	struct order_op op = { .kind = ORDER_FORK, .initiator = TASK_NONE, .cpu = cpu };

	process->at_once = true;
	process->counts->existed = existed;
	if (existed)
		verdict_note(tables->replay->verdict,
			"processes that were there before the trace began are taken to have had "
			"one thread");
	tasks_attach(tables, task, process, cpu);
	op.task = task->task;
	if (task->cpu != UINT32_MAX)
		order_mm_run_there(process->mm, task->task, task->cpu);
	predict_op(tables, process, op, event);
	return process;
}

void predict_fork(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *parent, *child;
	struct order_op op = { .kind = ORDER_FORK, .cpu = cpu };
	bool thread = event->new_mm == 0 || event->new_group == 0;

	if (event->new_mm < 0 && event->new_group < 0) {
		verdict_note(tables->replay->verdict,
			"the trace does not tell threads from processes: each child is taken for "
			"a thread until it execs; record task:task_newtask");
		thread = true;
	}
	child = tables_find(tables, event->task.pid);
	if (child && child->process)
		return; /* recorded twice */
	if (!thread)
		return; /* it is looked at once it forks a thread */
	parent = tables_find(tables, event->pid);
	if (!parent || !parent->process) {
		if (!tables_select(tables, event))
			return;
		parent = tables_get(tables, event->pid, event->tgid);
		g_strlcpy(parent->comm, event->comm, sizeof(parent->comm));
		parent->cpu = cpu;
		parent->since_ns = tables->replay->recorder->now_ns;
		predicted_process(tables, parent, event, cpu, true);
	}
	child = tables_get(tables, event->task.pid, parent->tgid);
	tasks_attach(tables, child, parent->process, cpu);
	op.initiator = parent->task;
	op.task = child->task;
	tables->replay->recorder->result->forks++;
	predict_op(tables, parent->process, op, event);
	order_mm_show(parent->process->mm, child->task, true);
}

void predict_exit(struct tables *tables, struct seen_task *task, const struct trace_event *event,
	uint32_t cpu)
{
	struct order_op op = {
		.kind = ORDER_EXIT, .initiator = task->task, .task = task->task, .cpu = cpu
	};

	g_assert(task->process && !process_is_unknown(task->process));
	if (!model_task_const(&states_first(&task->process->mm->states)->model, task->task)->active)
		return;
	tables->replay->recorder->result->exits++;
	predict_op(tables, task->process, op, event);
}

/* Who execs has an mm of its own, with one thread. */
void predict_exec(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task = tables_find(tables, event->pid);

	if (!task || !task->process || !task->process->at_once || process_is_unknown(task->process))
		return;
	predict_exit(tables, task, event, cpu);
	tables->replay->recorder->result->execs++;
	tasks_detach(tables, task);
	task->cpu = cpu;
}
