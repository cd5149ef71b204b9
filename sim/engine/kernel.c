/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/internal.h"

#include <assert.h>

/*
 * Fork, exit, exec, affinity changes and deferred work, as a task goes through them: the way in,
 * the mutex of the mm, the decision, the walk step by step, complete, the way out. Each takes its
 * simulated time on the task's CPU and can be preempted between any two.
 */

static struct model_observer *observer_of(struct engine *engine, uint32_t mm)
{
	return recorder_observer(engine->recorder, mm);
}

/* The mm whose users the operation of @task changes. */
static uint32_t target_mm(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	switch ((enum task_op)t->op) {
	case OP_FORK:
	case OP_UNDO_FORK:
		return model_task(engine->model, op_of(engine, t)->child)->mm;
	case OP_WORK:
		return g_array_index(engine->work, uint32_t, 0);
	case OP_EXIT:
	case OP_EXEC_LEAVE:
	case OP_EXEC_JOIN:
	case OP_AFFINITY:
	case OP_NONE:
		break;
	}
	return model_task(engine->model, task)->mm;
}

static uint32_t op_new(struct engine *engine, const struct op *from)
{
	uint32_t index = engine->ops_free;

	if (index == INDEX_NONE) {
		g_array_append_val(engine->ops, *from);
		return engine->ops->len - 1;
	}
	engine->ops_free = g_array_index(engine->ops, struct op, index).next_free;
	g_array_index(engine->ops, struct op, index) = *from;
	return index;
}

static void op_free(struct engine *engine, struct sim_task *t)
{
	struct op *op = op_of(engine, t);

	op->next_free = engine->ops_free;
	engine->ops_free = extra_of(engine, t)->op_index;
	extra_edit(engine, t)->op_index = INDEX_NONE;
}

static void enter(struct sim_task *t, enum task_op op, uint64_t cost_ns)
{
	t->op = op;
	t->stage = STAGE_ENTER;
	task_set_due(t, cost_ns);
}

/* @task begins an operation with arguments; what is left of its burst waits for the end. */
static void begin(
	struct engine *engine, uint32_t task, enum task_op kind, struct op op, uint64_t cost_ns)
{
	struct sim_task *t = sim_task(engine, task);

	assert(t->op == OP_NONE && extra_of(engine, t)->op_index == INDEX_NONE);
	op.task = task;
	op.left_ns = t->fresh ? 0 : task_due(t);
	extra_edit(engine, t)->op_index = op_new(engine, &op);
	enter(t, kind, cost_ns);
}

void kernel_fork(struct engine *engine, uint32_t task, const struct op *op)
{
	struct op fork = *op;

	fork.child = TASK_NONE;
	begin(engine, task, OP_FORK, fork, engine->scenario->costs.fork_ns);
}

void kernel_exit(struct engine *engine, uint32_t task)
{
	enter(sim_task(engine, task), OP_EXIT, engine->scenario->costs.exit_ns);
}

void kernel_exec(struct engine *engine, uint32_t task, bool fails)
{
	begin(engine, task, OP_EXEC_LEAVE, (struct op){ .fails = fails, .child = TASK_NONE }, 0);
}

void kernel_set_affinity(struct engine *engine, uint32_t task, uint32_t mask)
{
	begin(engine, task, OP_AFFINITY, (struct op){ .mask = mask, .child = TASK_NONE },
		engine->scenario->costs.affinity_ns);
}

static enum advance back_to_user(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	uint64_t left = 0;

	if (extra_of(engine, t)->op_index != INDEX_NONE) {
		left = op_of(engine, t)->left_ns;
		op_free(engine, t);
	}
	t->op = OP_NONE;
	t->stage = STAGE_USER;
	task_set_due(t, left);
	return ADVANCE_RUNS;
}

/* The mutex of an mm: first come, first served; it is handed to the first who waits. */
static bool mutex_lock(struct engine *engine, uint32_t task, uint32_t mm)
{
	struct sim_mm *m = &engine->mms[mm];
	struct sim_task *t = sim_task(engine, task);

	t->stage = STAGE_DECIDE;
	task_set_due(t, engine->scenario->costs.decision_ns);
	if (m->mutex_owner == TASK_NONE) {
		m->mutex_owner = task;
		return true;
	}
	t->state = TASK_BLOCKED;
	t->position = TASK_NONE;
	if (m->waiters_first == TASK_NONE)
		m->waiters_first = task;
	else
		sim_task(engine, m->waiters_last)->position = task;
	m->waiters_last = task;
	return false;
}

