/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/machine/invariants.h"

#include <assert.h>

#include "model/mm.h"
#include "sim/machine/private.h"

enum {
	FORKING = PC(PC_FORKS) | PC(PC_VFORKS),
	LEAVING = PC(PC_EXITS) | PC(PC_LEAVES) | PC(PC_LEAVES_TO_FAIL),
	/* whose child is not done with its fork */
	PARENTS = FORKING | SHOWING,
	USERS = PARENTS | PC(PC_BORN) | PC(PC_USER) | PC(PC_WAITS),
	/* neither: who returns from an exec may be counted late */
	NO_USERS = LEAVING | IN_EXEC | PC(PC_DEAD),
	HOLDERS = FORKING | LEAVING | PC(PC_RETURNS),
};

static void assert_partner(
	const struct machine *machine, const struct machine_config *config, uint32_t task)
{
	uint32_t partner = machine->partner[task];

	assert(partner < config->tasks_max);
	if (is_at(machine, task, PARENTS))
		assert(is_at(machine, partner, PC(PC_BORN)) && machine->partner[partner] == task);
	else if (is_at(machine, task, PC(PC_BORN)))
		assert(is_at(machine, partner, PARENTS) && machine->partner[partner] == task);
	else if (is_at(machine, task, PC(PC_WAITS)))
		assert(!is_at(machine, partner, PC(PC_FREE) | PC(PC_DEAD) | PC(PC_BORN)));
	else
		assert(partner == 0);
}

static void assert_task(
	const struct machine *machine, const struct machine_config *config, uint32_t task)
{
	const struct model_task *t = machine_task(machine, task);

	assert(machine->pc[task] < PC_COUNT);
	assert_partner(machine, config, task);
	if (is_at(machine, task, PC(PC_FREE))) {
		assert(!t->has_mm && !(machine->wide >> task & 1));
		return;
	}
	assert(t->has_mm && t->mm == MM && t->cpu < config->cpus_count);
	assert(t->active ? !is_at(machine, task, NO_USERS) : !is_at(machine, task, USERS));
}

static void assert_cpu(
	const struct machine *machine, const struct machine_config *config, uint32_t cpu)
{
	const struct model_cpu *c = machine_cpu(machine, cpu);

	assert(c->phase == CPU_SPINS || c->found == 0);
	assert(c->phase != CPU_SPINS || c->curr != TASK_NONE);
	assert(c->phase != CPU_BETWEEN || (c->curr == TASK_NONE && !config->reduced));
	assert(machine->view[cpu] == 0 || (config->weak && config->protocol.split_mode));
	if (c->curr == TASK_NONE)
		return;
	assert(c->curr < config->tasks_max && machine_task(machine, c->curr)->cpu == cpu);
	assert(is_at(machine, c->curr, PRESENT | PC(PC_DEAD)));
}

static void assert_mutex(const struct machine *machine, const struct machine_config *config)
{
	const struct model_mm *mm = machine_mm(machine);
	bool walks = mm->phase == PHASE_WALK_TASKS || mm->phase == PHASE_WALK_CPUS;
	uint32_t holders = 0;

	for (uint32_t task = 0; task < config->tasks_max; task++) {
		if (!is_at(machine, task, HOLDERS))
			continue;
		assert(mm->phase != PHASE_IDLE && (mm->initiator == task));
		holders++;
	}
	assert(holders == (mm->phase != PHASE_IDLE && mm->initiator != TASK_NONE));
	assert(walks || (!machine->waiting && machine->walked == 0));
	assert(machine->walked == 0 || is_any_order(machine, config));
}

/* Where exec-return is late, one that is counted is not active in the window of its own exec. */
static void assert_users(const struct machine *machine, const struct machine_config *config)
{
	uint32_t active = 0;

	mm_assert(machine_model_const(machine), MM);
	for (uint32_t task = 0; task < config->tasks_max; task++) {
		assert(!is_at(machine, task, PC(PC_FREE)) || !machine_task(machine, task)->listed);
		active += machine_task(machine, task)->active;
	}
	assert(machine_mm(machine)->users - active <=
		(config->protocol.exec_return == EXEC_RETURN_LATE));
}

void machine_invariants_assert(const struct machine *machine, const struct machine_config *config)
{
	assert(config->cpus_count == machine_model_const(machine)->cpus_count);
	assert(config->tasks_max == machine_model_const(machine)->tasks_count);
	for (uint32_t task = 0; task < config->tasks_max; task++)
		assert_task(machine, config, task);
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++)
		assert_cpu(machine, config, cpu);
	assert_mutex(machine, config);
	assert_users(machine, config);
	for (unsigned op = 0; op < MACHINE_OPS; op++)
		assert(machine->left[op] <= config->may[op]);
}
