/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/event.h"

#include "model/exec.h"
#include "model/mm.h"
#include "model/tasks.h"
#include "sim/kernel/align.h"
#include "sim/kernel/limits.h"
#include "sim/kernel/mirror.h"
#include "sim/kernel/path.h"
#include "sim/kernel/program.h"

static const struct model_task *task_of(const struct pair *pair, uint32_t task)
{
	return model_task_const(pair->model, task);
}

static bool is_life(const struct pair *pair, uint32_t task, enum life life)
{
	return task < pair->shape.tasks_max && pair->tasks[task].life == life;
}

/* Not on the way into life, nor out of it. */
static bool can_run(const struct pair *pair, uint32_t task)
{
	return is_life(pair, task, LIFE_USER) || is_life(pair, task, LIFE_BUSY) ||
	       is_life(pair, task, LIFE_IN_EXEC);
}

static bool is_there(const struct pair *pair, uint32_t task)
{
	return can_run(pair, task) || is_life(pair, task, LIFE_WAITS);
}

static bool rq_is_free(const struct pair *pair, uint32_t cpu)
{
	return !pair->operations[ACTOR_CPU + cpu].busy && pair_is_free(pair, CODE_RQ, cpu);
}

static bool allows(const struct pair *pair, uint32_t task, uint32_t cpu)
{
	return pair->tasks[task].mask >> cpu & 1;
}

/* Operations begin and end. */

static void add_actor(struct pair *pair, uint32_t actor)
{
	g_assert(pair->actors_count < ACTORS_MAX);
	pair->actors[pair->actors_count++] = actor;
}

static void remove_actor(struct pair *pair, uint32_t actor)
{
	uint32_t i = 0;

	while (pair->actors[i] != actor)
		i++;
	g_assert(i < pair->actors_count);
	pair->actors[i] = pair->actors[--pair->actors_count];
}

/* An mm that nobody has any more is no longer compared. */
static void forget_mm(struct pair *pair, uint32_t mm)
{
	if (!pair_has_mm(pair, mm) || model_mm_const(pair->model, mm)->users > 0 ||
		model_mm_const(pair->model, mm)->phase != PHASE_IDLE ||
		pair->operations[ACTOR_WORKER + mm].busy ||
		(pair->operations[ACTOR_AFFINITY].busy &&
			pair->operations[ACTOR_AFFINITY].mm == mm))
		return;
	for (uint32_t task = 0; task < pair->shape.tasks_max; task++) {
		if (pair->tasks[task].life != LIFE_NONE && task_of(pair, task)->mm == mm)
			return;
	}
	mm_destroy(pair->model, mm);
	pair->tainted[mm] = false;
}

static void forget_task(struct pair *pair, uint32_t task)
{
	uint32_t mm = task_of(pair, task)->mm;

	if (!is_life(pair, task, LIFE_DEAD) || model_is_running(pair->model, task))
		return;
	mirror_forget(pair, task);
	task_destroy(pair->model, task);
	PAIR_DO(pair, forget_task(task));
	pair->tasks[task].life = LIFE_NONE;
	forget_mm(pair, mm);
}

static void show(struct pair *pair, uint32_t task)
{
	task_show(pair->model, task);
	PAIR_DO(pair, show_task(task, true));
}

static void end_fork(struct pair *pair, const struct operation *operation)
{
	struct pair_task *parent = &pair->tasks[operation->task];

	if (pair->protocol.early_count)
		show(pair, operation->what);
	pair->tasks[operation->what].life = LIFE_USER;
	parent->life = parent->waits_on ? LIFE_WAITS : LIFE_USER;
}

/* @task does not use the mm of its parent any more: if that waits for it, it goes on. */
static void end_vfork(struct pair *pair, uint32_t task)
{
	for (uint32_t parent = 0; parent < pair->shape.tasks_max; parent++) {
		if (pair->tasks[parent].waits_on != task + 1)
			continue;
		pair->tasks[parent].waits_on = 0;
		pair->tasks[parent].life = LIFE_USER;
	}
}

static void end_life(struct pair *pair, uint32_t task)
{
	PAIR_DO(pair, show_task(task, false));
	pair->tasks[task].life = LIFE_DEAD;
	pair->alive--;
	end_vfork(pair, task);
}