static void mutex_unlock(struct engine *engine, uint32_t task, uint32_t mm)
{
	struct sim_mm *m = &engine->mms[mm];
	uint32_t next = m->waiters_first;

	assert(m->mutex_owner == task);
	m->mutex_owner = next;
	if (next == TASK_NONE)
		return;
	m->waiters_first = sim_task(engine, next)->position;
	cpus_wake(engine, next, false);
}

static enum advance lock_or_block(struct engine *engine, uint32_t task)
{
	return mutex_lock(engine, task, target_mm(engine, task)) ? ADVANCE_RUNS : ADVANCE_LEAVES;
}

/* The account of the mms that come from those of scenario.mms[@declared] by @how. */
static uint32_t account_for(struct engine *engine, uint32_t declared, bool exec)
{
	gpointer key = GUINT_TO_POINTER(declared * 2 + exec);
	gpointer found;
	uint32_t account;

	if (g_hash_table_lookup_extended(engine->late_accounts, key, NULL, &found))
		return GPOINTER_TO_UINT(found);
	account = recorder_add_account(engine->recorder,
		g_strdup_printf(
			"%s %s", engine->scenario->mms[declared].name, exec ? "exec" : "fork"),
		declared, ACCOUNT_NONE);
	g_hash_table_insert(engine->late_accounts, key, GUINT_TO_POINTER(account));
	return account;
}

static uint32_t group_of_child(struct engine *engine, uint32_t task, const struct op *op)
{
	if (op->new_process || op->kind != FORK_THREAD)
		return TASK_NONE; /* its own */
	return model_task(engine->model, task)->group;
}

static void out_of_ids(struct engine *engine, const char *what)
{
	if (!engine->input_error)
		engine->input_error = g_string_new(what);
	engine->ended = true;
	engine->ended_why = "out of ids";
}

/* Make the child: in the mm of its parent, or in one of its own. Returns false if it cannot be. */
static bool make_child(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct op *op = op_of(engine, sim_task(engine, task));
	uint32_t mm = model_task(engine->model, task)->mm;
	uint32_t mask = sim_task(engine, task)->mask;

	if (op->new_process) {
		mm = sim_mm_new(engine, account_for(engine, op->mm, false), op->mm, INDEX_NONE,
			mask, cpu, model_mm(engine->model, mm)->mode);
		if (mm == MM_NONE) {
			out_of_ids(engine, "0: more than 65536 mms alive at once");
			return false;
		}
	}
	op->child = task_new(engine, op->unit, mm, group_of_child(engine, task, op), cpu,
		!engine->model->protocol.early_count);
	if (op->child == TASK_NONE) {
		out_of_ids(engine, "0: more than 4194304 tasks alive at once");
		return false;
	}
	sim_task(engine, op->child)->mask = mask; /* inherited */
	if (op->team != INDEX_NONE)
		extra_edit(engine, sim_task(engine, op->child))->team = op->team;
	return true;
}

/* Another child, or back to what the task was doing. */
static enum advance stage_return(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	if (t->op == OP_FORK && op_of(engine, t)->count > 1) {
		op_of(engine, t)->count--;
		op_of(engine, t)->child = TASK_NONE;
		if (op_of(engine, t)->number != INDEX_NONE)
			op_of(engine, t)->number++;
		enter(t, OP_FORK, engine->scenario->costs.fork_ns);
		return ADVANCE_RUNS;
	}
	return back_to_user(engine, task);
}

static enum advance enter_fork(struct engine *engine, uint32_t cpu, uint32_t task)
{
	const struct op *op;

	if (!make_child(engine, cpu, task))
		return ADVANCE_STUCK;
	op = op_of(engine, sim_task(engine, task));
	if (op->fails && !engine->model->protocol.early_count) {
		/* Nothing that can fail comes after the child is counted. */
		task_free(engine, op->child);
		return stage_return(engine, task);
	}
	return lock_or_block(engine, task);
}

