/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/kernel.h"

#include "model/affinity.h"
#include "model/exec.h"
#include "model/lifecycle.h"
#include "model/walk.h"
#include "sim/engine/affinity.h"
#include "sim/engine/after-step.h"
#include "sim/engine/cpus.h"
#include "sim/engine/due.h"
#include "sim/engine/internal.h"
#include "sim/engine/operations.h"
#include "sim/engine/room.h"
#include "sim/engine/spins.h"
#include "sim/engine/step-log.h"
#include "sim/engine/tasks.h"

/*
 * Fork, exit, exec, affinity changes and deferred work, as a task goes through them: the way in,
 * the mutex of the mm, the decision, the walk step by step, complete, the way out. Each takes its
 * simulated time on the task's CPU and can be preempted between any two.
 */

static struct model_observer *observer_of(struct engine *engine, uint32_t mm)
{
	return recorder_observer(engine->recorder, mm);
}

/* The step of the model that makes the decision. */
static struct step decide(struct engine *engine, uint32_t cpu, uint32_t task, uint32_t mm)
{
	struct sim_task *t = sim_task(engine, task);
	struct model_observer *observer = observer_of(engine, mm);

	switch ((enum task_op)t->op) {
	case OP_FORK:
		return fork_begin(engine->model, cpu, task, op_of(engine, t)->child, observer);
	case OP_UNDO_FORK:
		return exit_begin(engine->model, cpu, op_of(engine, t)->child, observer);
	case OP_EXIT:
		return exit_begin(engine->model, cpu, task, observer);
	case OP_EXEC_LEAVE:
		return exec_leave(engine->model, cpu, task, observer);
	case OP_EXEC_JOIN:
		return exec_return(engine->model, cpu, task, observer);
	case OP_WORK:
		return affinity_deferred(engine->model, mm, cpu, observer);
	case OP_AFFINITY:
	case OP_NONE:
	case TASK_OPS:
		break;
	}
	g_assert_not_reached();
}

static void next_walk_stage(struct engine *engine, struct sim_task *t, uint32_t mm)
{
	const struct scenario_costs *costs = &engine->scenario->costs;

	g_assert(t->in_window);
	switch ((enum mm_phase)model_mm(engine->model, mm)->phase) {
	case PHASE_WALK_TASKS:
		task_go(t, t->op, STAGE_WALK, costs->walk_task_ns);
		return;
	case PHASE_WALK_CPUS:
		task_go(t, t->op, STAGE_WALK, costs->walk_cpu_ns);
		return;
	case PHASE_COMPLETE:
		task_go(t, t->op, STAGE_COMPLETE, costs->complete_ns);
		return;
	case PHASE_IDLE:
	case PHASE_GET_LOCKED:
	case PHASE_GET_MUTEX:
		break;
	}
	g_assert_not_reached();
}

static void spin_in_fork(struct engine *engine, uint32_t cpu, uint32_t mm)
{
	g_assert(sim_cpu(engine, cpu)->state == CPU_RUNS);
	sim_cpu(engine, cpu)->state = CPU_SPINS_FORK;
	due_never(engine, cpu);
	spins_begin(engine, cpu, mm);
	if (engine->log)
		spins_log(engine, cpu);
}

/* A step of the operation of @task, on @cpu, changes its word and that of its child, and that of
 * the CPU. */
static void touch_operation(struct engine *engine, uint32_t cpu, uint32_t task, uint32_t mm)
{
	const struct sim_task *t = sim_task(engine, task);
	bool forks = t->op == OP_FORK || t->op == OP_UNDO_FORK;

	g_assert(t->op != OP_NONE);
	after_touch(engine, mm, cpu, task);
	after_touch(engine, mm, model_mm(engine->model, mm)->initiator_cpu,
		forks ? op_of(engine, t)->child : TASK_NONE);
}

static enum advance stage_decide(struct engine *engine, uint32_t cpu, uint32_t task)
{
	uint32_t mm = tasks_op_mm(engine, task);
	struct step step;

	assert(sim_mm(engine, mm)->mutex_owner == task);
	step = decide(engine, cpu, task, mm);

	while (step.outcome == STEP_NEEDS_EXTENT) {
		room_for_extents(engine);
		step = decide(engine, cpu, task, mm);
	}
	step = spins_set_found_by_fork(engine, mm, step);
	step_log_mix(engine, task, sim_task(engine, task)->op, step.outcome);
	if (engine->log)
		step_log_decision(
			engine, cpu, task_op_to_string(sim_task(engine, task)->op), task, mm, step);
	touch_operation(engine, cpu, task, mm);
	after_step(engine, mm);
	switch (step.outcome) {
	case STEP_DONE:
		return operation_finish(engine, cpu, task, mm);
	case STEP_WINDOW:
		sim_task(engine, task)->in_window = 1;
		next_walk_stage(engine, sim_task(engine, task), mm);
		return ADVANCE_RUNS;
	case STEP_SPINS:
		spin_in_fork(engine, cpu, mm);
		return ADVANCE_STUCK;
	case STEP_NEEDS_RQ_LOCK:
	case STEP_NEEDS_MUTEX:
	case STEP_NEEDS_LOCK:
	case STEP_NEEDS_EXTENT:
	case STEP_FOUND:
	case STEP_GET:
		break;
	}
	g_assert_not_reached(); /* the engine's mutex stands before the model's */
}

