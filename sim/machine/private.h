/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_MACHINE_PRIVATE_H
#define CIDSIM_SIM_MACHINE_PRIVATE_H

/*
 * What the parts of the machine share. machine.c begins, copies and checks; list.c lists the steps
 * that can be taken, by the guards of guards.h; refuse.c says why one cannot; apply-switch.c and
 * apply-mm.c take them; kinds.c has the table of all this.
 */

#include <assert.h>

#include "model/lifecycle.h"
#include "sim/machine/machine.h"

/* The mm: there is only one. */
enum { MM = 0 };

#define PC(pc) (1u << (pc))
enum {
	/* can be picked by a CPU */
	RUNNABLE = PC(PC_USER) | PC(PC_FORKS) | PC(PC_VFORKS) | PC(PC_SHOWS) | PC(PC_VSHOWS) |
	           PC(PC_EXITS) | PC(PC_LEAVES) | PC(PC_LEAVES_TO_FAIL) | PC(PC_EXEC) |
	           PC(PC_EXEC_TO_FAIL) | PC(PC_RETURNS),
	SHOWING = PC(PC_SHOWS) | PC(PC_VSHOWS),
	IN_EXEC = PC(PC_EXEC) | PC(PC_EXEC_TO_FAIL),
	/* there, with an affinity that can be changed */
	PRESENT = RUNNABLE | PC(PC_WAITS),
};

static inline bool is_at(const struct machine *machine, uint32_t task, unsigned pcs)
{
	return pcs >> machine->pc[task] & 1;
}

static inline const struct model_cpu *machine_cpu(const struct machine *machine, uint32_t cpu)
{
	return model_cpu_const(machine_model_const(machine), cpu);
}

static inline const struct model_task *machine_task(const struct machine *machine, uint32_t task)
{
	return model_task_const(machine_model_const(machine), task);
}

static inline uint16_t all_cpus(const struct machine_config *config)
{
	return (uint16_t)((1u << config->cpus_count) - 1);
}

static inline bool may_run_on(const struct machine *machine, const struct machine_config *config,
	uint32_t task, uint32_t cpu)
{
	return config->allowed >> cpu & 1 || machine->wide >> task & 1;
}

static inline bool is_free(const struct machine *machine, uint32_t cpu)
{
	return machine_cpu(machine, cpu)->phase == CPU_FREE;
}

/* CPUs or users that a walk in any order has not been to. */
static inline uint16_t walk_remaining(
	const struct machine *machine, const struct machine_config *config)
{
	const struct model_mm *mm = machine_mm(machine);
	uint16_t left = 0;

	if (mm->phase == PHASE_WALK_CPUS)
		return (uint16_t)(all_cpus(config) & ~machine->walked);
	for (uint32_t task = 0; task < config->tasks_max; task++) {
		if (machine_task(machine, task)->active && task != mm->initiator)
			left |= (uint16_t)(1u << task);
	}
	return left & (uint16_t)~machine->walked;
}

static inline bool is_any_order(const struct machine *machine, const struct machine_config *config)
{
	return machine_mm(machine)->phase == PHASE_WALK_CPUS ? config->any_cpu_order
	                                                     : config->any_task_order;
}

/* The number of @task is free again. */
static inline void machine_forget_task(struct machine *machine, uint32_t task)
{
	assert(machine->pc[task] == PC_DEAD);
	task_destroy(machine_model(machine), task);
	machine->pc[task] = PC_FREE;
	machine->wide &= (uint16_t) ~(1u << task);
}

#endif
