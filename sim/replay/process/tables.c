/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/process/tables.h"

#include <string.h>

enum { PIDS_MIN = 1 << 10, PIDS_INDEXED = 1 << 23 };

static void free_task(gpointer data)
{
	struct seen_task *task = data;

	g_free(task->mask);
	g_free(task);
}

struct tables *tables_new(struct replay *replay)
{
	struct tables *tables = g_new0(struct tables, 1);

	tables->replay = replay;
	tables->tasks = g_hash_table_new_full(NULL, NULL, NULL, free_task);
	tables->processes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	tables->all = g_ptr_array_new();
	tables->emptied = g_ptr_array_new();
	tables->buried = g_ptr_array_new_with_free_func(free_task);
	tables->cpus = g_new0(struct seen_cpu, replay->scenario->cpus_count);
	for (uint32_t cpu = 0; cpu < replay->scenario->cpus_count; cpu++)
		tables->cpus[cpu].saw = (struct emit_seen){ EMIT_NO_MM, 0 };
	tables->groups = -1;
	tables->stepwise = replay->info->stepwise;
	tables->accounts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	tables->named = g_ptr_array_new();
	return tables;
}

void tables_free(struct tables *tables)
{
	for (guint slot = 0; slot < tables->all->len; slot++)
		g_assert(!tables->all->pdata[slot]);
	g_ptr_array_free(tables->all, TRUE);
	g_ptr_array_free(tables->emptied, TRUE);
	g_ptr_array_free(tables->buried, TRUE);
	g_hash_table_unref(tables->accounts);
	g_ptr_array_free(tables->named, TRUE);
	g_hash_table_unref(tables->processes);
	g_hash_table_unref(tables->tasks);
	g_free(tables->by_pid);
	g_free(tables->cpus);
	g_free(tables);
}

/* Tasks */

bool tables_is_task(uint32_t pid)
{
	return pid != 0 && pid < TRACE_TASK_FOREIGN;
}

/* The kernel gives pids below 1 << 22. A larger one, which only a damaged trace has, must not make
 * the array large. Parts of the array that nobody touches take no memory. */
static void index_task(struct tables *tables, struct seen_task *task)
{
	if (task->pid >= PIDS_INDEXED)
		return;
	if (task->pid >= tables->by_pid_count) {
		uint32_t count = MAX(PIDS_MIN, tables->by_pid_count);
		struct seen_task **old = tables->by_pid;

		while (count <= task->pid)
			count *= 2;
		tables->by_pid = g_new0(struct seen_task *, count);
		if (old)
			memcpy(tables->by_pid, old, tables->by_pid_count * sizeof(*old));
		g_free(old);
		tables->by_pid_count = count;
	}
	tables->by_pid[task->pid] = task;
}

void tables_steal(struct tables *tables, const struct seen_task *task)
{
	g_assert(tables_find(tables, task->pid) == task);
	g_hash_table_steal(tables->tasks, GUINT_TO_POINTER(task->pid));
	if (task->pid < tables->by_pid_count)
		tables->by_pid[task->pid] = NULL;
}

struct seen_task *tables_get(struct tables *tables, uint32_t pid, uint32_t tgid)
{
	struct seen_task *task = tables_find(tables, pid);

	if (!task) {
		task = g_new0(struct seen_task, 1);
		task->pid = pid;
		task->cpu = UINT32_MAX;
		task->word = TRACE_WORD_UNKNOWN;
		task->active = -1;
		task->nameless = TASK_NONE;
		task->window = UINT32_MAX;
		task->shown = CID_UNSET;
		g_hash_table_insert(tables->tasks, GUINT_TO_POINTER(pid), task);
		index_task(tables, task);
	}
	if (tgid)
		task->tgid = tgid;
	return task;
}

