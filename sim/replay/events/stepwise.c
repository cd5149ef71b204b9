/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"
#include "sim/replay/orders/shown.h"
#include "sim/replay/process/difference.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/records.h"
#include "sim/replay/process/settle.h"

/* A trace that shows each step: nothing is hidden, so each event is one that can be in the one
 * state that there is, or a difference. */

/* Is @event about a task, and cannot be about idle? */
static bool needs_task(const struct trace_event *event)
{
	switch ((int)event->kind) {
	case TRACE_FORK:
	case TRACE_EXIT:
	case TRACE_TASK_SHOWN:
	case TRACE_TASK_FREED:
	case TRACE_JOIN:
	case TRACE_BACK:
	case TRACE_MIGRATE:
		return true;
	default:
		return false;
	}
}

/* Is @pid a task that was made; or, if there @may_be none, idle or not shown? */
static bool is_known(const struct tables *tables, uint32_t pid, bool may_be)
{
	return tables_is_task(pid) ? tables_find(tables, pid) != NULL : may_be;
}

bool events_can_be(struct tables *tables, const struct trace_event *event)
{
	bool new_task = event->kind == TRACE_TASK_NEW, new_mm = event->kind == TRACE_MM_NEW;

	g_assert(tables->stepwise);
	if ((!new_task && !is_known(tables, event->task.pid, !needs_task(event))) ||
		!is_known(tables, event->prev.pid, true)) {
		process_impossible(tables, NULL, event, "there is no such task");
		return false;
	}
	if (event->kind == TRACE_MIGRATE &&
		tables_find(tables, event->task.pid)->cpu != UINT32_MAX) {
		process_impossible(tables, NULL, event, "that task runs");
		return false;
	}
	if (!new_mm && event->mm.address && !tables_at(tables, event->mm.address)) {
		process_impossible(tables, NULL, event, "there is no such mm");
		return false;
	}
	return true;
}

bool events_executes(struct tables *tables, struct process *process,
	const struct trace_event *event, uint32_t cpu)
{
	const struct seen_task *task = tables_find(tables, event->pid);

	if (!process->mm->stepwise || !tables_is_task(event->pid) || (task && task->cpu == cpu))
		return true;
	process_impossible(tables, process, event, "task %u does not run there", event->pid);
	return false;
}

bool events_can_fork(struct tables *tables, struct process *process,
	const struct trace_event *event, uint32_t cpu)
{
	const struct seen_task *task = tables_find(tables, event->task.pid);

	if (!process->mm->stepwise)
		return true;
	if (!events_executes(tables, process, event, cpu))
		return false;
	if (task && task->process == process &&
		(event->task.pid == event->pid ? task->left : task->made))
		return true;
	process_impossible(tables, process, event,
		"task %u is a user already, or one of another mm", event->task.pid);
	return false;
}

/* The step that @event shows cannot be taken. */
static void refuse(struct tables *tables, struct process *process, const struct trace_event *event,
	const char *what)
{
	if (!process_is_unknown(process))
		process_stuck(tables, process, event, what);
}

void on_walk_step(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct process *process = tables_at(tables, event->mm.address);
	const struct seen_task *task = tables_find(tables, event->task.pid);

	g_assert(process->mm->stepwise);
	if (process_is_unknown(process))
		return;
	process_remember(process, event);
	if (process->mm->current.id == 0 || process->mm->current.pid != event->pid ||
		process->mm->current.cpu >= process->mm->config.cpus_count ||
		!events_executes(tables, process, event, cpu)) {
		refuse(tables, process, event, "walk of another task");
		return;
	}
	process->mm->current.line = event->line;
	if (order_walk_step(process->mm, tables_index(task, process),
		    replay_cpu(tables->replay, event->other_cpu)))
		records_update(tables, process);
	else
		refuse(tables, process, event, "step of the walk");
}

/* @op of @process is over. */
static void op_is_over(
	const struct tables *tables, const struct process *process, const struct order_op *op)
{
	struct seen_task *task;

	if (op->kind == ORDER_WORK)
		return;
	task = tables_find(tables, g_array_index(process->mm->pids, uint32_t, op->task));
	if (!task || task->process != process)
		return;
	task->left = op->kind == ORDER_EXIT;
	g_assert(op->task == task->task);
}

static void end_op(struct tables *tables, struct process *process, const struct trace_event *event)
{
	struct order_op op = process->mm->current;

	process_finish_op(tables, process, event);
	op_is_over(tables, process, &op);
	records_update(tables, process);
	g_assert(process_is_unknown(process) || process->mm->current.id == 0);
}

/* Of a process that is given up the op was never the current one. */
static void drop_op(struct tables *tables, struct process *process, uint32_t pid)
{
	struct order_op *op = order_mm_find_op(process->mm, pid, false);

	g_assert(process_is_unknown(process));
	if (!op)
		return;
	op_is_over(tables, process, op);
	order_mm_drop_op(process->mm, op->id);
}

void on_op_end(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct process *process = tables_at(tables, event->mm.address);

	if (process_is_unknown(process)) {
		drop_op(tables, process, event->pid);
		return;
	}
	process_remember(process, event);
	if (!order_op_may_end(process->mm) || process->mm->current.pid != event->pid)
		refuse(tables, process, event, "window, or fork or exit");
	else if (events_executes(tables, process, event, cpu))
		end_op(tables, process, event);
}

/* Spins */