static void end_operation(struct pair *pair, uint32_t actor)
{
	struct operation *operation = &pair->operations[actor];

	operation->busy = false;
	remove_actor(pair, actor);
	switch (operation->op) {
	case CODE_SWITCH:
		if (operation->task != CODE_NONE)
			forget_task(pair, operation->task);
		break;
	case CODE_FORK:
		end_fork(pair, operation);
		break;
	case CODE_EXIT:
		end_life(pair, operation->task);
		break;
	case CODE_EXEC_LEAVES:
		pair->tasks[operation->task].life = LIFE_IN_EXEC;
		break;
	case CODE_EXEC_RETURNS:
		pair->tasks[operation->task].life = LIFE_USER;
		break;
	case CODE_AFFINITY:
	case CODE_WORK:
		forget_mm(pair, operation->mm);
		break;
	}
}

static uint32_t cpu_of_actor(const struct pair *pair, uint32_t actor)
{
	if (actor < ACTOR_TASK)
		return actor;
	return actor < ACTOR_WORKER ? task_of(pair, actor - ACTOR_TASK)->cpu : 0;
}

static enum event_outcome go_on(struct pair *pair, uint32_t actor)
{
	struct operation *operation = &pair->operations[actor];

	if (!align_resume(pair, actor, cpu_of_actor(pair, actor)))
		return EVENT_DIFFERS;
	if (operation->at.stop != CODE_SPINS)
		operation->spins_since = 0;
	else if (!operation->spins_since)
		operation->spins_since = pair->events + 1;
	if (operation->at.stop == CODE_ENDS)
		end_operation(pair, actor);
	return EVENT_TAKEN;
}

static enum event_outcome begin(struct pair *pair, uint32_t actor, enum code_op op, uint32_t what,
	uint32_t task, uint32_t mm)
{
	struct operation *operation = &pair->operations[actor];

	g_assert(!operation->busy);
	*operation = (struct operation){ .busy = true,
		.op = op,
		.what = what,
		.task = task,
		.mm = mm,
		.due = program_begin(op) };
	if (op == CODE_EXEC_RETURNS)
		operation->fails = pair->tasks[task].fails;
	add_actor(pair, actor);
	PAIR_DO(pair, begin(actor, op, what));
	return go_on(pair, actor);
}

/* Resume */

/* The lock that an operation is before. */
enum lock_answer {
	LOCK_FREE,  /* or it is before none */
	LOCK_WAITS, /* from now on: it spins, and its CPU does nothing else */
	LOCK_HELD,
};

static enum lock_answer try_lock(struct pair *pair, struct operation *operation)
{
	const struct code_at *at = &operation->at;
	bool spins = at->stop == CODE_LOCK || at->stop == CODE_RQ;

	if (!spins && at->stop != CODE_MUTEX)
		return LOCK_FREE;
	if (at->lock == CODE_NONE || pair_is_free(pair, at->stop, at->lock))
		return LOCK_FREE;
	if (!spins || operation->waits)
		return LOCK_HELD;
	operation->waits = true;
	return LOCK_WAITS;
}

static enum event_outcome resume(struct pair *pair, uint32_t actor)
{
	struct operation *operation;

	if (actor >= ACTORS_MAX || !pair->operations[actor].busy)
		return EVENT_IMPOSSIBLE;
	operation = &pair->operations[actor];
	if (actor >= ACTOR_TASK && actor < ACTOR_WORKER && !pair_executes(pair, actor - ACTOR_TASK))
		return EVENT_IMPOSSIBLE;
	if (operation->at.stop == CODE_SYNC && pair->operations[ACTOR_WORKER + operation->mm].busy)
		return EVENT_IMPOSSIBLE;
	switch (try_lock(pair, operation)) {
	case LOCK_FREE:
		return go_on(pair, actor);
	case LOCK_WAITS:
		return EVENT_TAKEN;
	case LOCK_HELD:
		break;
	}
	return EVENT_IMPOSSIBLE;
}

/* Switch */

static bool may_leave(const struct pair *pair, uint32_t cpu)
{
	uint32_t curr = model_cpu_const(pair->model, cpu)->curr;
	const struct operation *operation;

	if (curr == TASK_NONE)
		return true;
	operation = &pair->operations[ACTOR_TASK + curr];
	return !operation->busy || (operation->at.spins == 0 && !operation->waits);
}

static bool can_enter(const struct pair *pair, uint32_t cpu, uint32_t task)
{
	uint32_t from;

	if (!can_run(pair, task) || !allows(pair, task, cpu) || model_is_running(pair->model, task))
		return false;
	from = task_of(pair, task)->cpu;
	return from == cpu || rq_is_free(pair, from);
}

static void move(struct pair *pair, uint32_t task, uint32_t cpu)
{
	if (task_of(pair, task)->cpu == cpu)
		return;
	path_note_move(pair, task, cpu);
	task_migrate(pair->model, task, cpu);
	PAIR_DO(pair, set_cpu(task, cpu));
}

