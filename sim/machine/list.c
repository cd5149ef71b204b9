/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <stddef.h>

#include "sim/machine/guards.h"

struct list {
	const struct machine *machine;
	const struct machine_config *config;
	struct machine_twins twins;
	struct explore_step *steps;
	unsigned count;
};

static void list_add(struct list *list, enum step_verb verb, uint32_t cpu, uint32_t task)
{
	assert(list->count < MACHINE_STEPS_MAX);
	list->steps[list->count++] = (struct explore_step){
		.verb = (uint8_t)verb,
		.cpu = (uint8_t)cpu,
		.task = (uint8_t)task,
		.child = STEP_TASK_NONE,
		.sees = SEES_PRESENT,
	};
}

/* A step that reads the mode on @cpu, which may see old words of it: one for each thing to see. */
static void list_add_reading(
	struct list *list, enum step_verb verb, uint32_t cpu, uint32_t task, uint8_t view)
{
	uint8_t mode = machine_mm(list->machine)->mode;

	list_add(list, verb, cpu, task);
	for (unsigned old = 1; view && old <= (VIEW_OLD_PERCPU | VIEW_OLD_TRANSIT); old++) {
		if (old & ~view)
			continue;
		list_add(list, verb, cpu, task);
		list->steps[list->count - 1].sees = mode ^
		                                    (old & VIEW_OLD_PERCPU ? MODE_PER_CPU : 0) ^
		                                    (old & VIEW_OLD_TRANSIT ? MODE_TRANSIT : 0);
	}
}

static void list_out(struct list *list, uint32_t cpu)
{
	const struct machine *machine = list->machine;
	uint32_t curr = machine_cpu(machine, cpu)->curr;
	enum step_verb verb = list->config->reduced ? VERB_OUT : VERB_LEAVE;
	uint8_t view = 0;

	if (!can_leave(machine, cpu) || (verb == VERB_OUT && curr == TASK_NONE))
		return;
	if (curr != TASK_NONE && cid_is_in_transit(machine_task(machine, curr)->cid))
		view = machine->view[cpu];
	list_add_reading(list, verb, cpu, STEP_TASK_NONE, view);
}

static void list_in(struct list *list, uint32_t cpu)
{
	const struct machine *machine = list->machine;
	const struct model_cpu *c = machine_cpu(machine, cpu);
	enum step_verb verb = list->config->reduced ? VERB_IN : VERB_ENTER;

	if (c->phase != (verb == VERB_IN ? CPU_FREE : CPU_BETWEEN) || c->curr != TASK_NONE)
		return;
	for (uint32_t task = 0; task < list->config->tasks_max; task++) {
		uint8_t view = machine->view[cpu];

		if (list->twins.tasks >> task & 1 || !can_pull(machine, list->config, task, cpu))
			continue;
		view &= machine->view[machine_task(machine, task)->cpu];
		if (!machine_task(machine, task)->active)
			view = 0;
		list_add_reading(list, verb, cpu, task, view);
	}
	if (verb == VERB_ENTER)
		list_add(list, verb, cpu, STEP_TASK_NONE);
}

static void list_spin(struct list *list, uint32_t cpu)
{
	if (can_retry(list->machine, cpu))
		list_add(list, VERB_RETRY, cpu, STEP_TASK_NONE);
	if (can_give_up(list->machine, cpu))
		list_add(list, VERB_GIVE_UP, cpu, STEP_TASK_NONE);
}

static void list_forks(struct list *list, uint32_t task)
{
	static const struct {
		enum machine_op op;
		enum step_verb verb;
	} forks[] = {
		{ MACHINE_FORKS, VERB_FORK },
		{ MACHINE_CLONE_VMS, VERB_CLONE_VM },
		{ MACHINE_VFORKS, VERB_VFORK },
	};
	uint32_t child = first_free_task(list->machine, list->config);

	if (child == list->config->tasks_max)
		return;
	for (size_t i = 0; i < sizeof(forks) / sizeof(*forks); i++) {
		if (!can_begin(list->machine, task, forks[i].op))
			continue;
		list_add(list, forks[i].verb, STEP_CPU_NONE, task);
		list->steps[list->count - 1].child = (uint8_t)child;
	}
}

