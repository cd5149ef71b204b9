/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/operations.h"

#include "model/lifecycle.h"
#include "sim/engine/cpus.h"
#include "sim/engine/dispatch.h"
#include "sim/engine/internal.h"
#include "sim/engine/log.h"
#include "sim/engine/mms.h"
#include "sim/engine/mutex.h"
#include "sim/engine/tasks.h"

/* @task begins an operation with arguments; what is left of its burst waits for the end. */
static void begin(
	struct engine *engine, uint32_t task, enum task_op kind, struct op op, uint64_t cost_ns)
{
	struct sim_task *t = sim_task(engine, task);

	g_assert(t->op == OP_NONE && extra_of(engine, t)->op_index == INDEX_NONE);
	op.task = task;
	op.child = TASK_NONE;
	op.left_ns = t->fresh ? 0 : task_due(t);
	tasks_extra(&engine->tasks, t)->op_index = ops_new(&engine->ops, &op);
	task_go(t, kind, STAGE_ENTER, cost_ns);
}

void operation_fork(struct engine *engine, uint32_t task, const struct op *op)
{
	g_assert(op->count > 0 || op->fails);
	begin(engine, task, OP_FORK, *op, engine->scenario->costs.fork_ns);
}

void operation_exit(struct engine *engine, uint32_t task)
{
	task_go(sim_task(engine, task), OP_EXIT, STAGE_ENTER, engine->scenario->costs.exit_ns);
}

void operation_exec(struct engine *engine, uint32_t task, bool fails)
{
	begin(engine, task, OP_EXEC_LEAVE, (struct op){ .fails = fails }, 0);
}

void operation_set_affinity(struct engine *engine, uint32_t task, uint32_t mask)
{
	begin(engine, task, OP_AFFINITY, (struct op){ .mask = mask },
		engine->scenario->costs.affinity_ns);
}

static enum advance back_to_user(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	uint64_t left = 0;

	if (extra_of(engine, t)->op_index != INDEX_NONE) {
		g_assert(op_of(engine, t)->task == task);
		left = op_of(engine, t)->left_ns;
		ops_free(&engine->ops, extra_of(engine, t)->op_index);
		tasks_extra(&engine->tasks, t)->op_index = INDEX_NONE;
	}
	task_go(t, OP_NONE, STAGE_USER, left);
	return ADVANCE_RUNS;
}

static enum advance lock_or_block(struct engine *engine, uint32_t task, enum task_op op)
{
	bool locked = mutex_lock(engine, task, tasks_op_mm(engine, task), op);

	return locked ? ADVANCE_RUNS : ADVANCE_LEAVES;
}

static uint32_t group_of_child(struct engine *engine, uint32_t task, const struct op *op)
{
	if (op->new_process || op->kind != FORK_THREAD)
		return TASK_NONE; /* its own */
	return model_task(engine->model, task)->group;
}

static void out_of_ids(struct engine *engine, const char *what)
{
	if (!engine->end.input_error)
		engine->end.input_error = g_string_new(what);
	engine_end(engine, "out of ids");
}

/* Make the child: in the mm of its parent, or in one of its own. Returns false if it cannot be. */
static bool make_child(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct op *op = op_of(engine, sim_task(engine, task));
	uint32_t mm = model_task(engine->model, task)->mm;
	uint32_t mask = sim_task(engine, task)->mask;

	if (op->new_process) {
		mm = mms_new_late(
			engine, op->mm, false, mask, cpu, model_mm(engine->model, mm)->mode);
		if (mm == MM_NONE) {
			out_of_ids(engine, "0: more than 65536 mms alive at once");
			return false;
		}
	}
	op->child = tasks_new(engine, op->unit, mm, group_of_child(engine, task, op), cpu,
		!engine->model->protocol.early_count);
	if (op->child == TASK_NONE) {
		out_of_ids(engine, "0: more than 4194304 tasks alive at once");
		return false;
	}
	sim_task(engine, op->child)->mask = mask; /* inherited */
	if (op->team != INDEX_NONE)
		tasks_extra(&engine->tasks, sim_task(engine, op->child))->team = op->team;
	return true;
}

