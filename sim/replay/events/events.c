/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/events.h"

#include "sim/replay/events/handlers.h"
#include "sim/replay/process/records.h"
#include "sim/replay/process/tasks.h"

static void count_event(struct tables *tables, const struct trace_event *event)
{
	struct record_result *result = tables->replay->recorder->result;

	result->migrations += event->kind == TRACE_MIGRATE;
	result->wakeups += event->kind == TRACE_WAKE;
	if (!tables->stepwise)
		return; /* forks, exits and execs are counted as they end */
	result->forks += event->kind == TRACE_NEW_TASK;
	result->exits += event->kind == TRACE_TASK_GONE;
	result->execs += event->kind == TRACE_BACK;
	tables->flips_due += event->kind == TRACE_FLIPPED;
	tables->windows_due += event->kind == TRACE_WINDOW;
}

/* By kind; of those that are only counted there is none. */
static const struct {
	void (*there)(struct tables *tables, const struct trace_event *event, uint32_t cpu);
	void (*anywhere)(struct tables *tables, const struct trace_event *event);
} handlers[TRACE_KINDS] = {
	[TRACE_SWITCH] = { .there = on_switch },
	[TRACE_SWITCHED] = { .there = on_switched },
	[TRACE_FORK] = { .there = on_fork },
	[TRACE_FORK_END] = { .there = on_fork_end },
	[TRACE_EXIT] = { .there = on_exit },
	[TRACE_EXIT_END] = { .there = on_exit_end },
	[TRACE_DECIDE] = { .there = on_decide },
	[TRACE_DECIDE_END] = { .there = on_decide_end },
	[TRACE_CPU_WALK] = { .there = on_walk },
	[TRACE_CPU_WALK_END] = { .there = on_walk },
	[TRACE_CPU_STEP] = { .there = on_walk },
	[TRACE_TASK_STEP] = { .there = on_walk },
	[TRACE_TASK_STEP_BEGIN] = { .there = on_walk },
	[TRACE_NEW_TASK] = { .there = on_new_task },
	[TRACE_TASK_GONE] = { .there = on_gone },
	[TRACE_WAKE] = { .there = on_wake },
	[TRACE_EXEC] = { .there = predict_exec },
	[TRACE_MARK] = { .there = on_mark },
	[TRACE_WALK_STEP] = { .there = on_walk_step },
	[TRACE_OP_END] = { .there = on_op_end },
	[TRACE_SPIN] = { .there = on_spin },
	[TRACE_SPIN_END] = { .there = on_spin_end },
	[TRACE_BACK] = { .there = on_back },
	[TRACE_JOIN] = { .there = on_join },
	[TRACE_AFFINITY] = { .anywhere = on_affinity },
	[TRACE_AFFINITY_END] = { .anywhere = on_affinity_end },
	[TRACE_STATE] = { .anywhere = on_state },
	[TRACE_MM_NEW] = { .anywhere = on_mm_new },
	[TRACE_MM_GONE] = { .anywhere = on_mm_gone },
	[TRACE_TASK_NEW] = { .anywhere = on_task_new },
	[TRACE_TASK_FREED] = { .anywhere = on_task_freed },
	[TRACE_TASK_SHOWN] = { .anywhere = on_task_shown },
	[TRACE_TOTALS] = { .anywhere = on_totals },
};

static void handle(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	g_assert((unsigned)event->kind < TRACE_KINDS);
	if (handlers[event->kind].there)
		handlers[event->kind].there(tables, event, cpu);
	else if (handlers[event->kind].anywhere)
		handlers[event->kind].anywhere(tables, event);
}

/* Of a trace that shows each step. */
static bool can_be(struct tables *tables, const struct trace_event *event)
{
	return !tables->stepwise || events_can_be(tables, event);
}

/* The scheduler's own events say nothing that others do not. */
static bool is_counted_only(const struct tables *tables, const struct trace_event *event)
{
	return tables->stepwise &&
	       (event->kind == TRACE_NEW_TASK || event->kind == TRACE_TASK_GONE);
}

/* Each event says who ran there, but a switch who runs from then on. */
static void note_running(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	if (event->kind == TRACE_SWITCH || event->kind == TRACE_SWITCHED)
		tables->cpus[cpu].runs = event->task.pid;
	else if (tables->cpus[cpu].line == 0)
		tables->cpus[cpu].runs = event->pid;
}

void events_next(struct tables *tables, const struct trace_event *event)
{
	uint32_t cpu = replay_cpu(tables->replay, event->cpu);

	g_assert(cpu < tables->replay->scenario->cpus_count);
	if (event->kind == TRACE_LOST) {
		on_lost(tables, event);
		return;
	}
	if (events_switch_again(tables, cpu, event))
		return;
	if (event->kind != TRACE_SPIN) /* what is under way there is not over */
		events_touch_cpu(tables, cpu, event);
	if (tables->groups < 1 && tables_is_task(event->pid))
		tables->groups = event->tgid != 0;
	count_event(tables, event);
	if (can_be(tables, event) && !is_counted_only(tables, event))
		handle(tables, event, cpu);
	note_running(tables, event, cpu);
	tasks_sweep(tables);
	tables->cpus[cpu].line = event->line;
}

static void note_unknown(struct tables *tables, const struct process *process)
{
	if (process_is_unknown(process) && process->counts->taken_over > 0)
		verdict_note(tables->replay->verdict,
			"%s (%u): to the end not all of its words were seen, so from some point "
			"on nothing of it was compared",
			process->counts->name, process->counts->tgid);
}

/* How far a prediction can be trusted. */
static void note_predicted(struct replay_verdict *verdict, const struct replay_process *process)
{
	if (process->met > 0)
		verdict_note(verdict,
			"%s (%u): threads that were there before the trace began are counted from "
			"the first event that shows them; that was %u, the last one in line "
			"%" G_GUINT64_FORMAT
			": up to there users are too few, and flips may be of the counting",
			process->name, process->tgid, process->met, process->met_line);
	if (process->skipped > 0)
		verdict_note(verdict,
			"%s (%u): switches are missing in the trace, %" G_GUINT64_FORMAT
			" times, first before line %" G_GUINT64_FORMAT
			": who leaves a CPU is taken to have come there just before",
			process->name, process->tgid, process->skipped, process->skipped_line);
}

void events_end(struct tables *tables)
{
	const struct replay_verdict *verdict = tables->replay->verdict;

	if (tables->replay->info->cut)
		verdict_note(tables->replay->verdict,
			"the log ends before its run does: what follows was not written");
	else if (tables->replay->info->tail_lost && tables->stepwise)
		verdict_note(tables->replay->verdict,
			"the log has no line mmcid:end: it is cut off, or its run did not end");
	else if (tables->replay->info->tail_lost)
		verdict_note(tables->replay->verdict,
			"the trace is cut off: by its header it has %" G_GUINT64_FORMAT
			" entries, but only %" G_GUINT64_FORMAT " are there",
			tables->replay->info->entries, tables->replay->info->entries_read);
	if (!tables->ended)
		records_stays(tables);
	for (guint slot = 0; slot < tables->all->len; slot++) {
		struct process *process = tables->all->pdata[slot];

		if (!process)
			continue;
		note_unknown(tables, process);
		tasks_drop_process(tables, process);
	}
	for (guint i = 0; i < verdict->processes->len; i++)
		note_predicted(tables->replay->verdict, verdict->processes->pdata[i]);
}
