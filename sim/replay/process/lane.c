/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/process/lane.h"

#include "sim/replay/process/tables.h"

enum { MM = 0 };

/* The task that runs on @cpu, of a process with an account; NULL: none. */
static const struct seen_task *task_on(const struct tables *tables, uint32_t cpu)
{
	uint32_t pid = tables->cpus[cpu].runs;
	const struct seen_task *task = tables_is_task(pid) ? tables_find(tables, pid) : NULL;

	if (!task || !task->process || task->process->account == ACCOUNT_NONE)
		return NULL;
	return task;
}

/* The word of the idle @cpu in the only process of the trace; 0: there are more, or it is not
 * known. */
static cid_word idle_word(const struct tables *tables, uint32_t cpu)
{
	const struct process *only = tables->all->len == 1 ? tables->all->pdata[0] : NULL;
	const struct order_state *first =
		only && !process_is_unknown(only) ? states_first(&only->mm->states) : NULL;

	return first ? model_word(&first->model, model_mm_const(&first->model, MM), cpu) : 0;
}

void replay_lane(void *context, uint32_t cpu, struct record_lane *lane)
{
	const struct tables *tables = context;
	const struct seen_task *task = task_on(tables, cpu);
	const struct order_state *first = task ? states_first(&task->process->mm->states) : NULL;

	g_assert(cpu < tables->replay->scenario->cpus_count);
	*lane = (struct record_lane){ .account = ACCOUNT_NONE };
	if (!task) {
		lane->cpu_word = idle_word(tables, cpu);
		return;
	}
	lane->task.pid = task->pid;
	lane->task.group_pid = task->tgid;
	g_strlcpy(lane->task.name, task->comm, sizeof(lane->task.name));
	lane->account = task->process->account;
	lane->unknown = !first || process_is_unknown(task->process);
	if (lane->unknown)
		return;
	lane->word = model_task_const(&first->model, task->task)->cid;
	lane->cpu_word = model_word(&first->model, model_mm_const(&first->model, MM), cpu);
	lane->spins = tables->cpus[cpu].spins != NULL;
}