void tables_set_process(struct seen_task *task, struct process *process)
{
	if (task->process) {
		g_assert(task->before ? task->before->after == task : task->process->tasks == task);
		if (task->before)
			task->before->after = task->after;
		else
			task->process->tasks = task->after;
		if (task->after)
			task->after->before = task->before;
		task->before = task->after = NULL;
	}
	g_assert(!task->before && !task->after);
	task->process = process;
	if (!process)
		return;
	task->after = process->tasks;
	if (task->after)
		task->after->before = task;
	process->tasks = task;
}

uint32_t tables_index(const struct seen_task *task, const struct process *process)
{
	if (!task || task->process != process)
		return TASK_NONE;
	g_assert(!process || task->task < process->mm->pids->len);
	return task->task;
}

struct process *tables_nameless(const struct tables *tables, const struct seen_task *parent)
{
	struct process *process;

	if (parent->nameless == TASK_NONE || parent->nameless_slot >= tables->all->len)
		return NULL;
	process = tables->all->pdata[parent->nameless_slot];
	if (!process || parent->nameless >= process->mm->pids->len ||
		g_array_index(process->mm->pids, uint32_t, parent->nameless) != TRACE_PID_UNKNOWN)
		return NULL;
	return process;
}

/* One that has exited is shown as a task without mm, in the compact form as none of the mm's; but
 * it is who runs. */
struct seen_task *tables_leaving(const struct tables *tables, const struct trace_event *event)
{
	uint32_t pid = event->prev.pid == TRACE_TASK_FOREIGN && event->kind == TRACE_SWITCH
	                       ? event->pid
	                       : event->prev.pid;

	return tables_is_task(pid) ? tables_find(tables, pid) : NULL;
}

/* Processes */

struct process *tables_at(const struct tables *tables, uint64_t address)
{
	return address ? g_hash_table_lookup(tables->processes, &address) : NULL;
}

uint64_t tables_address(const struct trace_event *event)
{
	if (event->task.mm_known && event->task.mm)
		return event->task.mm;
	return event->mm.address;
}

struct process *tables_process(const struct tables *tables, const struct trace_event *event)
{
	struct process *process = tables_at(tables, tables_address(event));
	const struct seen_task *task;

	if (process)
		return process;
	task = tables_is_task(event->task.pid) ? tables_find(tables, event->task.pid) : NULL;
	if (!task || !task->process)
		task = tables_find(tables, event->pid);
	return task ? task->process : NULL;
}

bool tables_select(const struct tables *tables, const struct trace_event *event)
{
	const struct replay_options *options = tables->replay->options;
	bool fits = !options->comm || g_str_equal(options->comm, event->comm) ||
	            g_str_equal(options->comm, event->task.comm) ||
	            g_str_equal(options->comm, event->prev.comm);

	if (options->pid && event->pid != options->pid && event->task.pid != options->pid &&
		event->prev.pid != options->pid && event->tgid != options->pid &&
		event->task.tgid != options->pid)
		fits = false;
	if (!fits)
		verdict_leave_out(tables->replay->verdict, event->comm);
	return fits;
}

uint32_t tables_slot(struct tables *tables)
{
	for (guint slot = 0; slot < tables->all->len; slot++) {
		if (!tables->all->pdata[slot])
			return slot;
	}
	g_ptr_array_add(tables->all, NULL);
	g_assert(!tables->all->pdata[tables->all->len - 1]);
	return tables->all->len - 1;
}

/* CPUs */

void tables_add_switch(struct tables *tables, struct process *process, uint32_t cpu)
{
	g_assert(cpu < tables->replay->scenario->cpus_count);
	for (int i = 0; i < TABLES_PER_CPU; i++) {
		if (!tables->cpus[cpu].switches[i]) {
			tables->cpus[cpu].switches[i] = process;
			return;
		}
	}
	g_assert_not_reached(); /* at most that of who leaves and that of who comes */
}

void tables_end_switch(struct tables *tables, struct process *process, uint32_t cpu)
{
	g_assert(cpu < tables->replay->scenario->cpus_count);
	for (int i = 0; i < TABLES_PER_CPU; i++) {
		if (tables->cpus[cpu].switches[i] == process)
			tables->cpus[cpu].switches[i] = NULL;
	}
}
