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
	if (!tables->whole)
		return; /* forks, exits and execs are counted as they end */
	result->forks += event->kind == TRACE_NEW_TASK;
	result->exits += event->kind == TRACE_TASK_GONE;
	result->execs += event->kind == TRACE_BACK;
	tables->flips_due += event->kind == TRACE_FLIPPED;
	tables->windows_due += event->kind == TRACE_WINDOW;
}

static void handle_step(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	switch (event->kind) {
	case TRACE_WALK_STEP:
		on_walk_step(tables, event, cpu);
		break;
	case TRACE_OP_END:
		on_op_end(tables, event, cpu);
		break;
	case TRACE_SPIN:
		on_spin(tables, event, cpu);
		break;
	case TRACE_SPIN_END:
		on_spin_end(tables, event, cpu);
		break;
	case TRACE_STATE:
		on_state(tables, event);
		break;
	case TRACE_BACK:
		on_back(tables, event, cpu);
		break;
	case TRACE_MM_NEW:
		on_mm_new(tables, event);
		break;
	case TRACE_MM_GONE:
		on_mm_gone(tables, event);
		break;
	case TRACE_TASK_NEW:
		on_task_new(tables, event);
		break;
	case TRACE_TASK_FREED:
		on_task_freed(tables, event);
		break;
	case TRACE_TASK_SHOWN:
		on_task_shown(tables, event);
		break;
	case TRACE_JOIN:
		on_join(tables, event, cpu);
		break;
	case TRACE_TOTALS:
		on_totals(tables, event);
		break;
	default:
		break;
	}
}

static void handle(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	switch (event->kind) {
	case TRACE_SWITCH:
		on_switch(tables, event, cpu);
		break;
	case TRACE_SWITCHED:
		on_switched(tables, event, cpu);
		break;
	case TRACE_FORK:
		on_fork(tables, event, cpu);
		break;
	case TRACE_FORK_END:
		on_fork_end(tables, event, cpu);
		break;
	case TRACE_EXIT:
		on_exit(tables, event, cpu);
		break;
	case TRACE_EXIT_END:
		on_exit_end(tables, event, cpu);
		break;
	case TRACE_DECIDE:
		on_decide(tables, event, cpu);
		break;
	case TRACE_DECIDE_END:
		on_decide_end(tables, event, cpu);
		break;
	case TRACE_CPU_WALK:
	case TRACE_CPU_WALK_END:
	case TRACE_CPU_STEP:
	case TRACE_TASK_STEP:
	case TRACE_TASK_STEP_BEGIN:
		on_walk(tables, event, cpu);
		break;
	case TRACE_AFFINITY:
		on_affinity(tables, event);
		break;
	case TRACE_AFFINITY_END:
		on_affinity_end(tables, event);
		break;
	case TRACE_NEW_TASK:
		on_new_task(tables, event, cpu);
		break;
	case TRACE_TASK_GONE:
		on_gone(tables, event, cpu);
		break;
	case TRACE_EXEC:
		predict_exec(tables, event, cpu);
		break;
	case TRACE_MARK:
		on_mark(tables, event, cpu);
		break;
	default:
		handle_step(tables, event, cpu);
		break;
	}
}

/* Of a trace that shows each step. */
static bool can_be(struct tables *tables, const struct trace_event *event)
{
	return !tables->whole || events_can_be(tables, event);
}

/* The scheduler's own events say nothing that others do not. */
static bool is_counted_only(const struct tables *tables, const struct trace_event *event)
{
	return tables->whole && (event->kind == TRACE_NEW_TASK || event->kind == TRACE_TASK_GONE);
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
	count_event(tables, event);
	if (can_be(tables, event) && !is_counted_only(tables, event))
		handle(tables, event, cpu);
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

void events_end(struct tables *tables)
{
	if (tables->whole && !tables->ended)
		verdict_note(tables->replay->verdict,
			"the log has no line mmcid:end: it breaks off, or its run was ended");
	if (!tables->ended)
		records_stays(tables);
	for (guint slot = 0; slot < tables->all->len; slot++) {
		struct process *process = tables->all->pdata[slot];

		if (!process)
			continue;
		note_unknown(tables, process);
		tasks_drop_process(tables, process);
	}
}
