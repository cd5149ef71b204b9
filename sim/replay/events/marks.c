/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "sim/replay/process/difference.h"
#include "sim/replay/process/learn.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/take-over.h"
#include "sim/replay/process/tasks.h"

void on_mark(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct process *process = tables_at(tables, event->mm.address);
	struct observation seen = observation_of("quiet state");

	if (!process && event->mm.address && event->mm.known && event->mm.users > 0)
		process = tasks_existing_process(tables, event->mm.address, event, event->tgid);
	if (!process)
		return;
	for (uint32_t i = 0; event->currents && i < event->cpus_count; i++) {
		const struct trace_task *shown = &event->currents[i];
		struct seen_task *task;

		if (!tables_is_task(shown->pid) || !process_is_unknown(process))
			continue;
		task = tables_get(tables, shown->pid, shown->tgid);
		if (task->process != process)
			tasks_attach(tables, task, process, cpu);
		task->cpu = replay_cpu(tables->replay, i);
		task->word = shown->word;
		task->active = 1;
	}
	process_remember(process, event);
	if (process_is_unknown(process)) {
		process_learn(tables, process, event);
		process_take_over(tables, process, event);
		return;
	}
	if (process->mm->pending->len || process->mm->ops->len || process->mm->current.id ||
		process->mm->affinities_used)
		return;
	seen.values = event->mm.known ? &event->mm : NULL;
	seen.all = event;
	process_observe(tables, process, event, &seen);
}

void on_lost(struct tables *tables, const struct trace_event *event)
{
	char *count = event->lost ? g_strdup_printf("%" G_GUINT64_FORMAT " events", event->lost)
	                          : g_strdup("events");

	verdict_note(tables->replay->verdict,
		"%s were lost on CPU %u before line %" G_GUINT64_FORMAT
		": processes begin anew there, predictions go on",
		count, event->cpu, event->line);
	g_free(count);
	for (guint slot = 0; slot < tables->all->len; slot++) {
		struct process *process = tables->all->pdata[slot];

		if (!process || process->at_once) /* a prediction goes on with what is shown */
			continue;
		process->counts->lost++;
		process_forget(tables, process);
		g_assert(process_is_unknown(process));
	}
}
