/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/orders.h"

/* Has the get of a switch on @cpu, or of a fork in @mm, found a number that it has yet to set
 * (split get)? Else it spins. */
static bool orders_has_found(struct orders *o, uint32_t cpu)
{
	return orders_cpu(o, cpu)->found > 0;
}

static bool orders_has_found_by_fork(struct orders *o, uint32_t mm)
{
	return orders_mm(o, mm)->found > 0;
}

bool orders_begun(struct orders *o, uint32_t task, enum task_op op, uint32_t mm, struct step step)
{
	if (step.outcome == STEP_NEEDS_MUTEX)
		return false;
	o->task[task].op = op;
	if (step.outcome == STEP_DONE)
		orders_op_done(o, task);
	o->spins += step.outcome == STEP_SPINS;
	return true;
}

void orders_switch_out(struct orders *o, uint32_t cpu)
{
	uint32_t prev = orders_cpu(o, cpu)->curr;

	if (prev != TASK_NONE && o->task[prev].op != OP_NONE && o->task[prev].op != OP_SHOW)
		o->preempted_walks++;
	ORDERS_CALL(o, switch_out(m, cpu, obs));
	if (prev != TASK_NONE && o->task[prev].status == TASK_DEAD)
		orders_forget(o, prev);
}

struct step orders_switch_in(struct orders *o, uint32_t cpu, uint32_t next)
{
	struct step step = { 0 };

	ORDERS_STEP(o, step, switch_in(m, cpu, next, obs));
	return step;
}

static bool orders_act_out(struct orders *o)
{
	uint32_t cpu = orders_pick(o, o->knobs.cpus, orders_can_leave);

	if (cpu == o->knobs.cpus ||
		(o->knobs.calm && orders_cpu(o, cpu)->curr != TASK_NONE && orders_chance(o, 80)))
		return false;
	orders_switch_out(o, cpu);
	return true;
}

static bool orders_act_in(struct orders *o)
{
	uint32_t cpu = orders_pick(o, o->knobs.cpus, orders_is_between);
	uint32_t next;

	if (cpu == o->knobs.cpus)
		return false;
	next = orders_pick(o, o->knobs.tasks, orders_is_runnable);
	if (next == o->knobs.tasks || !orders_can_pull(o, next, cpu) || orders_chance(o, 10))
		next = TASK_NONE;
	o->spins += orders_switch_in(o, cpu, next).outcome == STEP_SPINS;
	return true;
}

/* Where a get gives up, it does so after any number of rounds that found nothing. */
static bool orders_gives_up(struct orders *o)
{
	if (!o->knobs.protocol.bounded_get || !orders_chance(o, 50))
		return false;
	o->gave_up++;
	return true;
}

static bool orders_act_spin(struct orders *o)
{
	uint32_t cpu = orders_pick(o, o->knobs.cpus, orders_is_spinning);
	struct step step = { 0 };
	bool found;

	if (cpu == o->knobs.cpus)
		return false;
	found = orders_has_found(o, cpu);
	if (!found && orders_gives_up(o)) {
		ORDERS_CALL(o, switch_give_up(m, cpu));
		return true;
	}
	ORDERS_STEP(o, step, switch_spin(m, cpu, obs));
	o->lost_races += found && step.outcome == STEP_SPINS;
	return true;
}

/* One more round of the get of a fork in @mm, or none. */
static void orders_fork_spin(struct orders *o, uint32_t mm)
{
	bool found = orders_has_found_by_fork(o, mm);
	struct step step = { 0 };

	if (!found && orders_gives_up(o)) {
		ORDERS_CALL(o, fork_give_up(m, mm));
		return;
	}
	ORDERS_STEP(o, step, fork_spin(m, mm, obs));
	o->lost_races += found && step.outcome == STEP_SPINS;
}

bool orders_advance(struct orders *o, uint32_t mm)
{
	const struct model_mm *at = orders_mm(o, mm);
	uint32_t initiator = at->initiator;
	struct step step = { 0 };

	if (!at->live || at->phase == PHASE_IDLE ||
		(initiator != TASK_NONE && !orders_is_executing(o, initiator)))
		return false;
	if (at->phase == PHASE_GET_LOCKED || at->phase == PHASE_GET_MUTEX) {
		orders_fork_spin(o, mm);
	} else if (at->phase == PHASE_COMPLETE) {
		ORDERS_STEP(o, step, window_complete(m, mm, obs));
		o->spins += step.outcome == STEP_SPINS;
	} else {
		ORDERS_STEP(o, step, walk_step(m, mm, obs));
		o->waiting[mm] = step.outcome == STEP_NEEDS_RQ_LOCK;
	}
	if (orders_mm(o, mm)->phase == PHASE_IDLE && initiator != TASK_NONE)
		orders_op_done(o, initiator);
	return true;
}

static bool orders_act_advance(struct orders *o)
{
	return orders_advance(o, orders_below(o, o->knobs.mms));
}

