/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "sim/replay/orders/search.h"
#include "sim/replay/orders/shown.h"
#include "sim/replay/process/difference.h"
#include "sim/replay/process/learn.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/records.h"
#include "sim/replay/process/take-over.h"
#include "sim/replay/process/tasks.h"

/* Switches that are pending */

static void bury(struct tables *tables, struct process *process, uint32_t task)
{
	uint32_t pid = g_array_index(process->mm->pids, uint32_t, task);
	struct seen_task *seen = tables_find(tables, pid);

	if (!seen || seen->process != process || seen->task != task)
		return;
	tasks_bury(tables, seen);
}

/* The switch that was pending on @cpu is over: its steps are taken, and who died there is gone.
 * @process may be unknown afterwards. */
static void settle_switch(struct tables *tables, struct process *process, uint32_t cpu,
	const struct trace_event *event)
{
	struct order_switch pending = process->mm->switches[cpu];

	g_assert(!process_is_unknown(process));
	order_settle(process->mm, (struct order_actor){ .kind = ACTOR_SWITCH, .index = cpu });
	if (pending.next != TASK_NONE && states_count(&process->mm->states) > 0) {
		/* Both words are what "in" has made of them. */
		order_mm_set_unknown_task(process->mm, pending.next, false);
		if (model_task_const(&states_first(&process->mm->states)->model, pending.next)
				->active)
			order_mm_set_unknown_cpu(process->mm, cpu, false);
	}
	order_mm_end_switch(process->mm, cpu);
	tables_end_switch(tables, process, cpu);
	if (states_count(&process->mm->states) == 0) {
		process_stuck(tables, process, event, "switch before that");
		return;
	}
	records_update(tables, process);
	if (pending.prev_dies && pending.prev != TASK_NONE)
		bury(tables, process, pending.prev);
}

/* After a decision on @cpu the lock is held, and nothing else can be there, until it is given up.
 */
static void settle_lock(struct tables *tables, uint32_t cpu, const struct trace_event *event)
{
	struct process *process = tables->cpus[cpu].lock;

	tables->cpus[cpu].lock = NULL;
	if (!process || process->mm->current.id == 0 || process->mm->current.cpu != cpu)
		return;
	order_settle_lock(process->mm);
	if (states_count(&process->mm->states) == 0)
		process_stuck(tables, process, event, "get or drop after the decision");
	g_assert(!tables->cpus[cpu].lock);
}

void events_touch_cpu(struct tables *tables, uint32_t cpu, const struct trace_event *event)
{
	settle_lock(tables, cpu, event);
	for (int i = 0; i < TABLES_PER_CPU; i++) {
		struct process *process = tables->cpus[cpu].switches[i];

		if (!process || process->mm->switches[cpu].spins)
			continue;
		if (process->mm->switches[cpu].pending)
			settle_switch(tables, process, cpu, event);
		else
			tables->cpus[cpu].switches[i] = NULL;
		g_assert(!tables->cpus[cpu].switches[i] && !process->mm->switches[cpu].pending);
	}
}

/* Switches */

/* The word that the CPU has of @process: shown is that of the mm of who comes, and of who leaves.
 */
static uint32_t cpu_word_by_address(const struct process *process, const struct trace_event *event)
{
	bool of_next = event->task.mm_known && event->task.mm;
	const struct trace_task *owner = of_next ? &event->task : &event->prev;

	/* One that is in an exec shows its new process, and is no user of the old one any more. */
	if (owner->mm_known && owner->mm == process->address)
		return event->cpu_word;
	if (event->prev.mm_known && event->prev.mm == process->address)
		return event->prev_cpu_word;
	return TRACE_WORD_UNKNOWN;
}

static uint32_t shown_cpu_word(const struct process *process, const struct seen_task *next,
	const struct trace_event *event)
{
	if (process->mm->stepwise)
		return next && next->process == process ? event->cpu_word : TRACE_WORD_UNKNOWN;
	return cpu_word_by_address(process, event);
}

/* The last switch of a task that has exited is recorded by none: it is off @cpu by now. */
static void take_off_dead(
	struct tables *tables, struct process *process, uint32_t cpu, uint32_t prev)
{
	uint32_t curr = model_cpu_const(&states_first(&process->mm->states)->model, cpu)->curr;
	struct seen_task *task;

	if (curr == prev || curr == TASK_NONE)
		return;
	task = tables_find(tables, g_array_index(process->mm->pids, uint32_t, curr));
	if (!task || task->process != process || !task->left)
		return;
	if (task->cpu == cpu)
		task->cpu = UINT32_MAX;
	if (task->gone)
		bury(tables, process, curr);
	else
		order_mm_take_off(process->mm, curr);
}

/* Do the states have who, by the trace, runs here and does not run elsewhere? */
static bool place_fits(const struct process *process, uint32_t cpu, uint32_t prev, uint32_t next)
{
	const struct model *model = &states_first(&process->mm->states)->model;

	g_assert(cpu < model->cpus_count);
	return model_cpu_const(model, cpu)->curr == prev &&
	       (next == TASK_NONE || !model_is_running(model, next));
}

