/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_MACHINE_GUARDS_H
#define CIDSIM_SIM_MACHINE_GUARDS_H

/*
 * What must hold for a step: list.c lists the steps for which it does, refuse.c says why one cannot
 * be taken. Inline, as the explorer asks all of them of each state.
 */

#include "model/pool.h"
#include "model/walk.h"
#include "sim/machine/private.h"

/* On a CPU, and not in the middle of its switch. */
static inline bool is_executing(const struct machine *machine, uint32_t task)
{
	return model_is_running(machine_model_const(machine), task) &&
	       is_free(machine, machine_task(machine, task)->cpu);
}

/* Not to be switched out. */
static inline bool is_pinned(const struct machine *machine, uint32_t task)
{
	const struct model_mm *mm = machine_mm(machine);

	return mm->phase != PHASE_IDLE && mm->initiator == task &&
	       (machine->waiting || mm->phase == PHASE_GET_LOCKED);
}

static inline bool can_pull(const struct machine *machine, const struct machine_config *config,
	uint32_t task, uint32_t cpu)
{
	uint32_t from = machine_task(machine, task)->cpu;

	return is_at(machine, task, RUNNABLE) &&
	       !model_is_running(machine_model_const(machine), task) &&
	       (from == cpu || is_free(machine, from)) && may_run_on(machine, config, task, cpu);
}

static inline bool can_leave(const struct machine *machine, uint32_t cpu)
{
	const struct model_cpu *c = machine_cpu(machine, cpu);

	return c->phase == CPU_FREE && (c->curr == TASK_NONE || !is_pinned(machine, c->curr));
}

static inline bool can_retry(const struct machine *machine, uint32_t cpu)
{
	const struct model_cpu *c = machine_cpu(machine, cpu);

	return c->phase == CPU_SPINS &&
	       (c->found > 0 || pool_has_room(machine_model_const(machine), MM));
}

static inline bool fork_gets(const struct machine *machine)
{
	uint8_t phase = machine_mm(machine)->phase;

	return (phase == PHASE_GET_LOCKED || phase == PHASE_GET_MUTEX) &&
	       is_executing(machine, machine_mm(machine)->initiator);
}

static inline bool can_fork_retry(const struct machine *machine)
{
	return fork_gets(machine) &&
	       (machine_mm(machine)->found > 0 || pool_has_room(machine_model_const(machine), MM));
}

static inline bool gives_up(const struct machine *machine)
{
	return machine_model_const(machine)->protocol.bounded_get;
}

/* A get with a number in hand does not give up: it has only to set it. */
static inline bool can_give_up(const struct machine *machine, uint32_t cpu)
{
	const struct model_cpu *c = machine_cpu(machine, cpu);

	return gives_up(machine) && c->phase == CPU_SPINS && c->found == 0;
}

/* The get after complete may not have been tried yet: it gives up only where it finds nothing. */
static inline bool can_fork_give_up(const struct machine *machine)
{
	return gives_up(machine) && fork_gets(machine) && machine_mm(machine)->found == 0 &&
	       (machine_mm(machine)->phase == PHASE_GET_LOCKED ||
		       !pool_has_room(machine_model_const(machine), MM));
}

static inline bool mutex_is_free(const struct machine *machine)
{
	return machine_mm(machine)->phase == PHASE_IDLE;
}

/* Can @task, in user space, begin something that may happen only so often? */
static inline bool can_begin(const struct machine *machine, uint32_t task, enum machine_op op)
{
	return machine->left[op] > 0 && machine->pc[task] == PC_USER &&
	       is_executing(machine, task) && mutex_is_free(machine);
}

static inline bool can_exit(
	const struct machine *machine, const struct machine_config *config, uint32_t task)
{
	return can_begin(machine, task, MACHINE_EXITS) ||
	       (config->may_all_exit && machine->pc[task] == PC_USER &&
		       is_executing(machine, task) && mutex_is_free(machine));
}

static inline bool can_end_exec(const struct machine *machine, uint32_t task)
{
	return is_at(machine, task, IN_EXEC) && is_executing(machine, task) &&
	       (machine->pc[task] == PC_EXEC || mutex_is_free(machine));
}

static inline bool can_change_affinity(
	const struct machine *machine, const struct machine_config *config, uint32_t task)
{
	return machine->left[MACHINE_AFFINITIES] > 0 && is_at(machine, task, PRESENT) &&
	       !(machine->wide >> task & 1) && config->allowed != all_cpus(config) &&
	       is_free(machine, machine_task(machine, task)->cpu) &&
	       machine_mm(machine)->phase != PHASE_GET_LOCKED;
}

static inline bool initiator_goes_on(const struct machine *machine)
{
	uint32_t initiator = machine_mm(machine)->initiator;

	return initiator == TASK_NONE || is_executing(machine, initiator);
}

static inline bool can_walk(const struct machine *machine)
{
	uint8_t phase = machine_mm(machine)->phase;

	if ((phase != PHASE_WALK_TASKS && phase != PHASE_WALK_CPUS) || !initiator_goes_on(machine))
		return false;
	return !machine->waiting ||
	       is_free(machine, walk_next_cpu(machine_model_const(machine), MM));
}

static inline bool can_complete(const struct machine *machine)
{
	return machine_mm(machine)->phase == PHASE_COMPLETE && initiator_goes_on(machine);
}

static inline bool can_work(const struct machine *machine)
{
	return machine->work && mutex_is_free(machine);
}

/* Does @task sit in a queue that it could be taken from? */
static inline bool can_be_taken(const struct machine *machine, uint32_t task)
{
	return is_at(machine, task, PRESENT) &&
	       !model_is_running(machine_model_const(machine), task) &&
	       is_free(machine, machine_task(machine, task)->cpu);
}

static inline bool can_migrate(const struct machine *machine, const struct machine_config *config,
	uint32_t task, uint32_t cpu)
{
	return can_be_taken(machine, task) && machine_task(machine, task)->cpu != cpu &&
	       is_free(machine, cpu) && may_run_on(machine, config, task, cpu);
}

static inline uint32_t first_free_task(
	const struct machine *machine, const struct machine_config *config)
{
	uint32_t task = 0;

	while (task < config->tasks_max && machine->pc[task] != PC_FREE)
		task++;
	return task;
}

#endif