/* A new mm, or o->knobs.mms if there is none left. */
static uint32_t orders_new_mm(struct orders *o)
{
	uint32_t mm = orders_pick(o, o->knobs.mms, orders_is_mm_free);
	uint64_t words[ORDERS_CPUS / 64];
	const uint64_t *mask = orders_mask(o, words);
	struct step step;

	if (mm < o->knobs.mms)
		ORDERS_STEP(o, step, mm_create(m, mm, mask));
	return mm;
}

static void orders_fork(
	struct orders *o, uint32_t parent, uint32_t child, uint32_t mm, uint32_t group)
{
	uint32_t cpu = orders_task(o, parent)->cpu;
	struct step step = { 0 };

	ORDERS_CALL(o, task_create(m, child, mm, group, cpu));
	if (!o->knobs.protocol.early_count || !o->knobs.late_show)
		ORDERS_CALL(o, task_show(m, child));
	o->task[child].status = TASK_BORN;
	o->task[parent].child = child;
	ORDERS_STEP(o, step, fork_begin(m, cpu, parent, child, obs));
	if (!orders_begun(o, parent, OP_FORK, mm, step))
		orders_forget(o, child);
}

static bool orders_act_fork(struct orders *o)
{
	uint32_t parent = orders_pick(o, o->knobs.tasks, orders_is_unoccupied);
	uint32_t child = orders_pick(o, o->knobs.tasks, orders_is_free);
	uint32_t mm, group;

	if (parent == o->knobs.tasks || child == o->knobs.tasks ||
		(o->knobs.waves && o->falling && orders_chance(o, 80)))
		return false;
	mm = orders_task(o, parent)->mm;
	group = orders_task(o, parent)->group;
	if (o->knobs.vfork && orders_chance(o, 30))
		group = child;
	if (orders_chance(o, 5) && (mm = orders_new_mm(o)) < o->knobs.mms)
		group = child;
	else
		mm = orders_task(o, parent)->mm;
	orders_fork(o, parent, child, mm, group);
	return true;
}

/* What is left of a fork after its child was counted: it is shown and woken, or the fork fails. */
static bool orders_act_show(struct orders *o)
{
	uint32_t parent = orders_pick(o, o->knobs.tasks, orders_is_user_executing);
	uint32_t child;
	struct step step = { 0 };

	if (parent == o->knobs.tasks || o->task[parent].op != OP_SHOW)
		return false;
	child = o->task[parent].child;
	if (o->knobs.failed_fork && orders_chance(o, 50)) {
		ORDERS_STEP(o, step, exit_begin(m, orders_task(o, parent)->cpu, child, obs));
		o->forks_failed += step.outcome != STEP_NEEDS_MUTEX;
		return orders_begun(o, parent, OP_UNFORK, orders_task(o, child)->mm, step);
	}
	ORDERS_CALL(o, task_show(m, child));
	o->task[child].status = TASK_READY;
	o->task[parent].op = OP_NONE;
	return true;
}

static bool orders_act_exit(struct orders *o)
{
	uint32_t task = orders_pick(o, o->knobs.tasks, orders_is_unoccupied);
	struct step step = { 0 };

	if (task == o->knobs.tasks || !o->knobs.exit_one ||
		(o->knobs.waves && !o->falling && orders_chance(o, 80)))
		return false;
	ORDERS_STEP(o, step, exit_begin(m, orders_task(o, task)->cpu, task, obs));
	return orders_begun(o, task, OP_EXIT, orders_task(o, task)->mm, step);
}

static bool orders_act_exec(struct orders *o)
{
	uint32_t task = orders_pick(o, o->knobs.tasks, orders_is_unoccupied);
	struct step step = { 0 };

	if (task == o->knobs.tasks || !(o->knobs.exec || o->knobs.failed_exec))
		return false;
	ORDERS_STEP(o, step, exit_begin(m, orders_task(o, task)->cpu, task, obs));
	return orders_begun(o, task, OP_EXEC_LEAVE, orders_task(o, task)->mm, step);
}

static bool orders_is_in_exec(struct orders *o, uint32_t task)
{
	return o->task[task].status == TASK_IN_EXEC && o->task[task].op == OP_NONE &&
	       orders_is_executing(o, task);
}

/* The end of an exec: a new mm, or back to the old one. */
static bool orders_act_exec_end(struct orders *o)
{
	uint32_t task = orders_pick(o, o->knobs.tasks, orders_is_in_exec);
	uint32_t mm = o->knobs.mms;
	struct step step = { 0 };

	if (task == o->knobs.tasks)
		return false;
	if (o->knobs.exec && !(o->knobs.failed_exec && orders_chance(o, 70)))
		mm = orders_new_mm(o);
	if (mm == o->knobs.mms && !o->knobs.failed_exec)
		return false;
	if (mm < o->knobs.mms)
		ORDERS_CALL(o, exec_join(m, task, mm));
	ORDERS_STEP(o, step, fork_begin(m, orders_task(o, task)->cpu, task, task, obs));
	o->execs_failed += mm == o->knobs.mms && step.outcome != STEP_NEEDS_MUTEX;
	return orders_begun(o, task, OP_EXEC_BACK, orders_task(o, task)->mm, step);
}

