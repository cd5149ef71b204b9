/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stddef.h>

#include "sim/machine/guards.h"
#include "sim/machine/kinds.h"

const char *refuse_leave(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	(void)config;
	if (can_leave(machine, step->cpu))
		return NULL;
	return "its task cannot be switched out: it spins, or waits for a lock";
}

const char *refuse_out(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	if (machine_cpu(machine, step->cpu)->curr == TASK_NONE)
		return "that CPU idles";
	return refuse_leave(machine, config, step);
}

/* @task is to be switched in on step.cpu. */
static const char *refuse_task(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	if (!is_at(machine, step->task, RUNNABLE))
		return "there is no such task that could run";
	if (!can_pull(machine, config, step->task, step->cpu))
		return "that task cannot be picked: it runs, may not run there, or waits in the "
		       "queue "
		       "of a CPU whose rq lock is held";
	return NULL;
}

const char *refuse_in(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	const struct model_cpu *c = machine_cpu(machine, step->cpu);

	if (c->phase != CPU_FREE || c->curr != TASK_NONE)
		return "that CPU does not idle";
	if (step->task == STEP_TASK_NONE)
		return "the step names no task";
	return refuse_task(machine, config, step);
}

const char *refuse_enter(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	if (machine_cpu(machine, step->cpu)->phase != CPU_BETWEEN)
		return "that CPU has not left its task";
	return step->task == STEP_TASK_NONE ? NULL : refuse_task(machine, config, step);
}

const char *refuse_begin(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	(void)config;
	if (machine->pc[step->task] != PC_USER || !is_executing(machine, step->task))
		return "that task does not run in user space";
	return mutex_is_free(machine) ? NULL : "the mutex of the mm is held";
}

const char *refuse_fork(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	const char *why = refuse_begin(machine, config, step);

	if (!why && (step->child >= config->tasks_max || machine->pc[step->child] != PC_FREE))
		why = "there is a task of the child's number already, or too many tasks";
	return why;
}

const char *refuse_walk(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	uint16_t left = walk_remaining(machine, config);
	bool cpus = machine_mm(machine)->phase == PHASE_WALK_CPUS;

	if (!can_walk(machine))
		return "no walk is under way, or its initiator does not run, or waits for a rq "
		       "lock";
	if (step->cpu == STEP_CPU_NONE && step->task == STEP_TASK_NONE)
		return NULL;
	if (!is_any_order(machine, config) || machine->waiting)
		return "this walk takes the kernel's order";
	if (cpus ? step->cpu == STEP_CPU_NONE || !(left >> step->cpu & 1)
		 : step->task == STEP_TASK_NONE || !(left >> step->task & 1))
		return "the walk is not due there";
	return NULL;
}

/* Those with one reason. */

#define REFUSE(name, can, why)                                                                     \
	const char *refuse_##name(const struct machine *machine,                                   \
		const struct machine_config *config __attribute__((unused)),                       \
		const struct explore_step *step __attribute__((unused)))                           \
	{                                                                                          \
		return (can) ? NULL : (why);                                                       \
	}

REFUSE(retry, can_retry(machine, step->cpu),
	"no get spins there, or it finds nothing")
REFUSE(give_up, can_give_up(machine, step->cpu),
	"no get spins there, or it has found a number, or this revision's does not give up")
REFUSE(migrate, can_migrate(machine, config, step->task, step->cpu),
	"that task runs, is there, may not run there, or a rq lock is held")
REFUSE(show, is_at(machine, step->task, SHOWING) && is_executing(machine, step->task),
	"that task has no child to show, or does not run")
REFUSE(complete, can_complete(machine),
	"the walk is not over, or its initiator does not run")
REFUSE(fork_retry, can_fork_retry(machine), "no get of a fork is due, or it finds nothing")
REFUSE(fork_give_up, can_fork_give_up(machine),
	"no fork spins in get, or it finds a number, or this revision's does not give up")
REFUSE(exec_end, can_end_exec(machine, step->task),
	"that task is in no exec, does not run, or the mutex is held")
REFUSE(affinity, can_change_affinity(machine, config, step->task),
	"that task may run everywhere already, or a lock is held")
REFUSE(work, can_work(machine),
	"no work is queued, or the mutex is held")
