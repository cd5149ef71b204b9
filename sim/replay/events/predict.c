/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "sim/replay/orders/search.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/records.h"
#include "sim/replay/process/settle.h"
#include "sim/replay/process/tasks.h"

/* All is done at once: a trace that shows no more than who runs leaves nothing to be found. */

static void predict_op(struct tables *tables, struct process *process, struct order_op op,
	const struct trace_event *event)
{
	g_assert(op.task < process->mm->pids->len);
	if (process_is_unknown(process))
		return;
	op.id = ++process->mm->last_op;
	op.pid = event->pid;
	op.line = event->line;
	process->mm->current = op;
	order_settle_decision(process->mm);
	if (states_count(&process->mm->states) > 0) {
		records_decision(tables, process, event->pid);
		process_finish_op(tables, process, event);
	} else {
		process_stuck(tables, process, event, "fork or exit");
	}
	g_assert(process->mm->current.id == 0);
	if (!process_is_unknown(process))
		records_update(tables, process);
}

/* @task, which was there before the trace began or is the first of its mm, is a user of @process
 * from now on. */
static void add_user(struct tables *tables, struct process *process, struct seen_task *task,
	const struct trace_event *event, uint32_t cpu)
{
	struct order_op op = { .kind = ORDER_FORK, .initiator = TASK_NONE, .cpu = cpu };
	const struct order_state *first;

	tasks_attach(tables, task, process, cpu);
	op.task = task->task;
	first = states_first(&process->mm->states);
	if (task->cpu != UINT32_MAX && first &&
		model_cpu_const(&first->model, task->cpu)->curr == TASK_NONE)
		order_mm_run_there(process->mm, task->task, task->cpu);
	predict_op(tables, process, op, event);
	g_assert(task->process == process);
}

/* The process of a task that was there before, or is the first of its mm. */
static struct process *predicted_process(struct tables *tables, const struct seen_task *task,
	const struct trace_event *event, bool existed)
{
	struct process *process = tasks_new_process(tables, 0, task->mask,
		task->comm[0] ? task->comm : event->comm, task->tgid, event->line);

	process->at_once = true;
	process->counts->existed = existed;
	return process;
}

/* Threads that were there before the trace began */

static bool selects(const struct tables *tables)
{
	return tables->replay->options->comm || tables->replay->options->pid;
}

/* Is @shown what the user asks for? */
static bool is_asked_for(const struct tables *tables, const struct trace_task *shown, uint32_t tgid)
{
	const struct replay_options *options = tables->replay->options;
	bool fits = !options->comm || g_str_equal(options->comm, shown->comm);

	if (options->pid && options->pid != shown->pid && options->pid != tgid)
		fits = false;
	if (!fits)
		verdict_leave_out(tables->replay->verdict, shown->comm);
	return fits;
}

/* The process of thread group @tgid; of 0, where the trace has no groups, the one that was asked
 * for. NULL: there is none. */
static struct process *predicted_of_group(const struct tables *tables, uint32_t tgid)
{
	for (guint slot = 0; slot < tables->all->len; slot++) {
		struct process *process = tables->all->pdata[slot];

		if (process && process->at_once && process->counts->tgid == tgid &&
			(tgid || process->counts->existed))
			return process;
	}
	return NULL;
}

/* @task, seen for the first time, is a thread of @process (NULL: of a new one). */
static struct process *count_existing(struct tables *tables, struct process *process,
	struct seen_task *task, const struct trace_event *event, uint32_t cpu)
{
	if (!process)
		process = predicted_process(tables, task, event, true);
	add_user(tables, process, task, event, cpu);
	order_mm_show(process->mm, task->task, true);
	process->counts->met++;
	process->counts->met_line = event->line;
	return process;
}