/* When the state was taken over @task ran on @cpu, and no event had shown it. */
static bool ran_unseen(const struct process *process, uint32_t cpu, uint32_t task)
{
	const struct model *model = &states_first(&process->mm->states)->model;

	g_assert(cpu < model->cpus_count);
	return order_task_is_unknown(process->mm, task) && !model_is_running(model, task) &&
	       model_cpu_const(model, cpu)->curr == TASK_NONE;
}

/* A task that comes here is off the CPU where it was: that switch is over, too. */
static void settle_elsewhere(struct tables *tables, struct process *process, uint32_t task,
	const struct trace_event *event)
{
	for (guint i = process->mm->pending->len; task != TASK_NONE && i-- > 0;) {
		uint32_t cpu = g_array_index(process->mm->pending, uint32_t, i);

		if (process->mm->switches[cpu].prev == task && !process->mm->switches[cpu].spins) {
			process->mm->switches[cpu].prev_dies = false; /* not yet */
			settle_switch(tables, process, cpu, event);
		}
		i = MIN(i, process->mm->pending->len);
	}
}

/* Of a prediction: the trace lacks a switch on @cpu, from @prev to @next. */
static bool take_skipped(struct tables *tables, struct process *process, uint32_t cpu, uint32_t prev,
	uint32_t next, const struct trace_event *event)
{
	g_assert(process->at_once && prev != next);
	if (process->mm->switches[cpu].pending || process->mm->switches[cpu].spins)
		return false;
	order_mm_add_switch(process->mm, cpu, prev, next, event->line);
	if (process->mm->switches[cpu].pending)
		settle_switch(tables, process, cpu, event);
	return !process_is_unknown(process);
}

/* @task runs nowhere, if it is one. */
static bool leave_unseen(struct tables *tables, struct process *process, uint32_t task,
	const struct trace_event *event)
{
	const struct model *model = &states_first(&process->mm->states)->model;

	return task == TASK_NONE || !model_is_running(model, task) ||
	       take_skipped(tables, process, model_task_const(model, task)->cpu, task, TASK_NONE,
		       event);
}

/* Take the switches that the trace lacks, so that @prev runs on @cpu and @next does not run: a
 * prediction contradicts nothing. False: it cannot be. */
static bool mend_places(struct tables *tables, struct process *process, uint32_t cpu, uint32_t prev,
	uint32_t next, const struct trace_event *event)
{
	uint32_t there =
		model_cpu_const(&states_first(&process->mm->states)->model, cpu)->curr;

	if (process->counts->skipped++ == 0)
		process->counts->skipped_line = event->line;
	if (there != prev && !leave_unseen(tables, process, prev, event))
		return false;
	if (there != prev && !take_skipped(tables, process, cpu, there, prev, event))
		return false;
	return leave_unseen(tables, process, next, event) &&
	       place_fits(process, cpu, prev, next);
}

static void switch_of_process(struct tables *tables, struct process *process,
	struct seen_task *prev, struct seen_task *next, uint32_t cpu,
	const struct trace_event *event)
{
	struct observation seen = observation_of("switch");
	uint32_t p, n;

	settle_elsewhere(tables, process, tables_index(next, process), event);
	if (!process_is_unknown(process))
		take_off_dead(tables, process, cpu, tables_index(prev, process));
	p = tables_index(prev, process);
	n = tables_index(next, process);
	if (p != TASK_NONE && event->prev.pid == TRACE_TASK_FOREIGN &&
		!process_is_unknown(process) &&
		model_cpu_const(&states_first(&process->mm->states)->model, cpu)->curr != p)
		p = TASK_NONE; /* it has been another mm's for long */
	if (p != TASK_NONE && !process_is_unknown(process) && ran_unseen(process, cpu, p))
		order_mm_run_there(process->mm, p, cpu);
	seen.is_switch = true;
	seen.cpu = cpu;
	seen.cpu_word = shown_cpu_word(process, next, event);
	observation_add(&seen, p, &event->prev);
	observation_add(&seen, n, &event->task);
	process_look(tables, process, cpu, event, &seen);
	process_remember(process, event);
	if (!process_is_unknown(process) && process->mm->stepwise && !place_fits(process, cpu, p, n))
		process_impossible(tables, process, event,
			"who leaves does not run there, or who comes "
			"runs elsewhere");
	else if (!process_is_unknown(process) && !place_fits(process, cpu, p, n) &&
		 !(process->at_once && mend_places(tables, process, cpu, p, n, event))) {
		verdict_note(tables->replay->verdict,
			"%s (%u): the trace skips a switch, the first time before line "
			"%" G_GUINT64_FORMAT ": begun anew",
			process->counts->name, process->counts->tgid, event->line);
		process->counts->lost++;
		process_forget(tables, process);
	}
	if (process_is_unknown(process)) {
		process_learn(tables, process, event);
		return;
	}
	order_mm_add_switch(process->mm, cpu, p, n, event->line);
	if (process->mm->stepwise && process->mm->switches[cpu].pending &&
		order_switch_leaves(process->mm, cpu))
		records_update(tables, process);
	process->mm->switches[cpu].prev_dies =
		prev && prev->process == process && (prev->gone || event->prev_dead);
	process->mm->switches[cpu].wordless =
		event->prev.word == TRACE_WORD_UNKNOWN && event->task.word == TRACE_WORD_UNKNOWN;
	if (process->mm->switches[cpu].pending)
		tables_add_switch(tables, process, cpu);
	if (process->at_once)
		settle_switch(tables, process, cpu, event);
}

