/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <stddef.h>

#include "model/affinity.h"
#include "model/candidate.h"
#include "model/exec.h"
#include "model/lifecycle.h"
#include "model/switch.h"
#include "model/walk.h"
#include "sim/machine/kinds.h"
#include "sim/machine/private.h"

/* What changes the users of the mm or their affinity, and the walk that follows. */

static bool is_weak(const struct machine_config *config)
{
	return config->weak && config->protocol.split_mode;
}

/* The words of @old are stored that @cpu has written; the other CPUs may not see it yet. */
static void stored(
	struct machine *machine, const struct machine_config *config, uint32_t cpu, uint8_t old)
{
	for (uint32_t other = 0; is_weak(config) && other < config->cpus_count; other++) {
		if (other != cpu)
			machine->view[other] |= old;
	}
}

/* @task has left the mm, and leaves its CPU idle if it is reduced: nothing depends on it. */
static void bury(struct machine *machine, const struct machine_config *config, uint32_t task)
{
	uint32_t cpu = machine_task(machine, task)->cpu;

	assert(!machine_task(machine, task)->active);
	machine->pc[task] = PC_DEAD;
	for (uint32_t other = 0; other < config->tasks_max; other++) {
		if (machine->pc[other] == PC_WAITS && machine->partner[other] == task) {
			machine->pc[other] = PC_USER;
			machine->partner[other] = 0;
		}
	}
	if (!config->reduced || !cid_is_unset(machine_task(machine, task)->cid))
		return;
	switch_out(machine_model(machine), cpu, NULL);
	switch_in(machine_model(machine), cpu, TASK_NONE, NULL);
	machine_forget_task(machine, task);
}

static void child_is_there(struct machine *machine, uint32_t parent, enum machine_pc then)
{
	uint32_t child = machine->partner[parent];

	assert(is_at(machine, child, PC(PC_BORN)) && (then == PC_USER || then == PC_WAITS));
	machine->pc[child] = PC_USER;
	machine->partner[child] = 0;
	machine->pc[parent] = (uint8_t)then;
	if (then == PC_USER)
		machine->partner[parent] = 0;
}

/* The mutex that @task held is free again: what it was in the middle of is over. */
static void op_done(struct machine *machine, const struct machine_config *config, uint32_t task)
{
	bool early = config->protocol.early_count;

	switch ((enum machine_pc)machine->pc[task]) {
	case PC_FORKS:
		if (early)
			machine->pc[task] = PC_SHOWS;
		else
			child_is_there(machine, task, PC_USER);
		break;
	case PC_VFORKS:
		if (early)
			machine->pc[task] = PC_VSHOWS;
		else
			child_is_there(machine, task, PC_WAITS);
		break;
	case PC_EXITS:
		bury(machine, config, task);
		break;
	case PC_LEAVES:
		machine->pc[task] = PC_EXEC;
		break;
	case PC_LEAVES_TO_FAIL:
		machine->pc[task] = PC_EXEC_TO_FAIL;
		break;
	case PC_RETURNS:
		machine->pc[task] = PC_USER;
		break;
	case PC_FREE:
	case PC_BORN:
	case PC_USER:
	case PC_SHOWS:
	case PC_VSHOWS:
	case PC_WAITS:
	case PC_DEAD:
	case PC_EXEC:
	case PC_EXEC_TO_FAIL:
	case PC_COUNT:
		assert(!"an operation under way");
	}
}

/* @task has begun an operation, on its CPU, with outcome @step. */
static enum step_outcome begun(struct machine *machine, const struct machine_config *config,
	uint32_t task, struct step step)
{
	const struct model_mm *mm = machine_mm(machine);

	assert(step.outcome <= STEP_FOUND); /* the mutex was free, and there is an extent */
	machine->view[machine_task(machine, task)->cpu] = 0; /* with the mutex comes what its last holder
	                                                 * has written */
	if (step.outcome == STEP_WINDOW) {
		stored(machine, config, machine_task(machine, task)->cpu,
			VIEW_OLD_PERCPU | (mm->mode & MODE_TRANSIT ? VIEW_OLD_TRANSIT : 0));
		machine->walked = 0;
	} else if (step.outcome == STEP_DONE) {
		op_done(machine, config, task);
	}
	if (mm->users == 0)
		machine->work = 0;
	return step.outcome;
}