static enum event_outcome switch_to(struct pair *pair, uint32_t cpu, uint32_t next)
{
	uint32_t curr;

	if (cpu >= pair->shape.cpus || !rq_is_free(pair, cpu) || !may_leave(pair, cpu))
		return EVENT_IMPOSSIBLE;
	curr = model_cpu_const(pair->model, cpu)->curr;
	if (next == EVENT_NOBODY ? curr == TASK_NONE : !can_enter(pair, cpu, next))
		return EVENT_IMPOSSIBLE;
	if (next != EVENT_NOBODY)
		move(pair, next, cpu);
	return begin(pair, ACTOR_CPU + cpu, CODE_SWITCH, next == EVENT_NOBODY ? CODE_NONE : next,
		curr == TASK_NONE ? CODE_NONE : curr, CODE_NONE);
}

/* Tasks begin operations. */

static bool may_begin(const struct pair *pair, uint32_t task)
{
	return is_life(pair, task, LIFE_USER) && pair_executes(pair, task);
}

static void make_child(
	struct pair *pair, uint32_t parent, uint32_t child, uint32_t mm, uint32_t group)
{
	uint32_t cpu = task_of(pair, parent)->cpu;

	task_create(pair->model, child, mm, group, cpu);
	PAIR_DO(pair, make_task(child, group, cpu));
	PAIR_DO(pair, set_mask(child, pair->tasks[parent].mask));
	pair->tasks[child] =
		(struct pair_task){ .life = LIFE_BORN, .mask = pair->tasks[parent].mask };
	pair->alive++;
}

static void make_mm(struct pair *pair, uint32_t mm, uint32_t task, uint32_t parent)
{
	mm_create(pair->model, mm, &pair->tasks[task].mask);
	if (parent != CODE_NONE)
		mm_inherit(pair->model, mm, model_mm_const(pair->model, parent)->mode);
	PAIR_DO(pair, make_mm(mm, task, parent));
	pair->tainted[mm] = false;
}

static enum event_outcome fork_task(struct pair *pair, const struct event *event)
{
	uint32_t parent = event->a, child = event->b, mm = event->c;
	bool process = event->kind == EVENT_PROCESS, waits = event->kind == EVENT_VFORK;
	uint32_t group;

	if (!may_begin(pair, parent) || !is_life(pair, child, LIFE_NONE) ||
		(process && (mm >= pair->shape.mms_max || pair_has_mm(pair, mm))))
		return EVENT_IMPOSSIBLE;
	group = event->kind == EVENT_THREAD ? task_of(pair, parent)->group : child;
	if (!process)
		mm = task_of(pair, parent)->mm;
	if (process)
		make_mm(pair, mm, parent, task_of(pair, parent)->mm);
	make_child(pair, parent, child, mm, group);
	PAIR_DO(pair, set_mm(child, mm));
	if (!pair->protocol.early_count)
		show(pair, child);
	pair->tasks[parent].life = LIFE_BUSY;
	pair->tasks[parent].waits_on = waits ? (uint8_t)(child + 1) : 0;
	return begin(pair, ACTOR_TASK + parent, CODE_FORK, child, parent, mm);
}

static enum event_outcome leave(struct pair *pair, uint32_t task, enum code_op op, bool fails)
{
	if (!may_begin(pair, task) || (fails && !pair->shape.failed_execs))
		return EVENT_IMPOSSIBLE;
	pair->tasks[task].life = LIFE_BUSY;
	pair->tasks[task].fails = fails;
	return begin(pair, ACTOR_TASK + task, op, 0, task, task_of(pair, task)->mm);
}

static void join(struct pair *pair, uint32_t task, uint32_t mm)
{
	uint32_t old = task_of(pair, task)->mm;

	path_note_exec(pair, task);
	make_mm(pair, mm, task, CODE_NONE);
	exec_join(pair->model, task, mm);
	PAIR_DO(pair, set_mm(task, mm));
	PAIR_DO(pair, set_group(task, task));
	end_vfork(pair, task);
	forget_mm(pair, old);
}

static enum event_outcome return_from_exec(struct pair *pair, uint32_t task, uint32_t mm)
{
	if (!is_life(pair, task, LIFE_IN_EXEC) || !pair_executes(pair, task))
		return EVENT_IMPOSSIBLE;
	if (!pair->tasks[task].fails) {
		if (mm >= pair->shape.mms_max || pair_has_mm(pair, mm))
			return EVENT_IMPOSSIBLE;
		join(pair, task, mm);
	}
	pair->tasks[task].life = LIFE_BUSY;
	return begin(pair, ACTOR_TASK + task, CODE_EXEC_RETURNS, 0, task, task_of(pair, task)->mm);
}