static enum advance enter_exec_join(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	uint32_t old = model_task(engine->model, task)->mm, mm;
	uint32_t declared = engine->mms[old].declared;

	if (op_of(engine, t)->fails)
		return lock_or_block(engine, task);
	mm = sim_mm_new(engine, account_for(engine, declared, true), declared, INDEX_NONE, t->mask,
		cpu, 0);
	if (mm == MM_NONE) {
		out_of_ids(engine, "0: more than 65536 mms alive at once");
		return ADVANCE_STUCK;
	}
	cpus_split_stay(engine, cpu);
	task_change_mm(engine, task, mm);
	return lock_or_block(engine, task);
}

static void mix_step(struct engine *engine, uint32_t task, enum task_op op, uint32_t outcome)
{
	recorder_mix(engine->recorder, engine->now_ns << 8 | (uint64_t)op << 4 | outcome);
	recorder_mix(engine->recorder, (uint64_t)sim_task(engine, task)->pid << 32 |
					       cid_to_kernel(model_task(engine->model, task)->cid));
}

static enum advance enter_affinity(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	uint32_t mask = op_of(engine, t)->mask;

	kernel_affinity_now(engine, task, mask);
	return back_to_user(engine, task);
}

static enum advance stage_enter(struct engine *engine, uint32_t cpu, uint32_t task)
{
	switch ((enum task_op)sim_task(engine, task)->op) {
	case OP_FORK:
		return enter_fork(engine, cpu, task);
	case OP_EXEC_JOIN:
		return enter_exec_join(engine, cpu, task);
	case OP_AFFINITY:
		return enter_affinity(engine, task);
	case OP_EXIT:
	case OP_EXEC_LEAVE:
	case OP_UNDO_FORK:
	case OP_WORK:
		return lock_or_block(engine, task);
	case OP_NONE:
		break;
	}
	g_assert_not_reached();
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
		break;
	}
	g_assert_not_reached();
}

static void next_walk_stage(struct engine *engine, struct sim_task *t, uint32_t mm)
{
	const struct scenario_costs *costs = &engine->scenario->costs;

	switch ((enum mm_phase)model_mm(engine->model, mm)->phase) {
	case PHASE_WALK_TASKS:
		t->stage = STAGE_WALK;
		task_set_due(t, costs->walk_task_ns);
		return;
	case PHASE_WALK_CPUS:
		t->stage = STAGE_WALK;
		task_set_due(t, costs->walk_cpu_ns);
		return;
	case PHASE_COMPLETE:
		t->stage = STAGE_COMPLETE;
		task_set_due(t, costs->complete_ns);
		return;
	case PHASE_IDLE:
	case PHASE_GET_LOCKED:
	case PHASE_GET_MUTEX:
		break;
	}
	g_assert_not_reached();
}

/* Walks see @child from now on. */
static void show(struct engine *engine, uint32_t cpu, uint32_t child)
{
	task_show(engine->model, child);
	if (engine->log)
		log_note(engine, cpu, "show", "pid=%u", sim_task(engine, child)->pid);
}

static enum advance finish_fork(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	struct op *op = op_of(engine, t);
	uint32_t child = op->child;
	bool vfork = op->kind == FORK_VFORK && !op->new_process;

	if (op->fails) {
		t->op = OP_UNDO_FORK;
		return lock_or_block(engine, task);
	}
	if (engine->model->protocol.early_count)
		show(engine, cpu, child);
	t->stage = STAGE_RETURN;
	task_set_due(t, 0);
	emit_fork(&engine->emit, cpu, task, child);
	if (vfork) {
		t->state = TASK_WAITS;
		workload_forked(engine, task, child);
		cpus_wake(engine, child, true);
		return ADVANCE_LEAVES;
	}
	workload_forked(engine, task, child);
	cpus_wake(engine, child, true);
	return ADVANCE_RUNS;
}

static enum advance finish_undo_fork(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	workload_gone(engine, op_of(engine, t)->child);
	task_free(engine, op_of(engine, t)->child);
	t->op = OP_FORK;
	return stage_return(engine, task);
}