/* A thread group that no task is in, for a child that is the first of it. */
static uint32_t new_group(const struct machine *machine, const struct machine_config *config)
{
	uint32_t used = 0;

	for (uint32_t task = 0; task < config->tasks_max; task++) {
		if (machine->pc[task] != PC_FREE &&
			machine_task(machine, task)->group >= MACHINE_TASKS_MAX)
			used |= 1u << (machine_task(machine, task)->group - MACHINE_TASKS_MAX);
	}
	assert(used < (1u << MACHINE_TASKS_MAX) - 1); /* the child has none yet */
	return MACHINE_TASKS_MAX + (uint32_t)__builtin_ctz(~used);
}

enum step_outcome apply_fork(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	struct model *model = machine_model(machine);
	const struct model_task *parent = machine_task(machine, step->task);

	assert(is_at(machine, step->task, PC(PC_USER)) && is_at(machine, step->child, PC(PC_FREE)));
	task_create(model, step->child, MM,
		step->verb == VERB_FORK ? parent->group : new_group(machine, config), parent->cpu);
	if (!config->protocol.early_count)
		task_show(model, step->child);
	machine->pc[step->child] = PC_BORN;
	machine->partner[step->child] = step->task;
	machine->pc[step->task] = step->verb == VERB_VFORK ? PC_VFORKS : PC_FORKS;
	machine->partner[step->task] = step->child;
	machine->wide &= (uint16_t) ~(1u << step->child);
	machine->wide |= (uint16_t)((machine->wide >> step->task & 1) << step->child);
	return begun(machine, config, step->task,
		fork_begin(model, parent->cpu, step->task, step->child, observer));
}

/* The task leaves the mm: up to the decision. It is at @pc then. */
static enum step_outcome leave_mm(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, enum machine_pc pc, struct model_observer *observer)
{
	assert(is_at(machine, step->task, PC(PC_USER)));
	machine->pc[step->task] = (uint8_t)pc;
	return begun(machine, config, step->task,
		exit_begin(machine_model(machine), machine_task(machine, step->task)->cpu, step->task,
			observer));
}

enum step_outcome apply_exit(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	return leave_mm(machine, config, step, PC_EXITS, observer);
}

enum step_outcome apply_exec(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	return leave_mm(machine, config, step, PC_LEAVES, observer);
}

enum step_outcome apply_failed_exec(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	return leave_mm(machine, config, step, PC_LEAVES_TO_FAIL, observer);
}

enum step_outcome apply_exec_end(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	assert(is_at(machine, step->task, IN_EXEC));
	if (machine->pc[step->task] == PC_EXEC) {
		bury(machine, config, step->task);
		return STEP_DONE;
	}
	machine->pc[step->task] = PC_RETURNS;
	return begun(machine, config, step->task,
		exec_return(machine_model(machine), machine_task(machine, step->task)->cpu, step->task,
			observer));
}

enum step_outcome apply_show(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	uint32_t child = machine->partner[step->task];

	(void)config;
	(void)observer;
	assert(is_at(machine, step->task, SHOWING));
	task_show(machine_model(machine), child);
	child_is_there(
		machine, step->task, machine->pc[step->task] == PC_VSHOWS ? PC_WAITS : PC_USER);
	return STEP_DONE;
}

/* A walk in any order goes on: not with what comes next in the kernel's order. */
static void walked_to(struct machine *machine, const struct machine_config *config,
	enum mm_phase walk, uint32_t target)
{
	struct model_mm *mm = model_mm(machine_model(machine), MM);
	uint16_t left;