/* A task whose exec has succeeded has another mm. Where only one is looked at, it does nothing
 * more. */
static enum event_outcome go_away(struct pair *pair, uint32_t task)
{
	if (!is_life(pair, task, LIFE_IN_EXEC) || !pair_executes(pair, task) ||
		pair->tasks[task].fails)
		return EVENT_IMPOSSIBLE;
	path_note_exec(pair, task);
	end_life(pair, task);
	PAIR_DO(pair, set_mm(task, CODE_NONE));
	return EVENT_TAKEN;
}

static enum event_outcome end_store(struct pair *pair, uint32_t store)
{
	struct code_at at;

	if (store >= CODE_STORES_MAX || !pair->code->buffered(store, &at))
		return EVENT_IMPOSSIBLE;
	pair->code->leave(store);
	return EVENT_TAKEN;
}

/* The rest */

/* The code asks for users before it has the lock of the mm, the model when it has it. So nobody
 * comes in between: both locks are free, and it runs to its end (align.c). */
static enum event_outcome change_affinity(struct pair *pair, uint32_t task, uint64_t mask)
{
	uint32_t mm;

	mask &= UINT64_MAX >> (64 - pair->shape.cpus);
	if (pair->operations[ACTOR_AFFINITY].busy || !is_there(pair, task) || !mask)
		return EVENT_IMPOSSIBLE;
	mm = task_of(pair, task)->mm;
	if (!pair_is_free(pair, CODE_LOCK, mm) || !rq_is_free(pair, task_of(pair, task)->cpu))
		return EVENT_IMPOSSIBLE;
	pair->tasks[task].mask = mask;
	PAIR_DO(pair, set_mask(task, mask));
	return begin(pair, ACTOR_AFFINITY, CODE_AFFINITY, task, CODE_NONE, mm);
}

static enum event_outcome migrate(struct pair *pair, uint32_t task, uint32_t cpu)
{
	if (cpu >= pair->shape.cpus || !is_there(pair, task) || !allows(pair, task, cpu) ||
		model_is_running(pair->model, task))
		return EVENT_IMPOSSIBLE;
	if (task_of(pair, task)->cpu == cpu || !rq_is_free(pair, cpu) ||
		!rq_is_free(pair, task_of(pair, task)->cpu))
		return EVENT_IMPOSSIBLE;
	move(pair, task, cpu);
	return EVENT_TAKEN;
}

/* Both are asked, because asking first runs what an interrupt does. */
static bool has_work(const struct pair *pair, uint32_t mm)
{
	bool has = pair->code->has_work(mm), other = !pair->other || pair->other->has_work(mm);

	return has && other;
}

static enum event_outcome work(struct pair *pair, uint32_t mm)
{
	if (!pair_has_mm(pair, mm) || pair->operations[ACTOR_WORKER + mm].busy ||
		!has_work(pair, mm))
		return EVENT_IMPOSSIBLE;
	return begin(pair, ACTOR_WORKER + mm, CODE_WORK, mm, CODE_NONE, mm);
}

static enum event_outcome apply(struct pair *pair, const struct event *event)
{
	switch ((enum event_kind)event->kind) {
	case EVENT_RESUME:
		return resume(pair, event->a);
	case EVENT_SWITCH:
		return switch_to(pair, event->a, event->b);
	case EVENT_THREAD:
	case EVENT_CLONE_VM:
	case EVENT_VFORK:
	case EVENT_PROCESS:
		return fork_task(pair, event);
	case EVENT_EXIT:
		return leave(pair, event->a, CODE_EXIT, false);
	case EVENT_EXEC:
		return leave(pair, event->a, CODE_EXEC_LEAVES, event->b);
	case EVENT_RETURN:
		return return_from_exec(pair, event->a, event->b);
	case EVENT_AFFINITY:
		return change_affinity(pair, event->a, event->mask);
	case EVENT_MIGRATE:
		return migrate(pair, event->a, event->b);
	case EVENT_WORK:
		return work(pair, event->a);
	case EVENT_GONE:
		return go_away(pair, event->a);
	case EVENT_STORED:
		return end_store(pair, event->a);
	case EVENT_KINDS:
		break;
	}
	return EVENT_IMPOSSIBLE;
}

enum event_outcome event_apply(struct pair *pair, const struct event *event)
{
	enum event_outcome outcome = apply(pair, event);

	limits_alive();
	if (outcome == EVENT_TAKEN)
		pair->events++;
	return outcome;
}
