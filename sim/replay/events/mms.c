/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "model/mm.h"
#include "sim/replay/process/difference.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/records.h"
#include "sim/replay/process/tasks.h"

/* Mms and tasks that come and go, as a trace that shows all says. */

enum { MM = 0 };

void on_mm_new(struct tables *tables, const struct trace_event *event)
{
	struct process *process = tables_at(tables, event->mm.address);
	bool guessed = false;
	g_autofree uint64_t *mask = NULL;
	struct model *model;

	g_assert(event->name && event->allowed.words);
	if (process) {
		process_impossible(tables, process, event, "there is such an mm already");
		return;
	}
	if (tables->replay->options->comm || tables->replay->options->pid)
		verdict_note(tables->replay->verdict, "all processes in the log of a run are "
						      "compared: --comm and --pid are for "
						      "traces of kernels");
	mask = affinity_first_mask(tables, event, &guessed);
	process =
		tasks_new_named_process(tables, event->mm.address, mask, event->name, event->line);
	g_assert(!guessed && !process_is_unknown(process));
	model = &states_first(&process->mm->states)->model;
	mm_inherit(model, MM, event->mm.mode);
	if (model_mm(model, MM)->allowed_count != event->mm.allowed_count)
		process_impossible(tables, process, event, "its mask has %u CPUs",
			model_mm(model, MM)->allowed_count);
}

static bool has_tasks(const struct process *process)
{
	return process->mm->pids->len > process->mm->free_tasks->len;
}

void on_mm_gone(struct tables *tables, const struct trace_event *event)
{
	struct process *process = tables_at(tables, event->mm.address);

	g_assert(process->kept);
	if (has_tasks(process) && !process_is_unknown(process))
		process_impossible(tables, process, event, "it has tasks");
	process->kept = false;
	tasks_drop_process(tables, process);
}

void on_task_new(struct tables *tables, const struct trace_event *event)
{
	struct record_result *totals = tables->replay->recorder->result;
	struct process *process = tables_at(tables, event->task.mm);
	uint32_t cpu = replay_cpu(tables->replay, event->other_cpu);
	struct seen_task *task;

	g_assert(event->task.mm_known && tables_is_task(event->task.pid));
	if (tables_find(tables, event->task.pid) || cpu == UINT32_MAX ||
		(event->task.mm && !process)) {
		process_impossible(tables, process, event,
			"there is such a task already, no such CPU, or no such mm");
		return;
	}
	task = tables_get(tables, event->task.pid, event->task.tgid);
	g_strlcpy(task->comm, event->task.comm, sizeof(task->comm));
	tables->tasks_alive++;
	totals->tasks_max = MAX(totals->tasks_max, tables->tasks_alive);
	if (!process)
		return;
	tasks_attach(tables, task, process, cpu);
	task->made = true;
	/* Beyond a limit one process stands for many. */
	if (process->counts->tgid == 0 && tables->replay->verdict->processes_more == 0)
		process->counts->tgid = event->task.tgid;
}

/* Is @task a user of its mm, or in the middle of becoming one or none? */
static bool is_busy(const struct seen_task *task)
{
	const struct order_mm *mm = task->process->mm;

	g_assert(task->task < mm->pids->len);
	return model_task_const(&states_first(&mm->states)->model, task->task)->active ||
	       order_mm_has_op_of(mm, task->task) ||
	       (mm->current.id != 0 && mm->current.initiator == task->task);
}

/* @task leaves its mm. */
static void check_leaves(
	struct tables *tables, const struct seen_task *task, const struct trace_event *event)
{
	if (task->process && !process_is_unknown(task->process) && is_busy(task))
		process_impossible(tables, task->process, event, "that task has not left its mm");
}

void on_task_freed(struct tables *tables, const struct trace_event *event)
{
	struct seen_task *task = tables_find(tables, event->task.pid);

	if (task->cpu != UINT32_MAX) {
		process_impossible(tables, task->process, event, "that task runs");
		return;
	}
	check_leaves(tables, task, event);
	tasks_bury(tables, task);
	g_assert(tables->tasks_alive > 0);
	tables->tasks_alive--;
}

void on_task_shown(struct tables *tables, const struct trace_event *event)
{
	const struct seen_task *task = tables_find(tables, event->task.pid);

	if (task->process && !process_is_unknown(task->process))
		order_mm_show(task->process->mm, task->task, true);
}

void on_join(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct process *process = tables_at(tables, event->mm.address);
	struct seen_task *task = tables_find(tables, event->task.pid);
	struct process *old = task->process;

	check_leaves(tables, task, event);
	records_split(tables, task);
	if (!old || old == process || process_is_unknown(old) || process_is_unknown(process)) {
		if (!process_is_unknown(process))
			process_impossible(tables, process, event, "that task has no other mm");
		tasks_attach(tables, task, process, cpu);
		task->left = true;
		return;
	}
	process_remember(process, event);
	task->task = order_mm_move_task(old->mm, task->task, process->mm);
	tables_set_process(task, process);
	task->tgid = task->pid;
	task->left = true;
	g_assert(tables_index(task, process) != TASK_NONE);
}