/* The walk waits inside its step: its task cannot be switched out meanwhile. */
static enum advance wait_for_rq_lock(struct engine *engine, uint32_t cpu, uint32_t wanted)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);
	uint64_t until = sim_cpu(engine, wanted)->lock_until_ns;

	g_assert(wanted != cpu && until > engine->now_ns);
	c->state = CPU_WAITS_RQ_LOCK;
	engine->cpus.details[cpu].waits_for = wanted;
	if (until == NEVER) {
		due_never(engine, cpu);
		g_array_append_val(engine->spins.lock_waiters, cpu);
	} else {
		due_set(engine, cpu, until);
	}
	return ADVANCE_STUCK;
}

/* Whom the next step of the walk of @mm looks at, on @wanted: a user, or who runs there. */
static uint32_t visits(const struct engine *engine, uint32_t mm, uint32_t wanted)
{
	const struct model_mm *m = model_mm_const(engine->model, mm);

	return m->phase == PHASE_WALK_TASKS ? m->cursor
	                                    : model_cpu_const(engine->model, wanted)->curr;
}

static enum advance walk_on(struct engine *engine, uint32_t cpu, uint32_t task)
{
	uint32_t mm = tasks_op_mm(engine, task);
	uint32_t wanted = walk_next_cpu(engine->model, mm), target;
	struct sim_cpu *c = sim_cpu(engine, cpu);
	uint32_t visited = visits(engine, mm, wanted);
	struct step step;

	assert(sim_task(engine, task)->in_window && sim_mm(engine, mm)->mutex_owner == task);
	if (sim_cpu(engine, wanted)->lock_until_ns > engine->now_ns && wanted != cpu)
		return wait_for_rq_lock(engine, cpu, wanted);
	target = engine->log ? step_log_walk_target(engine, mm, wanted) : TASK_NONE;
	step = walk_step(engine->model, mm, observer_of(engine, mm));
	assert(step.outcome == STEP_DONE || step.outcome == STEP_WINDOW);
	c->run_start_ns = engine->now_ns; /* it may have waited for the lock until now */
	step_log_mix(engine, task, OP_NONE, step.outcome);
	if (engine->log)
		step_log_walk(engine, cpu, mm, wanted, target);
	after_touch(engine, mm, wanted, visited);
	after_step(engine, mm);
	next_walk_stage(engine, sim_task(engine, task), mm);
	return ADVANCE_RUNS;
}

static enum advance stage_complete(struct engine *engine, uint32_t cpu, uint32_t task)
{
	uint32_t mm = tasks_op_mm(engine, task);
	struct step step;

	g_assert(sim_task(engine, task)->in_window && sim_mm(engine, mm)->mutex_owner == task);
	step = window_complete(engine->model, mm, observer_of(engine, mm));
	if (step.outcome == STEP_GET) /* at the same instant: nobody comes between */
		step = fork_get(engine->model, mm, observer_of(engine, mm));
	step = spins_set_found_by_fork(engine, mm, step);
	sim_task(engine, task)->in_window = 0;
	step_log_mix(engine, task, OP_NONE, step.outcome);
	if (engine->log)
		step_log_decision(engine, cpu, "complete", task, mm, step);
	touch_operation(engine, cpu, task, mm);
	after_step(engine, mm);
	after_window(engine, mm);
	if (step.outcome == STEP_SPINS) {
		spin_in_fork(engine, cpu, mm);
		return ADVANCE_STUCK;
	}
	return operation_finish(engine, cpu, task, mm);
}

void kernel_fork_got(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);
	uint32_t task = c->curr;
	enum advance advance;

	g_assert(c->state == CPU_SPINS_FORK);
	c->state = CPU_RUNS;
	c->run_start_ns = engine->now_ns;
	advance = operation_finish(engine, cpu, task, tasks_op_mm(engine, task));
	if (advance == ADVANCE_LEAVES)
		cpus_leave(engine, cpu, task);
	else
		due_set(engine, cpu, engine->now_ns);
}

/* The stage of @task is over. */
static enum advance advance(struct engine *engine, uint32_t cpu, uint32_t task)
{
	switch ((enum task_stage)sim_task(engine, task)->stage) {
	case STAGE_ENTER:
		return operation_enter(engine, cpu, task);
	case STAGE_DECIDE:
		return stage_decide(engine, cpu, task);
	case STAGE_WALK:
		return walk_on(engine, cpu, task);
	case STAGE_COMPLETE:
		return stage_complete(engine, cpu, task);
	case STAGE_RETURN:
		return operation_return(engine, task);
	case STAGE_USER:
	case TASK_STAGES:
		break;
	}
	g_assert_not_reached();
}

const struct executor executor_kernel = {
	.advance = advance,
	.walk_on = walk_on,
	.break_affinity = affinity_break,
};