static enum advance finish_exit(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	t->state = TASK_DIES;
	emit_exit(&engine->emit, cpu, task);
	workload_vfork_done(engine, task);
	workload_gone(engine, task);
	actions_forget(engine, task);
	return ADVANCE_LEAVES;
}

static enum advance finish_exec(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	bool fails = op_of(engine, t)->fails;

	/* rseq is written on the way back: user space sees the word as it is now. */
	if (fails)
		cpus_split_stay(engine, cpu);
	cpus_show_cid(engine, cpu, task, model_task(engine->model, task)->mm);
	emit_exec(&engine->emit, cpu, task, fails, model_task(engine->model, task)->cid);
	if (!fails)
		workload_vfork_done(engine, task);
	return back_to_user(engine, task);
}

static enum advance finish_work(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	sim_mm_put(engine, g_array_index(engine->work, uint32_t, 0), cpu);
	g_array_remove_index(engine->work, 0);
	if (engine->work->len > 0) {
		enter(t, OP_WORK, 0);
		return ADVANCE_RUNS;
	}
	t->op = OP_NONE;
	t->stage = STAGE_USER;
	t->state = TASK_WAITS;
	return ADVANCE_LEAVES;
}

/* The users of the mm are as they shall be, the mutex is free again. */
static enum advance finish(struct engine *engine, uint32_t cpu, uint32_t task, uint32_t mm)
{
	struct sim_task *t = sim_task(engine, task);

	mutex_unlock(engine, task, mm);
	switch ((enum task_op)t->op) {
	case OP_FORK:
		return finish_fork(engine, cpu, task);
	case OP_UNDO_FORK:
		return finish_undo_fork(engine, task);
	case OP_EXIT:
		return finish_exit(engine, cpu, task);
	case OP_EXEC_LEAVE:
		enter(t, OP_EXEC_JOIN, engine->scenario->costs.exec_ns);
		return ADVANCE_RUNS;
	case OP_EXEC_JOIN:
		return finish_exec(engine, cpu, task);
	case OP_WORK:
		return finish_work(engine, cpu, task);
	case OP_AFFINITY:
	case OP_NONE:
		break;
	}
	g_assert_not_reached();
}

static void spin_in_fork(struct engine *engine, uint32_t cpu, uint32_t mm)
{
	engine->cpus[cpu].state = CPU_SPINS_FORK;
	cputree_set(engine->tree, cpu, CPUTREE_NEVER);
	spins_begin(engine, cpu, mm);
	if (engine->log)
		spins_log(engine, cpu);
}

static const char *op_name(enum task_op op)
{
	static const char *const names[] = { "none", "fork", "undo_fork", "exit", "exec_leave",
		"exec_join", "affinity", "work" };

	return names[op];
}

/* @event of @mm, by @task on @cpu; @child: TASK_NONE or whom it was about. */
static void log_event(struct engine *engine, uint32_t cpu, const char *event, uint32_t task,
	uint32_t child, uint32_t mm, struct step step)
{
	struct log_text text;

	log_begin(&text);
	log_pid(engine, &text, "pid=", task);
	log_values(engine, &text, mm);
	log_word(&text, " word=", model_task(engine->model, task)->cid);
	if (child != TASK_NONE) {
		log_pid(engine, &text, " child=", child);
		log_word(&text, " child_word=", model_task(engine->model, child)->cid);
	}
	log_word(&text, " cpu_word=", model_word(engine->model, model_mm(engine->model, mm), cpu));
	log_mm(engine, &text, mm);
	log_string(&text, " outcome=", step_outcome_to_string(step.outcome));
	log_send(engine, cpu, event, &text);
}

/* A decision, or its complete, as @event says. */
static void log_decision(struct engine *engine, uint32_t cpu, const char *event, uint32_t task,
	uint32_t mm, struct step step)
{
	const struct sim_task *t = sim_task(engine, task);
	bool forks = t->op == OP_FORK || t->op == OP_UNDO_FORK;

	log_event(engine, cpu, event, task, forks ? op_of(engine, t)->child : TASK_NONE, mm, step);
}