/* Another child, or back to what the task was doing. */
static enum advance next_child(struct engine *engine, uint32_t task)
{
	struct op *op = op_of(engine, sim_task(engine, task));

	g_assert(op->count > 0 || op->fails); /* one that fails has no count */
	if (op->count <= 1)
		return back_to_user(engine, task);
	op->count--;
	op->child = TASK_NONE;
	if (op->number != INDEX_NONE)
		op->number++;
	task_go(sim_task(engine, task), OP_FORK, STAGE_ENTER, engine->scenario->costs.fork_ns);
	return ADVANCE_RUNS;
}

enum advance operation_return(struct engine *engine, uint32_t task)
{
	g_assert(sim_task(engine, task)->op == OP_FORK);
	return next_child(engine, task);
}

static enum advance enter_fork(struct engine *engine, uint32_t cpu, uint32_t task)
{
	const struct op *op;

	if (!make_child(engine, cpu, task))
		return ADVANCE_STUCK;
	op = op_of(engine, sim_task(engine, task));
	if (op->fails && !engine->model->protocol.early_count) {
		/* Nothing that can fail comes after the child is counted. */
		tasks_end(engine, op->child);
		return next_child(engine, task);
	}
	return lock_or_block(engine, task, OP_FORK);
}

static enum advance enter_exec_join(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	uint32_t old = model_task(engine->model, task)->mm, mm;
	uint32_t declared = sim_mm(engine, old)->declared;

	g_assert(!model_task(engine->model, task)->active);
	if (op_of(engine, t)->fails)
		return lock_or_block(engine, task, OP_EXEC_JOIN);
	mm = mms_new_late(engine, declared, true, t->mask, cpu, 0);
	if (mm == MM_NONE) {
		out_of_ids(engine, "0: more than 65536 mms alive at once");
		return ADVANCE_STUCK;
	}
	dispatch_split_stay(engine, cpu);
	tasks_change_mm(engine, task, mm);
	return lock_or_block(engine, task, OP_EXEC_JOIN);
}

static enum advance enter_affinity(struct engine *engine, uint32_t task)
{
	g_assert(op_of(engine, sim_task(engine, task))->task == task);
	affinity_set(engine, task, op_of(engine, sim_task(engine, task))->mask);
	return back_to_user(engine, task);
}

static enum advance wait_for_work(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	g_assert(task == engine->affinities.kworker && engine->affinities.work->len == 0);
	task_go(t, OP_NONE, STAGE_USER, task_due(t));
	task_set_state(t, TASK_WAITS);
	return ADVANCE_LEAVES;
}

enum advance operation_enter(struct engine *engine, uint32_t cpu, uint32_t task)
{
	enum task_op op = sim_task(engine, task)->op;

	switch (op) {
	case OP_FORK:
		return enter_fork(engine, cpu, task);
	case OP_EXEC_JOIN:
		return enter_exec_join(engine, cpu, task);
	case OP_AFFINITY:
		return enter_affinity(engine, task);
	case OP_WORK:
		if (!affinity_next_work(engine))
			return wait_for_work(engine, task);
		return lock_or_block(engine, task, op);
	case OP_EXIT:
	case OP_EXEC_LEAVE:
		return lock_or_block(engine, task, op);
	case OP_UNDO_FORK: /* it begins under the mutex */
	case OP_NONE:
	case TASK_OPS:
		break;
	}
	g_assert_not_reached();
}

/* Walks see @child from now on. */
static void show(struct engine *engine, uint32_t cpu, uint32_t child)
{
	g_assert(!model_task(engine->model, child)->visible);
	task_show(engine->model, child);
	after_touch(engine, model_task(engine->model, child)->mm, CPU_NONE, child);
	if (engine->log)
		log_note(engine, cpu, "show", "pid=%u", sim_task(engine, child)->pid);
}

