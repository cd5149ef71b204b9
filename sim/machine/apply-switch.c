/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>

#include "model/candidate.h"
#include "model/lifecycle.h"
#include "model/switch.h"
#include "sim/machine/kinds.h"
#include "sim/machine/private.h"

/* Switches, their halves and their spins; migrations. */

/* The mode that @cpu reads: what it has seen new it will not see old again. */
static uint8_t read_mode(struct machine *machine, const struct explore_step *step)
{
	uint8_t mode = machine_mm(machine)->mode, seen;

	assert(step->sees == SEES_PRESENT || step->sees <= (MODE_PER_CPU | MODE_TRANSIT));
	if (step->sees == SEES_PRESENT)
		seen = mode;
	else
		seen = step->sees;
	if (!((seen ^ mode) & MODE_PER_CPU))
		machine->view[step->cpu] &= (uint8_t)~VIEW_OLD_PERCPU;
	if (!((seen ^ mode) & MODE_TRANSIT))
		machine->view[step->cpu] &= (uint8_t)~VIEW_OLD_TRANSIT;
	return seen;
}

/* The task that runs on step.cpu, or idle, is switched out; the rq lock stays held. */
static void leave(
	struct machine *machine, const struct explore_step *step, struct model_observer *observer)
{
	uint32_t prev = machine_cpu(machine, step->cpu)->curr;

	assert(is_free(machine, step->cpu));
	if (prev == TASK_NONE) {
		switch_out(machine_model(machine), step->cpu, observer);
		return;
	}
	if (cid_is_in_transit(machine_task(machine, prev)->cid))
		switch_out_seeing(
			machine_model(machine), step->cpu, read_mode(machine, step), observer);
	else
		switch_out(machine_model(machine), step->cpu, observer);
	if (machine->pc[prev] == PC_DEAD)
		machine_forget_task(machine, prev);
}

enum step_outcome apply_enter(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	struct model *model = machine_model(machine);
	const struct model_task *t;

	(void)config;
	assert(machine_cpu(machine, step->cpu)->phase == CPU_BETWEEN);
	if (step->task == STEP_TASK_NONE)
		return switch_in(model, step->cpu, TASK_NONE, observer).outcome;
	t = machine_task(machine, step->task);
	assert(is_at(machine, step->task, RUNNABLE));
	/* Its queue's rq lock was taken, and what its holder had seen comes along. */
	machine->view[step->cpu] &= machine->view[t->cpu];
	if (!t->active)
		return switch_in(model, step->cpu, step->task, observer).outcome;
	return switch_in_seeing(model, step->cpu, step->task, read_mode(machine, step), observer)
	        .outcome;
}

/* Say where the floating tasks are as the switch on step.cpu begins: those of step.stuck in its
 * queue, all others, as far as they can, not. */
static void place(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	uint16_t floating = machine_floating(machine) & (uint16_t) ~(1u << step->task);

	assert(!(step->stuck >> step->task & 1));
	for (; floating; floating &= (uint16_t)(floating - 1)) {
		uint32_t task = (uint32_t)__builtin_ctz(floating);
		struct model_task *t = model_task(machine_model(machine), task);

		if (step->stuck >> task & 1)
			t->cpu = step->cpu;
		for (uint32_t cpu = 0; t->cpu == step->cpu && !(step->stuck >> task & 1) &&
				       cpu < config->cpus_count;
			cpu++) {
			if (cpu != step->cpu && is_free(machine, cpu) &&
				may_run_on(machine, config, task, cpu))
				t->cpu = cpu & (MODEL_CPUS_MAX - 1);
		}
	}
}

enum step_outcome apply_leave(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	(void)config;
	leave(machine, step, observer);
	return STEP_DONE;
}

enum step_outcome apply_out(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	(void)config;
	leave(machine, step, observer);
	return switch_in(machine_model(machine), step->cpu, TASK_NONE, observer).outcome;
}

enum step_outcome apply_in(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	assert(is_free(machine, step->cpu) && machine_cpu(machine, step->cpu)->curr == TASK_NONE);
	if (machine_floats(config))
		place(machine, config, step);
	switch_out(machine_model(machine), step->cpu, observer);
	return apply_enter(machine, config, step, observer);
}

enum step_outcome apply_retry(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	(void)config;
	assert(machine_cpu(machine, step->cpu)->phase == CPU_SPINS);
	return switch_spin(machine_model(machine), step->cpu, observer).outcome;
}

enum step_outcome apply_give_up(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	(void)config;
	(void)observer;
	assert(machine_cpu(machine, step->cpu)->phase == CPU_SPINS);
	switch_give_up(machine_model(machine), step->cpu);
	return STEP_DONE;
}

enum step_outcome apply_migrate(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	uint32_t from = machine_task(machine, step->task)->cpu;

	(void)config;
	(void)observer;
	assert(from != step->cpu);
	task_migrate(machine_model(machine), step->task, step->cpu);
	machine->view[step->cpu] &= machine->view[from];
	return STEP_DONE;
}
