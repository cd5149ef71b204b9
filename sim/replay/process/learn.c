/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/process/learn.h"

#include "sim/replay/process/records.h"

/* A walk, or what cannot be known, has changed them. */
static void forget_words(struct process *process)
{
	for (uint32_t cpu = 0; cpu < process->mm->config.cpus_count; cpu++)
		process->cpu_words[cpu] = TRACE_WORD_UNKNOWN;
	for (struct seen_task *task = process->tasks; task; task = task->after)
		task->word = TRACE_WORD_UNKNOWN;
}

/* Its records end; what is under way there is over, whatever it was. */
static void forget(struct tables *tables, struct process *process, enum process_event event)
{
	records_end(tables, process);
	process_turn(process, event);
	order_mm_forget(process->mm);
	process->window_open = false;
	process->values.known = false;
	forget_words(process);
	g_assert(process_is_unknown(process) && !states_first(&process->mm->states));
}

/* Where each step is shown nothing is left to be learnt. */
void process_forget(struct tables *tables, struct process *process)
{
	bool for_ever = process->mm->stepwise && !process_is_unknown(process);

	forget(tables, process, for_ever ? PROCESS_GIVES_UP : PROCESS_FORGETS);
}

void process_forget_for_ever(struct tables *tables, struct process *process)
{
	forget(tables, process, PROCESS_GIVES_UP);
}

/* Who got its CPU before max_cids became @limit may or may not have got another number. */
static void forget_high(struct process *process, uint32_t limit)
{
	g_assert(process_is_unknown(process));
	for (struct seen_task *task = process->tasks; task; task = task->after) {
		if (task->cpu != UINT32_MAX && (task->word & CID_NUMBER) >= limit)
			task->word = TRACE_WORD_UNKNOWN;
	}
}

static struct seen_task *task_of(
	const struct tables *tables, const struct process *process, uint32_t pid)
{
	struct seen_task *task = tables_find(tables, pid);

	return task && task->process == process ? task : NULL;
}

bool learnt_is_quiet(const struct trace_mm *values)
{
	return values->known && !(values->mode & MODE_TRANSIT);
}

/* Per CPU a switch in leaves the number of @cpu as it is, unless it is too high. */
static bool keeps_number(const struct process *process, uint32_t cpu)
{
	g_assert(cpu < process->mm->config.cpus_count);
	return learnt_is_quiet(&process->values) && process->values.mode & MODE_PER_CPU &&
	       process->cpu_words[cpu] != TRACE_WORD_UNKNOWN &&
	       (process->cpu_words[cpu] & CID_NUMBER) < process->values.max_cids;
}

/* Before a switch: who leaves keeps its word unless it is in transit; who comes gets maybe another
 * one, and so does the CPU. */
static void learn_switch(struct tables *tables, struct process *process,
	const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *prev = task_of(tables, process, event->prev.pid);
	struct seen_task *next = task_of(tables, process, event->task.pid);
	bool per_cpu = process->values.mode & MODE_PER_CPU;

	g_assert(cpu < process->mm->config.cpus_count);
	/* The kernel's own event, beside the recipe's. */
	if (event->prev.word == TRACE_WORD_UNKNOWN && event->task.word == TRACE_WORD_UNKNOWN)
		return;
	if (prev) {
		uint32_t word = event->prev.word;

		if (word != TRACE_WORD_UNKNOWN && word & CID_KERNEL_TRANSIT)
			word = TRACE_WORD_UNKNOWN;
		prev->word = word;
		prev->active = event->prev.active;
		if (word != TRACE_WORD_UNKNOWN && word & CID_KERNEL_ONCPU)
			process->cpu_words[cpu] = word;
	}
	if (!next)
		return;
	next->active = event->task.active;
	next->word = TRACE_WORD_UNKNOWN;
	if (!next->active || (learnt_is_quiet(&process->values) && !per_cpu &&
				     event->task.word < process->values.max_cids))
		next->word = event->task.word;
	/* Where it has run before per CPU, it finds the number that the CPU has. */
	if (!per_cpu && next->word != TRACE_WORD_UNKNOWN && next->active)
		process->cpu_words[cpu] = next->word;
	else if (next->active && !keeps_number(process, cpu))
		process->cpu_words[cpu] = TRACE_WORD_UNKNOWN;
}

static void learn_task(
	struct tables *tables, struct process *process, const struct trace_task *from)
{
	struct seen_task *task = task_of(tables, process, from->pid);

	if (!task)
		return;
	task->word = from->word;
	task->active = from->active;
	/* Only users hold numbers. */
	if (from->active < 0 && from->word != TRACE_WORD_UNKNOWN &&
		!(from->word & CID_KERNEL_UNSET))
		task->active = 1;
}

void process_learn(struct tables *tables, struct process *process, const struct trace_event *event)
{
	uint32_t cpu = replay_cpu(tables->replay, event->cpu);
	const struct trace_mm *values = &event->mm;

	g_assert(process_is_unknown(process));
	if (event->kind == TRACE_SWITCH && event->prev_mm.known &&
		(!values->known || values->address != process->address))
		values = &event->prev_mm;
	if (values->known && (values->address == process->address || !values->address)) {
		if (process->values.known && process->values.mode != values->mode)
			forget_words(process);
		else if (process->values.known && process->values.max_cids > values->max_cids)
			forget_high(process, values->max_cids);
		process->values = *values;
	}
	for (uint32_t i = 0; event->cpu_words && i < process->mm->config.cpus_count; i++) {
		uint32_t id = tables->replay->scenario->cpu_ids[i];

		if (id < event->cpus_count)
			process->cpu_words[i] = event->cpu_words[id];
	}
	switch (event->kind) {
	case TRACE_DECIDE:
	case TRACE_DECIDE_END:
		process_turn(process, event->kind == TRACE_DECIDE ? PROCESS_DECISION_BEGINS
								  : PROCESS_DECISION_ENDS);
		break;
	case TRACE_SWITCH:
		learn_switch(tables, process, event, cpu);
		break;
	case TRACE_SWITCHED:
		learn_task(tables, process, &event->prev);
		learn_task(tables, process, &event->task);
		/* It is that of the mm of who runs now. */
		if (event->cpu_word != TRACE_WORD_UNKNOWN && event->task.mm_known &&
			event->task.mm == process->address)
			process->cpu_words[cpu] = event->cpu_word;
		break;
	case TRACE_FORK_END:
	case TRACE_EXIT:
	case TRACE_EXIT_END:
	case TRACE_NEW_TASK:
		learn_task(tables, process, &event->task);
		break;
	default:
		break;
	}
}
