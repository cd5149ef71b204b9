/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/process/settle.h"

#include "model/mm.h"
#include "sim/replay/orders/search.h"
#include "sim/replay/process/learn.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/records.h"

enum { MM = 0 };

bool process_settle_op(struct tables *tables, struct process *process, uint64_t line)
{
	struct order_mm *mm = process->mm;

	if (mm->current.id == 0)
		return true;
	g_assert(!process_is_unknown(process));
	mm->current.released = true;
	order_settle(mm, (struct order_actor){ .kind = ACTOR_CURRENT, .line = mm->current.line });
	if (states_count(&mm->states) == 0)
		return false;
	if (process->window_open)
		process->window_line = line;
	records_complete(tables, process);
	mm->current.id = 0;
	for (guint i = 0; i < states_count(&mm->states); i++)
		state_changes(states_at(&mm->states, i))->current_done = 0;
	/* Per task all users' words will be seen, and then it is no guess any more. */
	if (process->state == PROCESS_GUESSED &&
		!mm_is_per_cpu(model_mm_const(&states_first(&mm->states)->model, MM)))
		process_forget(tables, process);
	return true;
}

void process_finish_op(
	struct tables *tables, struct process *process, const struct trace_event *event)
{
	if (!process_settle_op(tables, process, event->line))
		process_stuck(tables, process, event, "fork or exit before that");
}
