/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "sim/replay/process/difference.h"
#include "sim/replay/process/learn.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/records.h"
#include "sim/replay/process/tasks.h"

/* Has the last user of @process come back from an exec that failed? */
static bool comes_back(const struct process *process, const struct seen_task *task,
	const struct trace_event *event)
{
	/* A new mm has no mode yet. */
	return event->task.pid == event->pid &&
	       ((task && task->process == process && task->left) || event->mm.mode != 0);
}

/* The mm that a fork adds a user to; a new one if there is none. NULL: none that is replayed. */
static struct process *process_of_fork(struct tables *tables, const struct trace_event *event,
	uint64_t address, const struct seen_task *task)
{
	struct process *process = tables_at(tables, address);
	bool first = event->mm.known && event->mm.users == 0, guessed = false;
	g_autofree uint64_t *mask = NULL;

	if (process && !(first && !comes_back(process, task, event)))
		return process;
	if (process)
		tasks_drop_process(tables, process); /* the address is used again */
	if (!first || event->mm.mode != 0)
		return tasks_existing_process(tables, address, event, event->task.tgid);
	if (!tables_select(tables, event))
		return NULL;
	mask = affinity_first_mask(tables, event, &guessed);
	process = tasks_new_process(tables, address, mask,
		event->task.comm[0] ? event->task.comm : event->comm, event->task.tgid,
		event->line);
	process->mm->mask_guessed = guessed;
	/* Its exit from the old mm was not seen: it may be back there, from an exec that failed. */
	for (uint32_t cpu = 0; event->task.pid == event->pid && !(task && task->left) &&
			       cpu < process->mm->config.cpus_count;
		cpu++)
		order_mm_set_unknown_cpu(process->mm, cpu, true);
	return process;
}

/* On 6.19 a child has no pid yet in its fork, and shows that of its parent, or none. */
static bool is_nameless(const struct tables *tables, const struct trace_event *event,
	const struct seen_task *runner)
{
	bool early = tables->replay->scenario->protocol.walk_users == WALK_USERS_SYSTEM;

	if (!tables_is_task(event->task.pid))
		return true;
	if (event->task.pid != event->pid || (runner && runner->left))
		return false;
	return (runner && runner->process) || (early && event->mm.known && event->mm.users > 0);
}

static uint32_t child_of(struct tables *tables, struct process *process, struct seen_task *runner,
	const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task;

	if (is_nameless(tables, event, runner)) {
		uint32_t group = event->tgid ? event->tgid : runner ? runner->tgid : 0;
		uint32_t child = order_mm_add_task(
			process->mm, TRACE_PID_UNKNOWN, group ? group : process->counts->tgid, cpu);

		if (runner) {
			runner->nameless = child;
			runner->nameless_slot = process->slot;
		}
		return child;
	}
	task = tables_get(tables, event->task.pid, event->task.tgid);
	if (process->mm->stepwise) {
		task->made = false;
		return task->task;
	}
	/* Only who execs comes back; another child is a new task, even if the pid is known. */
	if (task->process != process || !task->left || event->task.pid != event->pid)
		tasks_attach(tables, task, process, cpu);
	if (event->task.pid == event->pid) {
		task->cpu = cpu;
		task->since_ns = tables->replay->recorder->now_ns;
		order_mm_run_there(process->mm, task->task, cpu);
	}
	return task->task;
}

void on_fork(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *runner = tables_find(tables, event->pid);
	struct seen_task *task =
		tables_is_task(event->task.pid) ? tables_find(tables, event->task.pid) : NULL;
	struct process *process = process_of_fork(tables, event, tables_address(event), task);
	struct observation seen = observation_of("fork");
	uint32_t child;

	tables->lifecycle = true;
	if (!process || !events_can_fork(tables, process, event, cpu))
		return;
	child = child_of(tables, process, runner, event, cpu);
	g_assert(child < process->mm->pids->len);
	runner = tables_find(tables, event->pid); /* who execs may be seen only now */
	order_mm_add_op(process->mm, (struct order_op){
					     .kind = ORDER_FORK,
					     .pid = event->pid,
					     .initiator = tables_index(runner, process),
					     .task = child,
					     .cpu = cpu,
					     .line = event->line,
				     });
	if (process_is_unknown(process))
		process_learn(tables, process, event);
	observation_add(&seen, child, &event->task);
	process_look(tables, process, cpu, event, &seen);
	process_remember(process, event);
}

void on_fork_end(struct tables *tables, const struct trace_event *event, uint32_t cpu)
{
	struct process *process = tables_process(tables, event);
	struct observation seen = observation_of("return of the fork");
	struct seen_task *task;
	struct order_op op;
	bool itself;

	if (!process)
		return;
	if (!events_end_op(tables, process, event, &op)) {
		events_began_before(tables, process, event);
		return;
	}
	task = tables_find(tables, event->pid);
	itself = event->task.pid == event->pid && tables_index(task, process) == op.task;
	if (itself)
		task->left = false;
	order_mm_show(process->mm, op.task, itself);
	tables->replay->recorder->result->forks += event->task.pid != event->pid;
	tables->replay->recorder->result->execs += event->task.pid == event->pid;
	observation_add(&seen, op.task, &event->task);
	process_look(tables, process, cpu, event, &seen);
	events_after_op(tables, process, event);
}
