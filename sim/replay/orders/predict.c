/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/internal.h"

/* All is done at once: a trace that shows no more than who runs leaves nothing to be found. */

static void predict_op(struct orders *orders, struct order_mm *mm, struct order_op op,
	const struct trace_event *event)
{
	op.id = ++mm->last_op;
	op.pid = event->pid;
	op.line = event->line;
	mm->current = op;
	order_settle_decision(mm);
	if (states_count(&mm->states) > 0) {
		tell_decision(orders, mm, event->pid);
		users_finish(orders, mm, event);
	} else {
		orders_stuck(orders, mm, event, "fork or exit");
	}
	if (!mm->adopts)
		tell_update(orders, mm);
}

/* The process of a task that was there before, or is the first of its mm. */
static struct order_mm *predicted_mm(struct orders *orders, struct seen_task *task,
	const struct trace_event *event, uint32_t cpu, bool existed)
{
	struct order_mm *mm = tasks_new_mm(orders, 0, task->mask,
		task->comm[0] ? task->comm : event->comm, task->tgid, event->line);
	struct order_op op = { .kind = ORDER_FORK, .initiator = TASK_NONE, .cpu = cpu };

	mm->predicted = true;
	mm->process->existed = existed;
	if (existed)
		verdict_note(orders->replay->verdict,
			"processes that were there before the trace began are taken to have had "
			"one thread");
	tasks_attach(orders, task, mm, cpu);
	op.task = task->task;
	if (task->cpu != UINT32_MAX)
		users_run_there(mm, task->task, task->cpu);
	predict_op(orders, mm, op, event);
	return mm;
}

void predict_fork(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *parent, *child;
	struct order_op op = { .kind = ORDER_FORK, .cpu = cpu };
	bool thread = event->new_mm == 0 || event->new_group == 0;

	if (event->new_mm < 0 && event->new_group < 0) {
		verdict_note(orders->replay->verdict,
			"the trace does not tell threads from processes: each child is taken for "
			"a thread until it execs; record task:task_newtask");
		thread = true;
	}
	child = tasks_find(orders, event->task.pid);
	if (child && child->mm)
		return; /* told twice */
	if (!thread)
		return; /* it is looked at once it forks a thread */
	parent = tasks_find(orders, event->pid);
	if (!parent || !parent->mm) {
		if (!tasks_selects(orders, event))
			return;
		parent = tasks_get(orders, event->pid, event->tgid);
		g_strlcpy(parent->comm, event->comm, sizeof(parent->comm));
		parent->cpu = cpu;
		parent->since_ns = orders->replay->recorder->now_ns;
		predicted_mm(orders, parent, event, cpu, true);
	}
	child = tasks_get(orders, event->task.pid, parent->tgid);
	tasks_attach(orders, child, parent->mm, cpu);
	op.initiator = parent->task;
	op.task = child->task;
	orders->replay->recorder->result->forks++;
	predict_op(orders, parent->mm, op, event);
	order_mm_show(parent->mm, child->task, true);
}

void predict_exit(struct orders *orders, struct seen_task *task, const struct trace_event *event,
	uint32_t cpu)
{
	struct order_op op = {
		.kind = ORDER_EXIT, .initiator = task->task, .task = task->task, .cpu = cpu
	};

	if (!model_task_const(&states_first(&task->mm->states)->model, task->task)->active)
		return;
	orders->replay->recorder->result->exits++;
	predict_op(orders, task->mm, op, event);
}

/* Who execs has an mm of its own, with one thread. */
void predict_exec(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task = tasks_find(orders, event->pid);

	if (!task || !task->mm || !task->mm->predicted || task->mm->adopts)
		return;
	predict_exit(orders, task, event, cpu);
	orders->replay->recorder->result->execs++;
	tasks_detach(orders, task);
	task->cpu = cpu;
}