static void spin_in_switch(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *prev = tables_find(tables, event->prev.pid);
	struct seen_task *next = tables_find(tables, event->task.pid);
	struct process *process = next ? next->process : NULL;

	g_assert(!tables->cpus[cpu].spins);
	if (!process || process_is_unknown(process)) {
		events_touch_cpu(tables, cpu, event);
		return;
	}
	process_remember(process, event);
	if (order_switch_spins(process->mm, cpu))
		records_spins(tables, process, cpu);
	else
		refuse(tables, process, event, "spin");
	events_touch_cpu(tables, cpu, event); /* who left, if it is of another mm */
	events_observe_switched(tables, event, cpu, prev, next);
}

static void spin_in_op(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct process *process = tables_at(tables, event->mm.address);

	g_assert(!tables->cpus[cpu].spins);
	tables->cpus[cpu].lock = NULL; /* it is held on */
	if (process_is_unknown(process))
		return;
	process_remember(process, event);
	if (process->mm->current.pid == event->pid && order_op_spins(process->mm)) {
		records_spins(tables, process, cpu);
		records_update(tables, process);
	} else {
		refuse(tables, process, event, "spin");
	}
}

void on_spin(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	if (tables->cpus[cpu].spins) {
		process_impossible(tables, tables->cpus[cpu].spins, event, "a get spins there");
		tables->cpus[cpu].spins = NULL;
	}
	if (event->mm.address)
		spin_in_op(tables, event, cpu);
	else
		spin_in_switch(tables, event, cpu);
}

/* The get of a switch on @cpu has its number, or gives up. */
static void end_switch(struct tables *tables, struct process *process,
	const struct trace_event *event, uint32_t cpu)
{
	uint32_t next = process->mm->switches[cpu].next;
	struct seen_task *task;

	g_assert(next != TASK_NONE && process->mm->switches[cpu].pending);
	if (!event->changed && !order_switch_gives_up(process->mm, cpu)) {
		refuse(tables, process, event, "spin");
		return;
	}
	process->mm->switches[cpu].spins = false;
	events_touch_cpu(tables, cpu, event);
	task = tables_find(tables, g_array_index(process->mm->pids, uint32_t, next));
	if (task)
		records_runs(tables, task, cpu);
}

static void end_fork(
	struct tables *tables, struct process *process, const struct trace_event *event)
{
	if (process->mm->current.id == 0 || process->mm->current.pid != event->pid ||
		!process->mm->current.spun || (!event->changed && !order_op_gives_up(process->mm)))
		refuse(tables, process, event, "spin");
	else
		end_op(tables, process, event);
}

void on_spin_end(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct process *process = tables_at(tables, event->mm.address);
	uint64_t ns;

	if (process_is_unknown(process)) {
		if (tables->cpus[cpu].spins == process)
			tables->cpus[cpu].spins = NULL;
		drop_op(tables, process, event->pid);
		return;
	}
	process_remember(process, event);
	if (tables->cpus[cpu].spins != process) {
		process_impossible(tables, process, event, "no get of that mm spins there");
		return;
	}
	if (!event->changed)
		recorder_account(tables->replay->recorder, process->slot)->gave_up++;
	if (process->mm->switches[cpu].spins)
		end_switch(tables, process, event, cpu);
	else
		end_fork(tables, process, event);
	ns = records_spun(tables, cpu);
	if (ns != event->spun_ns && !process_is_unknown(process))
		process_impossible(
			tables, process, event, "it has spun %" G_GUINT64_FORMAT " ns", ns);
}

/* What is shown */

/* The step that is over has made the records that the trace has. What an mm that is given up would
 * have made is not known. */
static void check_records(
	struct tables *tables, struct process *process, const struct trace_event *event)
{
	bool differ = tables->flips_due || tables->windows_due;

	tables->flips_due = tables->windows_due = 0;
	if (differ && !process_is_unknown(process))
		process_impossible(tables, process, event,
			"the trace shows another number of mode switches or windows");
}

void on_state(struct tables *tables, const struct trace_event *event)
{
	struct process *process = tables_at(tables, event->mm.address);
	struct observation seen = observation_of("state");

	g_assert(!event->mm.known || event->mm.address == process->address);
	check_records(tables, process, event);
	if (process_is_unknown(process))
		return;
	process_remember(process, event);
	seen.values = event->mm.known ? &event->mm : NULL;
	seen.rest = &event->mm;
	seen.cpu = replay_cpu(tables->replay, event->other_cpu);
	if (seen.cpu != UINT32_MAX)
		seen.cpu_word = event->cpu_word;
	observation_add(
		&seen, tables_index(tables_find(tables, event->prev.pid), process), &event->prev);
	observation_add(
		&seen, tables_index(tables_find(tables, event->task.pid), process), &event->task);
	process_observe(tables, process, event, &seen);
	records_update(tables, process);
}

void on_back(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task = tables_find(tables, event->task.pid);
	struct observation seen = observation_of("return of the exec");

	if (!task || !task->process || process_is_unknown(task->process))
		return;
	process_remember(task->process, event);
	if (task->cpu != cpu) {
		process_impossible(tables, task->process, event, "that task does not run there");
		return;
	}
	if (!event->changed)
		records_split(tables, task);
	records_show(tables, task, cpu);
	observation_add(&seen, task->task, &event->task);
	process_observe(tables, task->process, event, &seen);
}