static enum advance finish_fork(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	struct op *op = op_of(engine, t);
	uint32_t child = op->child;
	bool vfork = op->kind == FORK_VFORK && !op->new_process;

	g_assert(model_task(engine->model, child)->active);
	if (op->fails) {
		return lock_or_block(engine, task, OP_UNDO_FORK);
	}
	if (engine->model->protocol.early_count)
		show(engine, cpu, child);
	task_go(t, OP_FORK, STAGE_RETURN, 0);
	emit_fork(&engine->emit, cpu, task, child);
	if (vfork) {
		task_set_state(t, TASK_WAITS);
		engine->userspace->forked(engine, task, child);
		cpus_wake(engine, child, true);
		return ADVANCE_LEAVES;
	}
	engine->userspace->forked(engine, task, child);
	cpus_wake(engine, child, true);
	return ADVANCE_RUNS;
}

static enum advance finish_undo_fork(struct engine *engine, uint32_t task)
{
	uint32_t child = op_of(engine, sim_task(engine, task))->child;

	g_assert(!model_task(engine->model, child)->active);
	engine->userspace->gone(engine, child);
	tasks_end(engine, child);
	return next_child(engine, task);
}

static enum advance finish_exit(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	g_assert(!model_task(engine->model, task)->active);
	task_set_state(t, TASK_DIES);
	emit_exit(&engine->emit, cpu, task);
	engine->userspace->vfork_done(engine, task);
	engine->userspace->gone(engine, task);
	requests_forget(&engine->requests, task, t);
	return ADVANCE_LEAVES;
}

static enum advance finish_exec(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	bool fails = op_of(engine, t)->fails;

	g_assert(model_task(engine->model, task)->active);
	/* rseq is written on the way back: user space sees the word as it is now. */
	if (fails)
		dispatch_split_stay(engine, cpu);
	dispatch_show_cid(engine, cpu, task, model_task(engine->model, task)->mm);
	emit_exec(&engine->emit, cpu, task, fails, model_task(engine->model, task)->cid);
	if (!fails)
		engine->userspace->vfork_done(engine, task);
	return back_to_user(engine, task);
}

static enum advance finish_work(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	affinity_end_work(engine, cpu);
	if (engine->affinities.work->len == 0)
		return wait_for_work(engine, task);
	task_go(t, OP_WORK, STAGE_ENTER, 0);
	return ADVANCE_RUNS;
}

/* The operation has changed the users of the mm: the mutex is free again. */
enum advance operation_finish(struct engine *engine, uint32_t cpu, uint32_t task, uint32_t mm)
{
	struct sim_task *t = sim_task(engine, task);

	/* the mutex of the model is free before the one of the engine is */
	g_assert(model_mm(engine->model, mm)->phase == PHASE_IDLE && !t->in_window);
	mutex_unlock(engine, task, mm);
	if (model_mm(engine->model, mm)->users == 0)
		affinity_cancel_work(engine, mm, cpu);
	switch ((enum task_op)t->op) {
	case OP_FORK:
		return finish_fork(engine, cpu, task);
	case OP_UNDO_FORK:
		return finish_undo_fork(engine, task);
	case OP_EXIT:
		return finish_exit(engine, cpu, task);
	case OP_EXEC_LEAVE:
		task_go(t, OP_EXEC_JOIN, STAGE_ENTER, engine->scenario->costs.exec_ns);
		return ADVANCE_RUNS;
	case OP_EXEC_JOIN:
		return finish_exec(engine, cpu, task);
	case OP_WORK:
		return finish_work(engine, cpu, task);
	case OP_AFFINITY:
	case OP_NONE:
	case TASK_OPS:
		break;
	}
	g_assert_not_reached();
}
