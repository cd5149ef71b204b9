/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "sim/replay/orders/search.h"
#include "sim/replay/process/difference.h"
#include "sim/replay/process/learn.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/records.h"
#include "sim/replay/process/settle.h"

/* The mutex is held by op @id: what held it before is over and goes to the ops, an exit has left
 * its mm. States in which that cannot be are ruled out. False, and @process is unknown, if none is
 * left.
 */
static bool take_mutex(struct tables *tables, struct process *process, uint32_t id,
	const struct trace_event *event)
{
	struct order_op before = process->mm->current;
	const struct order_op *op;
	guint place;

	g_assert(!process_is_unknown(process) && id != 0);
	process_finish_op(tables, process, event);
	if (process_is_unknown(process))
		return false;
	g_assert(process->mm->current.id == 0);
	if (before.id != 0) {
		before.over = true;
		g_array_append_val(process->mm->ops, before);
	}
	place = order_mm_op_place(process->mm, id);
	op = &g_array_index(process->mm->ops, struct order_op, place);
	if (op->kind == ORDER_EXIT)
		order_settle(process->mm,
			(struct order_actor){
				.kind = ACTOR_LEAVE, .index = place, .line = op->line });
	for (guint i = states_count(&process->mm->states); i-- > 0;) {
		struct order_state *state = states_at(&process->mm->states, i);
		bool fits = state->holder == (op->kind == ORDER_EXIT ? op->id : 0);

		states_rule_out(&process->mm->states, i, !fits);
	}
	states_compact(&process->mm->states);
	if (states_count(&process->mm->states) > 0)
		return true;
	process_stuck(tables, process, event, "way to the decision");
	return false;
}

/* The deferred work is a kernel thread's. */
static bool is_worker(struct tables *tables, const struct trace_event *event)
{
	const struct seen_task *task = tables_find(tables, event->pid);

	return (!task || !task->process) && g_str_has_prefix(event->comm, "kworker");
}

void on_decide(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct process *process = tables_process(tables, event);
	struct observation seen = observation_of("values before the decision");
	struct order_op *op;
	uint32_t id;

	if (!process)
		return;
	process_remember(process, event);
	if (process_is_unknown(process)) {
		process_learn(tables, process, event);
		return;
	}
	op = order_mm_find_op(process->mm, event->pid, false);
	if (!op && is_worker(tables, event))
		op = order_mm_add_op(process->mm, (struct order_op){ .kind = ORDER_WORK,
							  .pid = event->pid,
							  .initiator = TASK_NONE,
							  .task = TASK_NONE });
	if (!op && process->mm->stepwise) {
		process_impossible(tables, process, event, "no fork or exit of that task began");
		return;
	}
	if (!op) {
		/* A recorder that filters by thread group leaves out who shares the mm from
		 * another one. */
		process_give_up(tables, process, event,
			"the trace lacks the fork or exit of a decision, that of a vfork or "
			"CLONE_VM child?");
		return;
	}
	op->cpu = cpu;
	op->line = event->line;
	if (event->mm.known)
		order_mm_weigh(process->mm, event->mm.allowed_count);
	id = op->id;
	if (process->mm->stepwise && process->mm->current.id != 0) {
		process_impossible(tables, process, event, "the mutex of the mm is held");
		return;
	}
	if (!take_mutex(tables, process, id, event))
		return;
	process->mm->current = g_array_index(
		process->mm->ops, struct order_op, order_mm_op_place(process->mm, id));
	g_array_set_size(process->mm->visited, 0);
	order_mm_drop_op(process->mm, id);
	seen.values = event->mm.known ? &event->mm : NULL;
	seen.users_more = process->mm->current.kind == ORDER_FORK;
	order_affinities_may_be_over(process->mm);
	process_observe(tables, process, event, &seen);
}

/* Records want to know when who has opened a window is off its CPU. */
static void note_initiator(struct tables *tables, const struct process *process, uint32_t pid)
{
	struct seen_task *task = tables_find(tables, pid);

	g_assert(tables->all->pdata[process->slot] == process);
	if (task && process->window_open)
		task->window = process->slot;
}

void on_decide_end(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct process *process = tables_process(tables, event);
	struct observation seen = observation_of("decision");

	if (!process)
		return;
	process_remember(process, event);
	if (process_is_unknown(process)) {
		process_learn(tables, process, event);
		return;
	}
	if (process->mm->current.id == 0 || process->mm->current.pid != event->pid) {
		process_doubt(
			tables, process, event, "the trace lacks the beginning of a decision");
		return;
	}
	process->mm->current.cpu = cpu;
	process->mm->current.line = event->line;
	order_settle_decision(process->mm);
	if (states_count(&process->mm->states) == 0) {
		process_stuck(tables, process, event, "decision");
		return;
	}
	seen.values = event->mm.known ? &event->mm : NULL;
	seen.changed = event->changed;
	process_observe(tables, process, event, &seen);
	process->mm->current.released = true;
	if (!process_is_unknown(process)) {
		tables->cpus[cpu].lock = process;
		records_decision(tables, process, event->pid);
		/* Where the get follows at once both are one step. */
		if (!process->mm->stepwise)
			records_update(tables, process);
		note_initiator(tables, process, event->pid);
	}
}
