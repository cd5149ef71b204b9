/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/play/watch-private.h"

uint32_t watch_group_pid(const struct watch *watch, const struct machine *machine, uint32_t task)
{
	uint32_t group = watch_task_of(machine, task)->group;

	g_assert(task < watch->config->tasks_max);
	for (uint32_t other = 0; other < watch->config->tasks_max; other++) {
		if (other != task && machine->pc[other] != PC_FREE &&
			watch->group_pid[other] != 0 &&
			watch_task_of(machine, other)->group == group)
			return watch->group_pid[other];
	}
	return PLAY_PID_FIRST + task;
}

static void log_wakeup(struct watch *watch, uint32_t task, bool is_new)
{
	uint32_t cpu = watch_task_of(watch->after, task)->cpu;

	emit_wakeup(&watch->emit, cpu, watch_cpu_of(watch->after, cpu)->curr, task, is_new);
}

/* The fork of @task is over, maybe with the step that has begun it: it can run. */
static void end_fork(struct watch *watch, uint32_t task)
{
	bool at_once = watch->before->pc[task] == PC_FREE;
	uint32_t parent = at_once ? watch->step->task : watch->before->partner[task];

	g_assert(parent < watch->config->tasks_max);
	emit_fork(&watch->emit, watch_task_of(watch->after, parent)->cpu, parent, task);
	log_wakeup(watch, task, true);
}

/* An exec is over. One that failed goes on here, with the CID that it has now. */
static void end_exec(struct watch *watch, uint32_t task, bool failed)
{
	uint32_t cpu = watch_task_of(watch->after, task)->cpu;

	g_assert(!watch_is_elsewhere(watch, task));
	emit_exec(&watch->emit, cpu, task, failed, watch_task_of(watch->after, task)->cid);
	watch_end_stay(watch, cpu, task);
	watch->cpus[cpu].since_ns = watch_now(watch);
	if (failed)
		watch_show_cid(watch, cpu, task);
	else
		watch->elsewhere |= (uint16_t)(1U << task);
}

void watch_place(struct watch *watch, uint32_t task)
{
	uint32_t from = watch_task_of(watch->before, task)->cpu,
		 to = watch_task_of(watch->after, task)->cpu;

	g_assert(from < watch->config->cpus_count && to < watch->config->cpus_count);
	if (watch->before->pc[task] == PC_FREE && watch->after->pc[task] != PC_FREE) {
		watch->group_pid[task] = watch_group_pid(watch, watch->after, task);
		watch->shown[task] = CID_UNSET;
		watch->elsewhere &= (uint16_t) ~(1U << task);
	} else if (watch->after->pc[task] != PC_FREE && from != to) {
		emit_migration(&watch->emit, watch_cpu_of(watch->before, to)->curr, task, from, to);
	}
}

void watch_task(struct watch *watch, uint32_t task)
{
	enum machine_pc old = watch->before->pc[task], new = watch->after->pc[task];

	if (old == new)
		return;
	g_assert(new != PC_FREE || old == PC_DEAD); /* it is gone once its CPU has switched */
	if (new == PC_DEAD && old == PC_EXEC)
		end_exec(watch, task, false);
	else if (new == PC_DEAD)
		emit_exit(&watch->emit, watch_task_of(watch->after, task)->cpu, task);
	else if (new == PC_USER && (old == PC_EXEC_TO_FAIL || old == PC_RETURNS))
		end_exec(watch, task, true);
	else if (new == PC_USER && old == PC_WAITS)
		log_wakeup(watch, task, false);
	else if (new == PC_USER && (old == PC_BORN || old == PC_FREE))
		end_fork(watch, task);
}