void predict_met(struct tables *tables, const struct trace_task *shown,
	const struct trace_event *event, uint32_t cpu)
{
	bool leaves = event->kind == TRACE_SWITCH && shown == &event->prev;
	uint32_t tgid = shown->tgid;
	struct process *process;
	struct seen_task *task;

	if (!selects(tables) || tables->stepwise || tables->lifecycle || shown->mm_known ||
		shown->word != TRACE_WORD_UNKNOWN || !tables_is_task(shown->pid) ||
		(leaves && event->prev_dead) || tables_find(tables, shown->pid))
		return;
	if (!tgid && shown->pid == event->pid)
		tgid = event->tgid;
	if (!tgid && tables->groups != 0)
		return; /* a later event will show it */
	process = predicted_of_group(tables, tgid);
	if ((!process || !tgid) && !is_asked_for(tables, shown, tgid))
		return;
	task = tables_get(tables, shown->pid, tgid);
	g_strlcpy(task->comm, shown->comm, sizeof(task->comm));
	task->cpu = leaves ? cpu : UINT32_MAX;
	task->since_ns = tables->replay->recorder->now_ns;
	count_existing(tables, process, task, event, cpu);
}

/* Forks */

/* The task that forks a thread, with its process; NULL: it is not asked for. */
static struct seen_task *forking_task(
	struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *parent = tables_find(tables, event->pid);
	bool existed = !parent;

	if (parent && parent->process)
		return parent;
	if (!tables_select(tables, event))
		return NULL;
	parent = tables_get(tables, event->pid, event->tgid);
	g_strlcpy(parent->comm, event->comm, sizeof(parent->comm));
	parent->cpu = cpu;
	parent->since_ns = tables->replay->recorder->now_ns;
	if (existed && selects(tables)) {
		count_existing(
			tables, predicted_of_group(tables, parent->tgid), parent, event, cpu);
		return parent;
	}
	if (existed)
		verdict_note(tables->replay->verdict,
			"processes that were there before the trace began are taken to have had "
			"one thread; --comm and --pid count those that the trace shows");
	add_user(tables, predicted_process(tables, parent, event, existed), parent, event, cpu);
	return parent;
}

/* Is the child of @event known, and does the event say nothing new of it? */
static bool is_forked_twice(const struct seen_task *child, const struct trace_event *event)
{
	bool silent = event->new_mm < 0 && event->new_group < 0;

	return child && (child->process || (child->born && !child->gone && silent));
}

void predict_fork(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *parent, *child = tables_find(tables, event->task.pid);
	struct order_op op = { .kind = ORDER_FORK, .cpu = cpu };
	bool thread = event->new_mm == 0 || event->new_group == 0;

	if (is_forked_twice(child, event))
		return;
	if (event->new_mm < 0 && event->new_group < 0) {
		verdict_note(tables->replay->verdict,
			"the trace does not tell threads from processes: each child is taken for "
			"a thread until it execs; record task:task_newtask");
		thread = true;
	}
	if (!thread) { /* it is looked at once it forks a thread */
		child = tables_get(tables, event->task.pid,
			event->new_group == 1 ? event->task.pid : event->task.tgid);
		child->born = true;
		child->gone = false;
		return;
	}
	parent = forking_task(tables, event, cpu);
	if (!parent)
		return;
	child = tables_get(tables, event->task.pid, parent->tgid);
	child->born = true;
	tasks_attach(tables, child, parent->process, cpu);
	op.initiator = parent->task;
	op.task = child->task;
	tables->replay->recorder->result->forks++;
	predict_op(tables, parent->process, op, event);
	order_mm_show(parent->process->mm, child->task, true);
}

void predict_exit(struct tables *tables, struct seen_task *task, const struct trace_event *event,
	uint32_t cpu)
{
	struct order_op op = {
		.kind = ORDER_EXIT, .initiator = task->task, .task = task->task, .cpu = cpu
	};

	g_assert(task->process && !process_is_unknown(task->process));
	if (!model_task_const(&states_first(&task->process->mm->states)->model, task->task)->active)
		return;
	tables->replay->recorder->result->exits++;
	predict_op(tables, task->process, op, event);
}

/* Who execs has an mm of its own, with one thread. */
void predict_exec(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task = tables_find(tables, event->pid);

	if (!task || !task->process || !task->process->at_once || process_is_unknown(task->process))
		return;
	predict_exit(tables, task, event, cpu);
	tables->replay->recorder->result->execs++;
	tasks_detach(tables, task);
	task->cpu = cpu;
}