/* Both the recipe's event and the kernel's own were recorded: the same switch twice. */
static bool is_recorded_twice(struct tables *tables, struct process *process,
	struct seen_task *prev, struct seen_task *next, uint32_t cpu,
	const struct trace_event *event)
{
	const struct order_switch *s = &process->mm->switches[cpu];
	struct observation seen = observation_of("switch");

	if (!s->pending || s->prev != tables_index(prev, process) ||
		s->next != tables_index(next, process))
		return false;
	seen.is_switch = true;
	observation_add(&seen, s->prev, &event->prev);
	observation_add(&seen, s->next, &event->task);
	if (s->wordless)
		process_look(tables, process, cpu, event, &seen);
	return true;
}

bool events_switch_again(struct tables *tables, uint32_t cpu, const struct trace_event *event)
{
	struct seen_task *prev, *next;
	bool twice = false;

	if (event->kind != TRACE_SWITCH)
		return false;
	prev = tables_leaving(tables, event);
	next = tables_is_task(event->task.pid) ? tables_find(tables, event->task.pid) : NULL;
	for (int i = 0; i < TABLES_PER_CPU; i++) {
		struct process *process = tables->cpus[cpu].switches[i];

		if (process &&
			((prev && prev->process == process) || (next && next->process == process)))
			twice |= is_recorded_twice(tables, process, prev, next, cpu, event);
	}
	return twice;
}

/* No other switch can begin while a get spins on @cpu. */
static void end_spin(struct tables *tables, uint32_t cpu, const struct trace_event *event)
{
	for (int i = 0; i < TABLES_PER_CPU; i++) {
		struct process *process = tables->cpus[cpu].switches[i];

		if (!process)
			continue;
		process_impossible(tables, process, event, "a get spins there");
		tables_end_switch(tables, process, cpu);
	}
}

void on_switch(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *prev, *next;
	struct process *left;

	end_spin(tables, cpu, event);
	predict_met(tables, &event->prev, event, cpu);
	predict_met(tables, &event->task, event, cpu);
	prev = tables_leaving(tables, event);
	if (prev && event->prev_dead && prev->process && prev->process->at_once &&
		!process_is_unknown(prev->process))
		predict_exit(tables, prev, event, cpu); /* if no event has shown it */
	tasks_known(tables, &event->prev, event);
	next = tasks_known(tables, &event->task, event);
	if (!next && tables->stepwise) /* one without mm runs, too */
		next = tables_find(tables, event->task.pid);
	prev = tables_leaving(tables, event);
	left = prev ? prev->process : NULL; /* who leaves for ever has none afterwards */
	if (left)
		switch_of_process(tables, left, prev, next, cpu, event);
	if (next && next->process && next->process != left)
		switch_of_process(tables, next->process, prev, next, cpu, event);
	records_switch(tables, event, prev, next, cpu);
	if (prev && prev->process && process_is_unknown(prev->process)) {
		if (prev->gone || event->prev_dead)
			bury(tables, prev->process, prev->task);
		else
			process_take_over(tables, prev->process, event);
	}
	if (next && next->process && process_is_unknown(next->process))
		process_take_over(tables, next->process, event);
	if (prev && prev->born && prev->gone && !prev->process &&
		tables_find(tables, prev->pid) == prev)
		tasks_bury(tables, prev);
}

void on_switched(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *prev = tasks_known(tables, &event->prev, event);
	struct seen_task *next = tasks_known(tables, &event->task, event);

	events_observe_switched(tables, event, cpu, prev, next);
	if (tables->stepwise && event->kind == TRACE_SWITCHED && tables_is_task(event->task.pid))
		records_runs(tables, tables_find(tables, event->task.pid), cpu);
}

void events_observe_switched(struct tables *tables, const struct trace_event *event, uint32_t cpu,
	struct seen_task *prev, struct seen_task *next)
{
	struct process *mms[2] = { prev ? prev->process : NULL, next ? next->process : NULL };

	for (int i = 0; i < 2; i++) {
		struct observation seen = observation_of("after switch");
		struct process *process = mms[i];

		if (!process || (i == 1 && process == mms[0]))
			continue;
		seen.is_switch = true;
		seen.cpu = cpu;
		seen.cpu_word = shown_cpu_word(process, next, event);
		observation_add(&seen, tables_index(prev, process), &event->prev);
		observation_add(&seen, tables_index(next, process), &event->task);
		process_look(tables, process, cpu, event, &seen);
		process_remember(process, event);
		if (process_is_unknown(process)) {
			process_learn(tables, process, event);
			process_take_over(tables, process, event);
		}
		records_update(tables, process);
	}
}