/* What @task does, once it is on a CPU. */
static void list_task(struct list *list, uint32_t task)
{
	const struct machine *machine = list->machine;

	list_forks(list, task);
	if (can_exit(machine, list->config, task))
		list_add(list, VERB_EXIT, STEP_CPU_NONE, task);
	if (can_begin(machine, task, MACHINE_EXECS))
		list_add(list, VERB_EXEC, STEP_CPU_NONE, task);
	if (can_begin(machine, task, MACHINE_FAILED_EXECS))
		list_add(list, VERB_FAILED_EXEC, STEP_CPU_NONE, task);
	if (can_end_exec(machine, task))
		list_add(list, VERB_EXEC_END, STEP_CPU_NONE, task);
	if (is_at(machine, task, SHOWING) && is_executing(machine, task))
		list_add(list, VERB_SHOW, STEP_CPU_NONE, task);
}

static void list_walk(struct list *list)
{
	const struct machine *machine = list->machine;
	uint16_t left;
	bool cpus;

	if (!can_walk(machine))
		return;
	if (!is_any_order(machine, list->config) || machine->waiting) {
		list_add(list, VERB_WALK, STEP_CPU_NONE, STEP_TASK_NONE);
		return;
	}
	cpus = machine_mm(machine)->phase == PHASE_WALK_CPUS;
	left = walk_remaining(machine, list->config);
	assert(left != 0); /* otherwise complete would be due */
	left &= (uint16_t) ~(cpus ? list->twins.cpus : list->twins.tasks);
	for (; left; left &= (uint16_t)(left - 1)) {
		uint32_t target = (uint32_t)__builtin_ctz(left);

		if (cpus)
			list_add(list, VERB_WALK, target, STEP_TASK_NONE);
		else
			list_add(list, VERB_WALK, STEP_CPU_NONE, target);
	}
}

/* What whoever holds the mutex does next. */
static void list_holder(struct list *list)
{
	const struct machine *machine = list->machine;

	list_walk(list);
	if (can_complete(machine))
		list_add(list, VERB_COMPLETE, STEP_CPU_NONE, STEP_TASK_NONE);
	if (can_fork_retry(machine))
		list_add(list, VERB_FORK_RETRY, STEP_CPU_NONE, STEP_TASK_NONE);
	if (can_fork_give_up(machine))
		list_add(list, VERB_FORK_GIVE_UP, STEP_CPU_NONE, STEP_TASK_NONE);
}

static void list_migrations(struct list *list, uint32_t task)
{
	const struct machine *machine = list->machine;

	for (uint32_t cpu = 0; cpu < list->config->cpus_count; cpu++) {
		if (can_migrate(machine, list->config, task, cpu))
			list_add(list, VERB_MIGRATE, cpu, task);
	}
}

static void list_switches(struct list *list, uint32_t cpu)
{
	list_out(list, cpu);
	list_in(list, cpu);
	if (machine_cpu(list->machine, cpu)->phase == CPU_SPINS)
		list_spin(list, cpu);
}

static void list_affinities(struct list *list)
{
	for (uint32_t task = 0; task < list->config->tasks_max; task++) {
		if (!(list->twins.tasks >> task & 1) &&
			can_change_affinity(list->machine, list->config, task))
			list_add(list, VERB_AFFINITY, STEP_CPU_NONE, task);
	}
}

static unsigned list_steps(struct list *list, bool all)
{
	const struct machine *machine = list->machine;
	const struct machine_config *config = list->config;

	if (machine_mm(machine)->phase != PHASE_IDLE)
		list_holder(list);
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++) {
		const struct model_cpu *c = machine_cpu(machine, cpu);

		if (list->twins.cpus >> cpu & 1)
			continue;
		if (c->phase == CPU_FREE && c->curr != TASK_NONE)
			list_task(list, c->curr);
		if (all)
			list_switches(list, cpu);
	}
	if (machine->left[MACHINE_AFFINITIES] > 0)
		list_affinities(list);
	if (can_work(machine))
		list_add(list, VERB_WORK, STEP_CPU_NONE, STEP_TASK_NONE);
	for (uint32_t task = 0; all && !machine_floats(config) && task < config->tasks_max; task++)
		list_migrations(list, task);
	return list->count;
}

unsigned machine_steps(const struct machine *machine, const struct machine_config *config,
	struct machine_twins twins, struct explore_step *steps)
{
	struct list list = { machine, config, twins, steps, 0 };

	return list_steps(&list, true);
}

unsigned machine_rare_steps(const struct machine *machine, const struct machine_config *config,
	struct machine_twins twins, struct explore_step *steps)
{
	struct list list = { machine, config, twins, steps, 0 };

	return list_steps(&list, false);
}