void kernel_log_start(struct engine *engine, uint32_t cpu, uint32_t task, struct step step)
{
	log_event(engine, cpu, "start", task, TASK_NONE, model_task(engine->model, task)->mm, step);
}

static enum advance stage_decide(struct engine *engine, uint32_t cpu, uint32_t task)
{
	uint32_t mm = target_mm(engine, task);
	struct step step = decide(engine, cpu, task, mm);

	while (step.outcome == STEP_NEEDS_EXTENT) {
		engine_grow_extents(engine);
		step = decide(engine, cpu, task, mm);
	}
	step = spins_set_found_by_fork(engine, mm, step);
	mix_step(engine, task, sim_task(engine, task)->op, step.outcome);
	if (engine->log)
		log_decision(engine, cpu, op_name(sim_task(engine, task)->op), task, mm, step);
	engine_after_step(engine, mm);
	switch (step.outcome) {
	case STEP_DONE:
		return finish(engine, cpu, task, mm);
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
	struct sim_cpu *c = &engine->cpus[cpu];
	uint64_t until = engine->cpus[wanted].lock_until_ns;

	c->state = CPU_WAITS_RQ_LOCK;
	engine->details[cpu].waits_for = wanted;
	if (until == NEVER) {
		cputree_set(engine->tree, cpu, CPUTREE_NEVER);
		g_array_append_val(engine->lock_waiters, cpu);
	} else {
		cputree_set(engine->tree, cpu,
			until <= engine->scenario->time_ns ? until : CPUTREE_NEVER);
	}
	return ADVANCE_STUCK;
}

/* The task that the next step of the walk of @mm, on @cpu, looks at: a user, or who runs there;
 * TASK_NONE: none of the mm. */
static uint32_t walk_target(struct engine *engine, uint32_t mm, uint32_t cpu)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	uint32_t task =
		m->phase == PHASE_WALK_TASKS ? m->cursor : model_cpu(engine->model, cpu)->curr;
	const struct model_task *t;

	if (task == TASK_NONE)
		return TASK_NONE;
	t = model_task(engine->model, task);
	return t->has_mm && t->mm == mm ? task : TASK_NONE;
}

static void log_walk(
	struct engine *engine, uint32_t cpu, uint32_t mm, uint32_t wanted, uint32_t target)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	struct log_text text;

	log_begin(&text);
	log_number(&text, "cpu=", engine->scenario->cpu_ids[wanted]);
	log_number(&text, " taken=", m->taken);
	if (target != TASK_NONE) {
		log_pid(engine, &text, " pid=", target);
		log_word(&text, " word=", model_task(engine->model, target)->cid);
	}
	log_word(&text, " cpu_word=", model_word(engine->model, m, wanted));
	log_mm(engine, &text, mm);
	log_send(engine, cpu, "walk", &text);
}

enum advance kernel_walk_step(struct engine *engine, uint32_t cpu, uint32_t task)
{
	uint32_t mm = target_mm(engine, task);
	uint32_t wanted = walk_next_cpu(engine->model, mm), target;
	struct sim_cpu *c = &engine->cpus[cpu];
	struct step step;

	if (engine->cpus[wanted].lock_until_ns > engine->now_ns && wanted != cpu)
		return wait_for_rq_lock(engine, cpu, wanted);
	target = engine->log ? walk_target(engine, mm, wanted) : TASK_NONE;
	step = walk_step(engine->model, mm, observer_of(engine, mm));
	assert(step.outcome == STEP_DONE || step.outcome == STEP_WINDOW);
	c->run_start_ns = engine->now_ns; /* it may have waited for the lock until now */
	mix_step(engine, task, OP_NONE, step.outcome);
	if (engine->log)
		log_walk(engine, cpu, mm, wanted, target);
	engine_after_step(engine, mm);
	next_walk_stage(engine, sim_task(engine, task), mm);
	return ADVANCE_RUNS;
}

static enum advance stage_complete(struct engine *engine, uint32_t cpu, uint32_t task)
{
	uint32_t mm = target_mm(engine, task);
	struct step step = spins_set_found_by_fork(
		engine, mm, window_complete(engine->model, mm, observer_of(engine, mm)));