	assert(!(machine->walked >> target & 1));
	machine->walked |= (uint16_t)(1u << target);
	mm->phase = (uint8_t)walk;
	left = walk_remaining(machine, config);
	if (left) {
		mm->cursor = (uint32_t)__builtin_ctz(left);
	} else {
		mm->phase = PHASE_COMPLETE;
		machine->walked = 0;
	}
}

enum step_outcome apply_walk(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	struct model_mm *mm = model_mm(machine_model(machine), MM);
	bool any = is_any_order(machine, config);
	enum mm_phase walk = mm->phase;
	uint32_t target, cpu;
	struct step done;

	assert(any || (step->cpu == STEP_CPU_NONE && step->task == STEP_TASK_NONE));
	if (step->cpu != STEP_CPU_NONE)
		mm->cursor = step->cpu;
	if (step->task != STEP_TASK_NONE)
		mm->cursor = step->task;
	target = mm->cursor;
	cpu = walk_next_cpu(machine_model(machine), MM);
	done = walk_step(machine_model(machine), MM, observer);
	machine->waiting = done.outcome == STEP_NEEDS_RQ_LOCK;
	if (machine->waiting)
		return done.outcome;
	machine->view[cpu] = 0;
	if (any)
		walked_to(machine, config, walk, target);
	return mm->phase == PHASE_COMPLETE ? STEP_DONE : STEP_WINDOW;
}

/* A step of whoever holds the mutex, by @initiator; if it was the last, what that was in is over.
 */
static enum step_outcome held_step(struct machine *machine, const struct machine_config *config,
	uint32_t initiator, struct step step)
{
	if (machine_mm(machine)->phase == PHASE_IDLE && initiator != TASK_NONE)
		op_done(machine, config, initiator);
	return step.outcome;
}

enum step_outcome apply_complete(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	const struct model_mm *mm = machine_mm(machine);
	uint32_t initiator = mm->initiator;
	uint32_t cpu = initiator == TASK_NONE ? MACHINE_CPUS_MAX /* as the work began */
	                                      : machine_task(machine, initiator)->cpu;

	(void)step;
	if (mm->mode & MODE_TRANSIT)
		stored(machine, config, cpu, VIEW_OLD_TRANSIT);
	return held_step(
		machine, config, initiator, window_complete(machine_model(machine), MM, observer));
}

/* Who the initiator is must be asked before: the step that ends the get forgets it. */
enum step_outcome apply_fork_retry(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	uint32_t initiator = machine_mm(machine)->initiator;

	(void)step;
	assert(initiator != TASK_NONE); /* the deferred work gets nothing */
	return held_step(machine, config, initiator,
		fork_spin(machine_model(machine), MM, observer));
}

enum step_outcome apply_fork_give_up(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	uint32_t initiator = machine_mm(machine)->initiator;

	(void)step;
	(void)observer;
	assert(initiator != TASK_NONE);
	fork_give_up(machine_model(machine), MM);
	return held_step(machine, config, initiator, step_is(STEP_DONE, 0));
}

enum step_outcome apply_affinity(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	struct step done = affinity_change(machine_model(machine), step->task, NULL, observer);

	(void)config;
	assert(!(machine->wide >> step->task & 1));
	machine->wide |= (uint16_t)(1u << step->task);
	if (machine_mm(machine)->update_deferred)
		machine->work = 1;
	return done.outcome;
}

/* By a kernel thread; it does not matter on which CPU it runs. */
enum step_outcome apply_work(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	struct step done;

	(void)step;
	assert(machine->work);
	machine->work = 0;
	done = affinity_deferred(machine_model(machine), MM, 0, observer);
	if (done.outcome == STEP_WINDOW) {
		stored(machine, config, MACHINE_CPUS_MAX,
			VIEW_OLD_PERCPU |
				(machine_mm(machine)->mode & MODE_TRANSIT ? VIEW_OLD_TRANSIT : 0));
		machine->walked = 0;
	}
	return done.outcome;
}
