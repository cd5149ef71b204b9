/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/process/tasks.h"

#include "sim/replay/process/learn.h"
#include "sim/replay/process/records.h"
#include "sim/replay/process/settle.h"

static bool is_empty(const struct process *process)
{
	return !process->kept && process->mm->pids->len == process->mm->free_tasks->len;
}

/* What @task does in its mm is over by now. False if it cannot be. */
static bool end_ops(struct tables *tables, struct seen_task *task)
{
	struct process *process = task->process;
	bool fits = true;

	if (process->mm->current.id != 0 && (process->mm->current.task == task->task ||
						    process->mm->current.initiator == task->task))
		fits = process_settle_op(tables, process, process->mm->current.line);
	return order_mm_drop_ops_of(process->mm, task->task) && fits;
}

void tasks_detach(struct tables *tables, struct seen_task *task)
{
	struct process *process = task->process;
	bool fits;

	if (!process)
		return;
	fits = process_is_unknown(process) || end_ops(tables, task);
	tables_set_process(task, NULL);
	order_mm_remove_task(process->mm, task->task);
	if (!process_is_unknown(process) && (!fits || states_count(&process->mm->states) == 0)) {
		verdict_note(tables->replay->verdict,
			"%s (%u): task %u is gone and its exit was not seen: begun anew",
			process->counts->name, process->counts->tgid, task->pid);
		process_forget(tables, process);
	}
	if (is_empty(process))
		g_ptr_array_add(tables->emptied, process);
	g_assert(!task->process);
}

void tasks_bury(struct tables *tables, struct seen_task *task)
{
	tasks_detach(tables, task);
	tables_steal(tables, task);
	g_ptr_array_add(tables->buried, task);
}

void tasks_sweep(struct tables *tables)
{
	while (tables->emptied->len > 0) {
		struct process *process =
			g_ptr_array_steal_index(tables->emptied, tables->emptied->len - 1);

		if (is_empty(process))
			tasks_drop_process(tables, process);
	}
	g_ptr_array_set_size(tables->buried, 0);
}

void tasks_attach(
	struct tables *tables, struct seen_task *task, struct process *process, uint32_t cpu)
{
	g_assert(tables->all->pdata[process->slot] == process);
	tasks_detach(tables, task);
	tables_set_process(task, process);
	task->task = order_mm_add_task(process->mm, task->pid, task->tgid, cpu);
	task->left = task->gone = task->made = false;
	task->word = TRACE_WORD_UNKNOWN;
	task->active = -1;
	g_assert(task->process == process);
}

void tasks_attach_at(
	struct tables *tables, struct seen_task *task, struct process *process, uint32_t index)
{
	g_assert(index < process->mm->pids->len);
	tasks_detach(tables, task);
	tables_set_process(task, process);
	task->task = index;
	task->left = task->gone = false;
}

/* Processes */

static struct process *add_process(
	struct tables *tables, struct order_mm *mm, uint64_t address, struct replay_process *counts)
{
	struct process *process = process_new(
		mm, address, tables_slot(tables), counts, tables->replay->scenario->cpus_count);

	tables->all->pdata[process->slot] = process;
	if (address)
		g_hash_table_insert(
			tables->processes, g_memdup2(&address, sizeof(address)), process);
	return process;
}

struct process *tasks_new_process(struct tables *tables, uint64_t address, const uint64_t *mask,
	const char *name, uint32_t tgid, uint64_t line)
{
	struct replay *replay = tables->replay;
	struct order_mm *mm = order_mm_new(replay->scenario, replay->options->orders_max, mask);

	mm->groups_guessed = tgid == 0;
	/* The compact form has neither names nor groups, but whose trace it is. */
	tgid = tgid ? tgid : replay->info->tgid;
	name = *name ? name : "pid";
	return add_process(
		tables, mm, address, verdict_add_process(replay->verdict, name, tgid, line));
}

/* The account of @name, which is new unless another mm has had it. */
static uint32_t account_of(struct tables *tables, const char *name, uint64_t line)
{
	gpointer found = g_hash_table_lookup(tables->accounts, name);
	uint32_t account;

	if (found)
		return GPOINTER_TO_UINT(found) - 1;
	account = recorder_add_account(
		tables->replay->recorder, g_strdup(name), 0, tables->named->len);
	g_ptr_array_add(tables->named, verdict_add_process(tables->replay->verdict, name, 0, line));
	g_assert(tables->named->len == account + 1);
	g_hash_table_insert(tables->accounts, g_strdup(name), GUINT_TO_POINTER(account + 1));
	return account;
}