	sim_task(engine, task)->in_window = 0;
	mix_step(engine, task, OP_NONE, step.outcome);
	if (engine->log)
		log_decision(engine, cpu, "complete", task, mm, step);
	engine_after_step(engine, mm);
	engine_after_window(engine, mm);
	if (step.outcome == STEP_SPINS) {
		spin_in_fork(engine, cpu, mm);
		return ADVANCE_STUCK;
	}
	return finish(engine, cpu, task, mm);
}

uint32_t kernel_window_mm(struct engine *engine, uint32_t task)
{
	return target_mm(engine, task);
}

void kernel_fork_got(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = &engine->cpus[cpu];
	uint32_t task = c->curr;
	enum advance advance;

	c->state = CPU_RUNS;
	c->run_start_ns = engine->now_ns;
	advance = finish(engine, cpu, task, target_mm(engine, task));
	if (advance == ADVANCE_LEAVES)
		cpus_leave(engine, cpu, task);
	else
		cputree_set(engine->tree, cpu, engine->now_ns);
}

enum advance kernel_advance(struct engine *engine, uint32_t cpu, uint32_t task)
{
	switch ((enum task_stage)sim_task(engine, task)->stage) {
	case STAGE_USER:
		return workload_next(engine, cpu, task);
	case STAGE_ENTER:
		return stage_enter(engine, cpu, task);
	case STAGE_DECIDE:
		return stage_decide(engine, cpu, task);
	case STAGE_WALK:
		return kernel_walk_step(engine, cpu, task);
	case STAGE_COMPLETE:
		return stage_complete(engine, cpu, task);
	case STAGE_RETURN:
		return stage_return(engine, task);
	}
	g_assert_not_reached();
}

static void queue_work(struct engine *engine, uint32_t mm, uint32_t cpu)
{
	struct sim_task *t;

	g_array_append_val(engine->work, mm);
	engine->mms[mm].tasks++; /* it must still be there when the work runs */
	if (engine->kworker == TASK_NONE) {
		engine->kworker =
			task_new(engine, engine->unit_of_kworker, MM_NONE, TASK_NONE, cpu, false);
		g_assert(engine->kworker != TASK_NONE);
	}
	t = sim_task(engine, engine->kworker);
	if (t->op != OP_NONE)
		return; /* it goes on with this one when it is done */
	enter(t, OP_WORK, 0);
	cpus_wake(engine, engine->kworker, false);
}

static void log_affinity(struct engine *engine, uint32_t task, const struct cpu_set *set)
{
	const struct model_task *t = model_task(engine->model, task);
	struct log_text text;

	log_begin(&text);
	log_pid(engine, &text, "pid=", task);
	log_number(&text, " cpus=", set->count);
	if (t->has_mm) {
		log_values(engine, &text, t->mm);
		log_number(&text, " deferred=", model_mm(engine->model, t->mm)->update_deferred);
		log_mm(engine, &text, t->mm);
	}
	log_send_with_mask(engine, t->cpu, "affinity", &text, set);
}

void kernel_affinity_now(struct engine *engine, uint32_t task, uint32_t mask)
{
	const struct cpu_set *set = &g_array_index(engine->masks, struct cpu_set, mask);
	const struct model_task *m = model_task(engine->model, task);
	struct model_mm *mm = m->has_mm ? model_mm(engine->model, m->mm) : NULL;
	bool deferred = mm && mm->update_deferred;
	struct step step = affinity_change(
		engine->model, task, set->words, mm ? observer_of(engine, m->mm) : NULL);

	if (step.outcome == STEP_NEEDS_RQ_LOCK || step.outcome == STEP_NEEDS_LOCK) {
		/* A switch that spins holds the lock: the change waits for it. */
		struct late_affinity late = { task, sim_task(engine, task)->pid, mask };

		g_array_append_val(engine->late_affinities, late);
		return;
	}
	engine->totals->affinity_changes++;
	sim_task(engine, task)->mask = mask;
	mix_step(engine, task, OP_AFFINITY, mask);
	if (engine->log)
		log_affinity(engine, task, set);
	if (mm) {
		engine_after_step(engine, m->mm);
		if (mm->update_deferred && !deferred)
			queue_work(engine, m->mm, m->cpu);
	}
	cpus_affinity_changed(engine, task);
}