static bool orders_has_task(struct orders *o, uint32_t mm)
{
	for (uint32_t task = 0; task < o->knobs.tasks; task++) {
		if (o->task[task].status != TASK_FREE && orders_task(o, task)->has_mm &&
			orders_task(o, task)->mm == mm)
			return true;
	}
	return false;
}

/* An mm that nobody refers to any more ends. */
static bool orders_act_end_mm(struct orders *o)
{
	uint32_t mm = orders_below(o, o->knobs.mms);

	if (!orders_mm(o, mm)->live || orders_has_task(o, mm))
		return false;
	ORDERS_CALL(o, mm_destroy(m, mm));
	return true;
}

/* A process made by somebody outside. */
static bool orders_act_spawn(struct orders *o)
{
	uint32_t task = orders_pick(o, o->knobs.tasks, orders_is_free);
	uint32_t cpu = orders_pick(o, o->knobs.cpus, orders_can_leave);
	struct step step = { 0 };
	uint32_t mm;

	for (uint32_t i = 0; i < o->knobs.mms; i++) {
		if (orders_mm(o, i)->users > 0)
			return false;
	}
	if (task == o->knobs.tasks || cpu == o->knobs.cpus)
		return false;
	mm = orders_new_mm(o);
	if (mm == o->knobs.mms)
		return false;
	ORDERS_CALL(o, task_create(m, task, mm, task, cpu));
	ORDERS_CALL(o, task_show(m, task));
	ORDERS_STEP(o, step, fork_begin(m, cpu, task, task, obs));
	if (step.outcome == STEP_FOUND)
		ORDERS_STEP(o, step, fork_spin(m, mm, obs));
	ck_assert_int_eq(step.outcome, STEP_DONE);
	o->task[task].status = TASK_READY;
	return true;
}

static bool orders_act_affinity(struct orders *o)
{
	uint32_t task = orders_below(o, o->knobs.tasks);
	uint64_t words[ORDERS_CPUS / 64];
	const uint64_t *mask = orders_mask(o, words);
	struct step step = { 0 };

	if (!o->knobs.affinity || o->task[task].status == TASK_FREE)
		return false;
	ORDERS_STEP(o, step, affinity_change(m, task, mask, obs));
	return step.outcome == STEP_DONE;
}

static bool orders_act_deferred(struct orders *o)
{
	uint32_t mm = orders_below(o, o->knobs.mms);
	uint32_t cpu = orders_below(o, o->knobs.cpus);
	struct step step = { 0 };

	if (!orders_mm(o, mm)->live || orders_mm(o, mm)->phase != PHASE_IDLE)
		return false;
	ORDERS_STEP(o, step, affinity_deferred(m, mm, cpu, obs));
	return true;
}

static bool orders_act_migrate(struct orders *o)
{
	uint32_t task = orders_pick(o, o->knobs.tasks, orders_is_runnable);
	uint32_t cpu = orders_below(o, o->knobs.cpus);

	if (task == o->knobs.tasks || orders_cpu(o, cpu)->phase != CPU_FREE ||
		!orders_can_pull(o, task, cpu))
		return false;
	ORDERS_CALL(o, task_migrate(m, task, cpu));
	return true;
}

/* The twin becomes a copy again, or grows, now and then. */
static bool orders_act_twin(struct orders *o)
{
	if (o->knobs.twin == TWIN_GROWN)
		orders_grow(o, 1);
	if (o->knobs.twin != TWIN_COPY)
		return false;
	free(o->model[1]);
	o->model[1] = malloc(o->model[0]->size);
	ck_assert_ptr_nonnull(o->model[1]);
	memcpy(o->model[1], o->model[0], o->model[0]->size);
	o->config[1] = o->config[0];
	o->watch[1] = o->watch[0];
	return false;
}

static const struct orders_action {
	bool (*act)(struct orders *o);
	uint32_t weight;
} orders_actions[] = {
	{ orders_act_out, 20 },
	{ orders_act_in, 30 },
	{ orders_act_spin, 5 },
	{ orders_act_advance, 25 },
	{ orders_act_fork, 10 },
	{ orders_act_show, 6 },
	{ orders_act_exit, 6 },
	{ orders_act_exec, 2 },
	{ orders_act_exec_end, 6 },
	{ orders_act_end_mm, 2 },
	{ orders_act_spawn, 5 },
	{ orders_act_affinity, 2 },
	{ orders_act_deferred, 1 },
	{ orders_act_migrate, 5 },
	{ orders_act_twin, 1 },
};

bool orders_act(struct orders *o)
{
	uint32_t sum = 0, draw;
	size_t i = 0;

	if (o->knobs.waves && orders_below(o, 1500) == 0)
		o->falling = !o->falling;
	if (o->knobs.waves && orders_chance(o, 30))
		return o->falling ? orders_act_exit(o) : orders_act_fork(o);
	if (o->knobs.failed_exec && orders_chance(o, 6))
		return orders_act_exec(o);
	for (size_t j = 0; j < sizeof(orders_actions) / sizeof(orders_actions[0]); j++)
		sum += orders_actions[j].weight;
	draw = orders_below(o, sum);
	while (draw >= orders_actions[i].weight)
		draw -= orders_actions[i++].weight;
	return orders_actions[i].act(o);
}
