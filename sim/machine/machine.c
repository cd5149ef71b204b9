/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "model/check.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/pool.h"
#include "model/switch.h"
#include "model/walk.h"
#include "sim/machine/invariants.h"
#include "sim/machine/guards.h"

enum { COPY_PIECE = 64 };

/* Beginning */

static void start_alone(struct machine *machine, const struct machine_config *config, uint32_t cpu)
{
	struct model *model = machine_model(machine);
	struct step step;

	task_create(model, 0, MM, config->group[0], cpu);
	task_show(model, 0);
	step = fork_begin(model, cpu, 0, 0, NULL);
	if (step.outcome == STEP_FOUND)
		step = fork_spin(model, MM, NULL);
	assert(step.outcome == STEP_DONE);
	switch_out(model, cpu, NULL);
	step = switch_in(model, cpu, 0, NULL);
	assert(step.outcome == STEP_DONE);
	machine->pc[0] = PC_USER;
}

/* False if the fork spins in get: nobody is there who could give a number back. */
static bool fork_alone(
	struct machine *machine, const struct machine_config *config, uint32_t cpu, uint32_t child)
{
	struct model *model = machine_model(machine);
	struct step step;

	assert(child > 0 && child < config->tasks_start && config->allowed >> cpu & 1);
	task_create(model, child, MM, config->group[child], cpu);
	if (!config->protocol.early_count)
		task_show(model, child);
	step = fork_begin(model, cpu, 0, child, NULL);
	if (step.outcome == STEP_FOUND)
		step = fork_spin(model, MM, NULL);
	/* Where children are counted before they are visible a walk may have nobody to visit. */
	while (step.outcome == STEP_WINDOW && machine_mm(machine)->phase != PHASE_COMPLETE)
		step = walk_step(model, MM, NULL);
	if (machine_mm(machine)->phase == PHASE_COMPLETE)
		step = window_complete(model, MM, NULL);
	task_show(model, child);
	machine->pc[child] = PC_USER;
	return step.outcome == STEP_DONE;
}

bool machine_start(struct machine *machine, const struct machine_config *config)
{
	const struct model_config model_config = {
		.protocol = config->protocol,
		.cpus_count = config->cpus_count,
		.nr_cpu_ids = config->cpus_count,
		.tasks_count = config->tasks_max,
		.mms_count = 1,
		.extents_count = 1,
	};
	uint64_t allowed = config->allowed;
	uint32_t cpu = (uint32_t)__builtin_ctz(config->allowed);
	bool can_start = true;
	struct step step;

	assert(config->cpus_count >= 1 && config->cpus_count <= MACHINE_CPUS_MAX);
	assert(config->tasks_start >= 1 && config->tasks_start <= config->tasks_max);
	assert(config->tasks_max <= MACHINE_TASKS_MAX);
	assert(config->allowed != 0 && !(config->allowed & ~all_cpus(config)));
	assert(model_size(&model_config) + COPY_PIECE <= sizeof(machine->block));
	memset(machine, 0, sizeof(*machine));
	model_init(machine->block, &model_config);
	step = mm_create(machine_model(machine), MM, &allowed);
	assert(step.outcome == STEP_DONE);
	(void)step;
	mm_inherit(machine_model(machine), MM, config->made_in_window ? MODE_TRANSIT : 0);
	memcpy(machine->left, config->may, sizeof(config->may));
	start_alone(machine, config, cpu);
	for (uint32_t task = 1; can_start && task < config->tasks_start; task++)
		can_start = fork_alone(machine, config, cpu, task);
	if (can_start)
		machine_invariants_assert(machine, config);
	return can_start;
}

/* What comes before the CPUs is the same for all states of an exploration: the only mm has had its
 * extent from the start. The rest is copied in pieces of a size that the compiler knows; the block
 * ends with room for the last one. */
void machine_copy(struct machine *to, const struct machine *from)
{
	const struct model *model = machine_model_const(from);

	memcpy(to, from, offsetof(struct machine, block));
	for (size_t at = model->cpus_at; at < model->size; at += COPY_PIECE)
		memcpy((char *)to->block + at, (const char *)from->block + at, COPY_PIECE);
}

/* Asking */

uint8_t machine_initiator(const struct machine *machine)
{
	const struct model_mm *mm = machine_mm(machine);

	if (mm->phase == PHASE_IDLE || mm->initiator == TASK_NONE)
		return STEP_TASK_NONE;
	assert(mm->initiator < MACHINE_TASKS_MAX);
	return (uint8_t)mm->initiator;
}

uint16_t machine_floating(const struct machine *machine)
{
	const struct model *model = machine_model_const(machine);
	uint16_t floating = 0;

	for (uint32_t task = 0; task < model->tasks_count; task++) {
		if (is_at(machine, task, PRESENT) && !model_is_running(model, task) &&
			is_free(machine, machine_task(machine, task)->cpu))
			floating |= (uint16_t)(1u << task);
	}
	return floating;
}

uint16_t machine_can_be_stuck(
	const struct machine *machine, const struct machine_config *config, uint32_t cpu)
{
	uint16_t floating = machine_floating(machine);

	assert(cpu < config->cpus_count);
	return config->allowed >> cpu & 1 ? floating : floating & machine->wide;
}

unsigned machine_check(const struct machine *machine)
{
	uint64_t seen[1];

	return check_mm(machine_model_const(machine), MM, seen);
}

bool machine_spins(const struct machine *machine)
{
	const struct model *model = machine_model_const(machine);
	uint8_t phase = machine_mm(machine)->phase;
	bool gets = phase == PHASE_GET_LOCKED || phase == PHASE_GET_MUTEX;

	for (uint32_t cpu = 0; !gets && cpu < model->cpus_count; cpu++)
		gets = machine_cpu(machine, cpu)->phase == CPU_SPINS;
	return gets && !pool_has_room(model, MM);
}

struct machine_outline machine_outline(
	const struct machine *machine, const struct machine_config *config)
{
	const struct model_mm *mm = machine_mm(machine);
	bool walks = mm->phase == PHASE_WALK_CPUS || mm->phase == PHASE_WALK_TASKS;
	struct machine_outline outline = {
		.users = (uint8_t)mm->users,
		.holder_runs = mm->phase != PHASE_IDLE && initiator_goes_on(machine),
		.holder_is_work = mm->phase != PHASE_IDLE && mm->initiator == TASK_NONE,
		.spins = machine_spins(machine),
		.quiet = !machine->waiting,
	};

	if (walks && is_any_order(machine, config))
		outline.to_walk = (uint8_t)__builtin_popcount(walk_remaining(machine, config));
	for (uint32_t task = 0; task < config->tasks_max; task++)
		outline.alive += machine->pc[task] != PC_FREE;
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++)
		outline.quiet &= is_free(machine, cpu);
	return outline;
}
