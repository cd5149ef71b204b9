/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "model/affinity.h"
#include "model/candidate.h"
#include "model/exec.h"
#include "model/lifecycle.h"
#include "model/switch.h"
#include "model/walk.h"
#include "sim/machine/private.h"

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

/* The mode that @cpu reads: what it has seen new it will not see old again. */
static uint8_t read_mode(struct machine *machine, const struct explore_step *step)
{
	uint8_t mode = machine_mm(machine)->mode, seen;

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

static void forget_task(struct machine *machine, uint32_t task)
{
	task_destroy(machine_model(machine), task);
	machine->pc[task] = PC_FREE;
	machine->wide &= (uint16_t) ~(1u << task);
}

static void leave(
	struct machine *machine, const struct explore_step *step, struct model_observer *observer)
{
	uint32_t prev = cpu_of(machine, step->cpu)->curr;

	if (prev == TASK_NONE) {
		switch_out(machine_model(machine), step->cpu, observer);
		return;
	}
	if (cid_is_in_transit(task_of(machine, prev)->cid))
		switch_out_seeing(
			machine_model(machine), step->cpu, read_mode(machine, step), observer);
	else
		switch_out(machine_model(machine), step->cpu, observer);
	if (machine->pc[prev] == PC_DEAD)
		forget_task(machine, prev);
}

static enum step_outcome enter(
	struct machine *machine, const struct explore_step *step, struct model_observer *observer)
{
	struct model *model = machine_model(machine);
	const struct model_task *t;

	if (step->task == STEP_TASK_NONE)
		return switch_in(model, step->cpu, TASK_NONE, observer).outcome;
	t = task_of(machine, step->task);
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

static enum step_outcome apply_out(
	struct machine *machine, const struct explore_step *step, struct model_observer *observer)
{
	leave(machine, step, observer);
	return switch_in(machine_model(machine), step->cpu, TASK_NONE, observer).outcome;
}

static enum step_outcome apply_in(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	if (machine_floats(config))
		place(machine, config, step);
	switch_out(machine_model(machine), step->cpu, observer);
	return enter(machine, step, observer);
}

/* One that is gone from the mm leaves its CPU idle: nothing can tell the difference. */
static void bury(struct machine *machine, const struct machine_config *config, uint32_t task)
{
	uint32_t cpu = task_of(machine, task)->cpu;

	machine->pc[task] = PC_DEAD;
	for (uint32_t other = 0; other < config->tasks_max; other++) {
		if (machine->pc[other] == PC_WAITS && machine->partner[other] == task) {
			machine->pc[other] = PC_USER;
			machine->partner[other] = 0;
		}
	}
	if (!config->reduced || !cid_is_unset(task_of(machine, task)->cid))
		return;
	switch_out(machine_model(machine), cpu, NULL);
	switch_in(machine_model(machine), cpu, TASK_NONE, NULL);
	forget_task(machine, task);
}

static void child_is_there(struct machine *machine, uint32_t parent, enum machine_pc then)
{
	uint32_t child = machine->partner[parent];

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

	machine->view[task_of(machine, task)->cpu] = 0; /* with the mutex comes what its last holder
	                                                 * has written */
	if (step.outcome == STEP_WINDOW) {
		stored(machine, config, task_of(machine, task)->cpu,
			VIEW_OLD_PERCPU | (mm->mode & MODE_TRANSIT ? VIEW_OLD_TRANSIT : 0));
		machine->walked = 0;
	} else if (step.outcome == STEP_DONE) {
		op_done(machine, config, task);
	}
	if (mm->users == 0)
		machine->work = 0;
	return step.outcome;
}

static void spend(struct machine *machine, enum machine_op op)
{
	if (machine->left[op] > 0)
		machine->left[op]--;
}

/* A thread group that no task is in, for a child that is the first of it. */
static uint32_t new_group(const struct machine *machine, const struct machine_config *config)
{
	uint32_t used = 0;

	for (uint32_t task = 0; task < config->tasks_max; task++) {
		if (machine->pc[task] != PC_FREE &&
			task_of(machine, task)->group >= MACHINE_TASKS_MAX)
			used |= 1u << (task_of(machine, task)->group - MACHINE_TASKS_MAX);
	}
	return MACHINE_TASKS_MAX + (uint32_t)__builtin_ctz(~used);
}

static enum step_outcome apply_fork(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	struct model *model = machine_model(machine);
	const struct model_task *parent = task_of(machine, step->task);

	task_create(model, step->child, MM,
		step->verb == VERB_FORK ? parent->group : new_group(machine, config), parent->cpu);
	if (!config->protocol.early_count)
		task_show(model, step->child);
	spend(machine, step->verb - VERB_FORK + MACHINE_FORKS);
	machine->pc[step->child] = PC_BORN;
	machine->partner[step->child] = step->task;
	machine->pc[step->task] = step->verb == VERB_VFORK ? PC_VFORKS : PC_FORKS;
	machine->partner[step->task] = step->child;
	machine->wide &= (uint16_t) ~(1u << step->child);
	machine->wide |= (uint16_t)((machine->wide >> step->task & 1) << step->child);
	return begun(machine, config, step->task,
		fork_begin(model, parent->cpu, step->task, step->child, observer));
}

static enum step_outcome apply_leave_mm(struct machine *machine,
	const struct machine_config *config, const struct explore_step *step, enum machine_op op,
	enum machine_pc pc, struct model_observer *observer)
{
	spend(machine, op);
	machine->pc[step->task] = (uint8_t)pc;
	return begun(machine, config, step->task,
		exit_begin(machine_model(machine), task_of(machine, step->task)->cpu, step->task,
			observer));
}

static enum step_outcome apply_exec_end(struct machine *machine,
	const struct machine_config *config, const struct explore_step *step,
	struct model_observer *observer)
{
	if (machine->pc[step->task] == PC_EXEC) {
		bury(machine, config, step->task);
		return STEP_DONE;
	}
	machine->pc[step->task] = PC_RETURNS;
	return begun(machine, config, step->task,
		exec_return(machine_model(machine), task_of(machine, step->task)->cpu, step->task,
			observer));
}

static enum step_outcome apply_show(struct machine *machine, const struct explore_step *step)
{
	uint32_t child = machine->partner[step->task];

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

static enum step_outcome apply_walk(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	struct model_mm *mm = model_mm(machine_model(machine), MM);
	bool any = is_any_order(machine, config);
	enum mm_phase walk = mm->phase;
	uint32_t target, cpu;
	struct step done;

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

static enum step_outcome apply_complete(struct machine *machine,
	const struct machine_config *config, struct model_observer *observer)
{
	const struct model_mm *mm = machine_mm(machine);
	uint32_t initiator = mm->initiator;
	uint32_t cpu = initiator == TASK_NONE ? MACHINE_CPUS_MAX /* as the work began */
	                                      : task_of(machine, initiator)->cpu;

	if (mm->mode & MODE_TRANSIT)
		stored(machine, config, cpu, VIEW_OLD_TRANSIT);
	return held_step(
		machine, config, initiator, window_complete(machine_model(machine), MM, observer));
}

/* Who the initiator is must be asked before: the step that ends the get forgets it. */
static enum step_outcome apply_fork_retry(struct machine *machine,
	const struct machine_config *config, struct model_observer *observer)
{
	uint32_t initiator = machine_mm(machine)->initiator;
	struct step step = fork_spin(machine_model(machine), MM, observer);

	return held_step(machine, config, initiator, step);
}

static enum step_outcome apply_fork_give_up(
	struct machine *machine, const struct machine_config *config)
{
	uint32_t initiator = machine_mm(machine)->initiator;

	fork_give_up(machine_model(machine), MM);
	return held_step(machine, config, initiator, step_is(STEP_DONE, 0));
}

static enum step_outcome apply_affinity(
	struct machine *machine, const struct explore_step *step, struct model_observer *observer)
{
	struct step done = affinity_change(machine_model(machine), step->task, NULL, observer);

	spend(machine, MACHINE_AFFINITIES);
	machine->wide |= (uint16_t)(1u << step->task);
	if (machine_mm(machine)->update_deferred)
		machine->work = 1;
	return done.outcome;
}

/* By a kernel thread, of which it does not matter where it runs. */
static enum step_outcome apply_work(struct machine *machine, const struct machine_config *config,
	struct model_observer *observer)
{
	struct step step;

	machine->work = 0;
	step = affinity_deferred(machine_model(machine), MM, 0, observer);
	if (step.outcome == STEP_WINDOW) {
		stored(machine, config, MACHINE_CPUS_MAX,
			VIEW_OLD_PERCPU |
				(machine_mm(machine)->mode & MODE_TRANSIT ? VIEW_OLD_TRANSIT : 0));
		machine->walked = 0;
	}
	return step.outcome;
}

static enum step_outcome apply_migrate(struct machine *machine, const struct explore_step *step)
{
	uint32_t from = task_of(machine, step->task)->cpu;

	task_migrate(machine_model(machine), step->task, step->cpu);
	machine->view[step->cpu] &= machine->view[from];
	return STEP_DONE;
}

static enum step_outcome apply_give_up(struct machine *machine, const struct explore_step *step)
{
	switch_give_up(machine_model(machine), step->cpu);
	return STEP_DONE;
}

enum step_outcome machine_apply(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	struct model *model = machine_model(machine);

	switch ((enum step_verb)step->verb) {
	case VERB_OUT:
		return apply_out(machine, step, observer);
	case VERB_IN:
		return apply_in(machine, config, step, observer);
	case VERB_LEAVE:
		leave(machine, step, observer);
		return STEP_DONE;
	case VERB_ENTER:
		return enter(machine, step, observer);
	case VERB_RETRY:
		return switch_spin(model, step->cpu, observer).outcome;
	case VERB_GIVE_UP:
		return apply_give_up(machine, step);
	case VERB_MIGRATE:
		return apply_migrate(machine, step);
	case VERB_FORK:
	case VERB_CLONE_VM:
	case VERB_VFORK:
		return apply_fork(machine, config, step, observer);
	case VERB_SHOW:
		return apply_show(machine, step);
	case VERB_WALK:
		return apply_walk(machine, config, step, observer);
	case VERB_COMPLETE:
		return apply_complete(machine, config, observer);
	case VERB_FORK_RETRY:
		return apply_fork_retry(machine, config, observer);
	case VERB_FORK_GIVE_UP:
		return apply_fork_give_up(machine, config);
	case VERB_EXIT:
		return apply_leave_mm(machine, config, step, MACHINE_EXITS, PC_EXITS, observer);
	case VERB_EXEC:
		return apply_leave_mm(machine, config, step, MACHINE_EXECS, PC_LEAVES, observer);
	case VERB_FAILED_EXEC:
		return apply_leave_mm(
			machine, config, step, MACHINE_FAILED_EXECS, PC_LEAVES_TO_FAIL, observer);
	case VERB_EXEC_END:
		return apply_exec_end(machine, config, step, observer);
	case VERB_AFFINITY:
		return apply_affinity(machine, step, observer);
	case VERB_WORK:
		return apply_work(machine, config, observer);
	case VERB_COUNT:
		break;
	}
	assert(!"a step");
	return STEP_DONE;
}