struct process *tasks_new_named_process(struct tables *tables, uint64_t address,
	const uint64_t *mask, const char *name, uint64_t line)
{
	uint32_t account = account_of(tables, name, line);
	struct process *process =
		add_process(tables, order_mm_new_whole(tables->replay->scenario, mask), address,
			tables->named->pdata[account]);

	process->kept = true;
	process->tables = tables;
	process->listener.event = records_hear;
	process->mm->states.most = 1;
	states_first(&process->mm->states)->listener = &process->listener;
	records_begin(tables, process, account);
	return process;
}

void tasks_drop_process(struct tables *tables, struct process *process)
{
	g_assert(tables->all->pdata[process->slot] == process);
	while (g_ptr_array_remove_fast(tables->emptied, process))
		;
	records_end(tables, process);
	process->counts->states_max = MAX(process->counts->states_max, process->mm->states.most);
	if (tables_at(tables, process->address) == process)
		g_hash_table_remove(tables->processes, &process->address);
	while (process->tasks)
		tables_set_process(process->tasks, NULL);
	for (uint32_t cpu = 0; cpu < process->mm->config.cpus_count; cpu++) {
		if (tables->cpus[cpu].lock == process)
			tables->cpus[cpu].lock = NULL;
		if (tables->cpus[cpu].spins == process)
			tables->cpus[cpu].spins = NULL;
		tables_end_switch(tables, process, cpu);
	}
	tables->all->pdata[process->slot] = NULL;
	process_free(process);
}

/* The name of a task of the mm at @address, if @event has one. */
static const char *name_of_existing(const struct trace_event *event, uint64_t address)
{
	const struct trace_task *shown =
		event->task.mm_known && event->task.mm == address ? &event->task : &event->prev;

	if (shown->comm[0] || shown->pid != event->pid)
		return shown->comm;
	return event->comm;
}

struct process *tasks_existing_process(
	struct tables *tables, uint64_t address, const struct trace_event *event, uint32_t tgid)
{
	struct process *process;

	if (!tables_select(tables, event))
		return NULL;
	process = tasks_new_process(
		tables, address, NULL, name_of_existing(event, address), tgid, event->line);
	process->counts->existed = true;
	process_forget(tables, process);
	return process;
}

/* @task was known, but not as the user that it turns out to be: one of those that were only counted
 * when the state was taken over. */
static bool is_unseen_user(const struct seen_task *task, const struct trace_task *shown)
{
	const struct process *process = task->process;

	return !process_is_unknown(process) && shown->active == 1 &&
	       !model_task_const(&states_first(&process->mm->states)->model, task->task)->active &&
	       !order_mm_has_op_of(process->mm, task->task) && order_mm_has_unseen(process->mm);
}

struct seen_task *tasks_known(
	struct tables *tables, const struct trace_task *shown, const struct trace_event *event)
{
	const struct trace_mm *values = shown == &event->prev ? &event->prev_mm : &event->mm;
	struct seen_task *task;
	struct process *process;
	uint32_t unseen;

	if (!tables_is_task(shown->pid))
		return NULL;
	task = tables_find(tables, shown->pid);
	/* In exec a task has its new mm before it is a user of it. */
	if (!shown->mm_known || !shown->mm || (values->known && values->users == 0))
		return task && task->process ? task : NULL;
	process = tables_at(tables, shown->mm);
	if (task && task->process && task->process == process && is_unseen_user(task, shown)) {
		order_mm_remove_task(process->mm, task->task);
		order_mm_claim_unseen(process->mm, shown->pid, &task->task);
		return task;
	}
	if (task && task->process && (task->process == process || shown->active == 0))
		return task;
	/* One that is no user, or no user any more, is to the mm like any other's. */
	if (shown->active == 0 || (shown->active < 0 && shown->word == CID_KERNEL_UNSET))
		return NULL;
	if (!process)
		process = tasks_existing_process(tables, shown->mm, event, shown->tgid);
	if (!process)
		return task && task->process ? task : NULL;
	task = tables_get(tables, shown->pid, shown->tgid);
	if (!process_is_unknown(process) &&
		order_mm_claim_unseen(process->mm, shown->pid, &unseen)) {
		tasks_attach_at(tables, task, process, unseen);
		return task;
	}
	if (!process_is_unknown(process)) {
		verdict_note(tables->replay->verdict,
			"%s (%u): task %u was there unseen: begun anew", process->counts->name,
			process->counts->tgid, shown->pid);
		process->counts->lost++;
		process_forget(tables, process);
	}
	tasks_attach(tables, task, process, replay_cpu(tables->replay, event->cpu));
	return task;
}
