/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_ORDERS_H
#define CIDSIM_TESTS_LIB_ORDERS_H

/*
 * A driver that steps the model in random orders: any runnable task on any free CPU, both halves of
 * a switch apart, walks step by step with their initiators preempted, all of fork, exit, exec and
 * affinity. It takes locks as docs/protocol.md, section 11 asks: an initiator that waits for a rq
 * lock, or spins under the mm's lock, is not switched out; a task is taken from the queue of a CPU
 * only while that CPU's rq lock is free. It does not obey affinity, which only gives more orders.
 *
 * A second state, the twin, may be stepped along: it must answer the same.
 */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "model/affinity.h"
#include "model/candidate.h"
#include "model/check.h"
#include "model/exec.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/pool.h"
#include "model/switch.h"
#include "model/walk.h"

enum { ORDERS_TASKS = 320, ORDERS_CPUS = 256, ORDERS_MMS = 4 };

enum twin {
	TWIN_NONE,
	TWIN_COPY,    /* a memcpy of the first: all memory must stay equal */
	TWIN_GROWN,   /* grows at random: what can be seen must be equal */
	TWIN_EXTENTS, /* with extents_always: what can be seen must be equal */
};

/* What a run is made of. */
struct orders_knobs {
	struct protocol protocol;
	uint32_t cpus, tasks, mms; /* tasks: at most this many at once */
	uint32_t steps;
	enum twin twin;
	bool vfork;       /* children in thread groups of their own */
	bool late_show;   /* a child counted early is shown at a later step */
	bool exit_one;    /* exits */
	bool exec;        /* execs, successful ... */
	bool failed_exec; /* ... and not */
	bool failed_fork; /* forks that fail after the child was counted */
	bool affinity;
	bool calm;  /* few switches: much happens between two of them */
	bool waves; /* forks and exits come in waves, to cross the boundary of wide machines */
};

enum task_status {
	TASK_FREE,
	TASK_BORN, /* its fork is not over: not on a run queue */
	TASK_READY,
	TASK_IN_EXEC, /* inactive, runnable */
	TASK_DEAD,    /* inactive, gone once it is switched out */
	TASK_KERNEL,
};

/* What a task is in the middle of. */
enum task_op { OP_NONE, OP_FORK, OP_SHOW, OP_UNFORK, OP_EXIT, OP_EXEC_LEAVE, OP_EXEC_BACK };

struct orders_watch {
	struct model_observer observer;
	uint32_t flips_to_cpu, flips_to_task, deferred;
};

struct orders {
	struct orders_knobs knobs;
	uint64_t random;
	int models;
	struct model *model[2];
	struct model_config config[2];
	struct orders_watch watch[2];
	struct {
		enum task_status status;
		enum task_op op;
		uint32_t child;
	} task[ORDERS_TASKS];
	bool waiting[ORDERS_MMS]; /* the initiator waits for a rq lock */
	bool differs;             /* the twin answered otherwise */
	bool falling;             /* wave: more exits than forks */
	uint32_t spins, gave_up, lost_races, preempted_walks, execs_failed, forks_failed;
};

static inline uint64_t orders_random(struct orders *o)
{
	uint64_t x = o->random += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static inline uint32_t orders_below(struct orders *o, uint32_t n)
{
	return (uint32_t)(orders_random(o) >> 32) % n;
}

static inline bool orders_chance(struct orders *o, uint32_t percent)
{
	return orders_below(o, 100) < percent;
}

static inline void orders_event(struct model_observer *observer, const struct model_event *event)
{
	struct orders_watch *watch = (struct orders_watch *)observer; /* its first field */

	if (event->kind == EVENT_FLIPPED && event->mode & MODE_PER_CPU)
		watch->flips_to_cpu++;
	else if (event->kind == EVENT_FLIPPED)
		watch->flips_to_task++;
	else if (event->kind == EVENT_DEFERRED_RAN)
		watch->deferred++;
}

/* Do @expression, of type struct step and about @m and @obs, to the state and to its twin. */
#define ORDERS_STEP(o, step, expression)                                                           \
	for (int i_ = 0; i_ < (o)->models; i_++) {                                                 \
		struct model *m = (o)->model[i_];                                                  \
		struct model_observer *obs = &(o)->watch[i_].observer;                             \
		struct step s_ = (expression);                                                     \
                                                                                                   \
		(void)obs;                                                                         \
		if (s_.outcome == STEP_NEEDS_EXTENT) {                                             \
			orders_grow(o, i_);                                                        \
			i_--;                                                                      \
			continue;                                                                  \
		}                                                                                  \
		if (i_ == 0)                                                                       \
			(step) = s_;                                                               \
		else if ((step).outcome != s_.outcome || (step).arg != s_.arg)                     \
			(o)->differs = true;                                                       \
	}

/* The same for a call without answer. */
#define ORDERS_CALL(o, call)                                                                       \
	for (int i_ = 0; i_ < (o)->models; i_++) {                                                 \
		struct model *m = (o)->model[i_];                                                  \
		struct model_observer *obs = &(o)->watch[i_].observer;                             \
                                                                                                   \
		(void)obs;                                                                         \
		call;                                                                              \
	}

/* Give state @i larger arrays. */
static inline void orders_grow(struct orders *o, int i)
{
	struct model_config *config = &o->config[i];
	struct model *old = o->model[i];
	void *memory;

	config->tasks_count += 3;
	config->mms_count += 2;
	config->extents_count = config->mms_count;
	memory = calloc(1, model_size(config));
	ck_assert_ptr_nonnull(memory);
	o->model[i] = model_grow(memory, config, old);
	free(old);
}

static inline struct model_mm *orders_mm(struct orders *o, uint32_t mm)
{
	return model_mm(o->model[0], mm);
}

static inline struct model_cpu *orders_cpu(struct orders *o, uint32_t cpu)
{
	return model_cpu(o->model[0], cpu);
}

static inline struct model_task *orders_task(struct orders *o, uint32_t task)
{
	return model_task(o->model[0], task);
}

/* NULL half of the time, else a random mask that is not empty. */
static inline const uint64_t *orders_mask(struct orders *o, uint64_t *mask)
{
	uint32_t cpus = o->knobs.cpus;

	if (orders_chance(o, 50))
		return NULL;
	memset(mask, 0, ORDERS_CPUS / 8);
	for (uint32_t i = 1 + orders_below(o, cpus); i > 0; i--) {
		uint32_t cpu = orders_below(o, cpus);

		mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
	}
	return mask;
}

/* A random index below @n for which @is holds; @n if there is none. */
static inline uint32_t orders_pick(
	struct orders *o, uint32_t n, bool (*is)(struct orders *o, uint32_t index))
{
	uint32_t start = orders_below(o, n);

	for (uint32_t i = 0; i < n; i++) {
		if (is(o, (start + i) % n))
			return (start + i) % n;
	}
	return n;
}

static inline bool orders_is_pinned(struct orders *o, uint32_t task)
{
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		const struct model_mm *m = orders_mm(o, mm);

		if (m->phase != PHASE_IDLE && m->initiator == task &&
			(o->waiting[mm] || m->phase == PHASE_GET_LOCKED))
			return true;
	}
	return false;
}

/* On a CPU whose rq lock is free, doing its own business. */
static inline bool orders_is_executing(struct orders *o, uint32_t task)
{
	return model_is_running(o->model[0], task) &&
	       orders_cpu(o, orders_task(o, task)->cpu)->phase == CPU_FREE;
}

static inline bool orders_is_user_executing(struct orders *o, uint32_t task)
{
	return o->task[task].status == TASK_READY && orders_is_executing(o, task);
}

static inline bool orders_is_unoccupied(struct orders *o, uint32_t task)
{
	return orders_is_user_executing(o, task) && o->task[task].op == OP_NONE;
}

static inline bool orders_is_runnable(struct orders *o, uint32_t task)
{
	enum task_status status = o->task[task].status;

	return (status == TASK_READY || status == TASK_IN_EXEC || status == TASK_KERNEL) &&
	       !model_is_running(o->model[0], task);
}

static inline bool orders_is_free(struct orders *o, uint32_t task)
{
	return o->task[task].status == TASK_FREE;
}

static inline bool orders_is_mm_free(struct orders *o, uint32_t mm)
{
	return !orders_mm(o, mm)->live;
}

static inline bool orders_can_leave(struct orders *o, uint32_t cpu)
{
	const struct model_cpu *c = orders_cpu(o, cpu);

	return c->phase == CPU_FREE && (c->curr == TASK_NONE || !orders_is_pinned(o, c->curr));
}

static inline bool orders_is_between(struct orders *o, uint32_t cpu)
{
	return orders_cpu(o, cpu)->phase == CPU_BETWEEN;
}

static inline bool orders_is_spinning(struct orders *o, uint32_t cpu)
{
	return orders_cpu(o, cpu)->phase == CPU_SPINS;
}

/* Its queue's lock can be had by a switch on @cpu, which holds that of @cpu. */
static inline bool orders_can_pull(struct orders *o, uint32_t task, uint32_t cpu)
{
	uint32_t from = orders_task(o, task)->cpu;

	return orders_is_runnable(o, task) &&
	       (from == cpu || orders_cpu(o, from)->phase == CPU_FREE);
}

static inline void orders_forget(struct orders *o, uint32_t task)
{
	ORDERS_CALL(o, task_destroy(m, task));
	o->task[task].status = TASK_FREE;
	o->task[task].op = OP_NONE;
}

/* The mutex that @task held is released: what it was in the middle of is over. */
static inline void orders_op_done(struct orders *o, uint32_t task)
{
	uint32_t child = o->task[task].child;
	enum task_op op = o->task[task].op;

	o->task[task].op = OP_NONE;
	switch (op) {
	case OP_NONE:
	case OP_SHOW:
		ck_abort_msg("no operation under way");
	case OP_FORK:
		if (o->knobs.protocol.early_count || o->knobs.failed_fork)
			o->task[task].op = OP_SHOW;
		else
			o->task[child].status = TASK_READY;
		break;
	case OP_UNFORK:
		orders_forget(o, child);
		break;
	case OP_EXIT:
		o->task[task].status = TASK_DEAD;
		break;
	case OP_EXEC_LEAVE:
		o->task[task].status = TASK_IN_EXEC;
		break;
	case OP_EXEC_BACK:
		o->task[task].status = TASK_READY;
		break;
	}
}

/* Has the get of a switch on @cpu, or of a fork in @mm, found a number that it has yet to set
 * (split get)? Else it spins. */
static inline bool orders_has_found(struct orders *o, uint32_t cpu)
{
	return orders_cpu(o, cpu)->found > 0;
}

static inline bool orders_has_found_by_fork(struct orders *o, uint32_t mm)
{
	return orders_mm(o, mm)->found > 0;
}

/* @task has begun @op with outcome @step. */
static inline bool orders_begun(
	struct orders *o, uint32_t task, enum task_op op, uint32_t mm, struct step step)
{
	if (step.outcome == STEP_NEEDS_MUTEX)
		return false;
	o->task[task].op = op;
	if (step.outcome == STEP_DONE)
		orders_op_done(o, task);
	o->spins += step.outcome == STEP_SPINS;
	return true;
}

/* Actions: each is one step of the model, or nothing and false */

static inline void orders_switch_out(struct orders *o, uint32_t cpu)
{
	uint32_t prev = orders_cpu(o, cpu)->curr;

	if (prev != TASK_NONE && o->task[prev].op != OP_NONE && o->task[prev].op != OP_SHOW)
		o->preempted_walks++;
	ORDERS_CALL(o, switch_out(m, cpu, obs));
	if (prev != TASK_NONE && o->task[prev].status == TASK_DEAD)
		orders_forget(o, prev);
}

static inline struct step orders_switch_in(struct orders *o, uint32_t cpu, uint32_t next)
{
	struct step step = { 0 };

	ORDERS_STEP(o, step, switch_in(m, cpu, next, obs));
	return step;
}

static inline bool orders_act_out(struct orders *o)
{
	uint32_t cpu = orders_pick(o, o->knobs.cpus, orders_can_leave);

	if (cpu == o->knobs.cpus ||
		(o->knobs.calm && orders_cpu(o, cpu)->curr != TASK_NONE && orders_chance(o, 80)))
		return false;
	orders_switch_out(o, cpu);
	return true;
}

static inline bool orders_act_in(struct orders *o)
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
static inline bool orders_gives_up(struct orders *o)
{
	if (!o->knobs.protocol.bounded_get || !orders_chance(o, 50))
		return false;
	o->gave_up++;
	return true;
}

static inline bool orders_act_spin(struct orders *o)
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
static inline void orders_fork_spin(struct orders *o, uint32_t mm)
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

/* One step of what holds the mutex of @mm, if its initiator executes. */
static inline bool orders_advance(struct orders *o, uint32_t mm)
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

static inline bool orders_act_advance(struct orders *o)
{
	return orders_advance(o, orders_below(o, o->knobs.mms));
}

/* A new mm, or o->knobs.mms if there is none left. */
static inline uint32_t orders_new_mm(struct orders *o)
{
	uint32_t mm = orders_pick(o, o->knobs.mms, orders_is_mm_free);
	uint64_t words[ORDERS_CPUS / 64];
	const uint64_t *mask = orders_mask(o, words);
	struct step step;

	if (mm < o->knobs.mms)
		ORDERS_STEP(o, step, mm_create(m, mm, mask));
	return mm;
}

static inline void orders_fork(
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

static inline bool orders_act_fork(struct orders *o)
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
static inline bool orders_act_show(struct orders *o)
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

static inline bool orders_act_exit(struct orders *o)
{
	uint32_t task = orders_pick(o, o->knobs.tasks, orders_is_unoccupied);
	struct step step = { 0 };

	if (task == o->knobs.tasks || !o->knobs.exit_one ||
		(o->knobs.waves && !o->falling && orders_chance(o, 80)))
		return false;
	ORDERS_STEP(o, step, exit_begin(m, orders_task(o, task)->cpu, task, obs));
	return orders_begun(o, task, OP_EXIT, orders_task(o, task)->mm, step);
}

static inline bool orders_act_exec(struct orders *o)
{
	uint32_t task = orders_pick(o, o->knobs.tasks, orders_is_unoccupied);
	struct step step = { 0 };

	if (task == o->knobs.tasks || !(o->knobs.exec || o->knobs.failed_exec))
		return false;
	ORDERS_STEP(o, step, exit_begin(m, orders_task(o, task)->cpu, task, obs));
	return orders_begun(o, task, OP_EXEC_LEAVE, orders_task(o, task)->mm, step);
}

static inline bool orders_is_in_exec(struct orders *o, uint32_t task)
{
	return o->task[task].status == TASK_IN_EXEC && o->task[task].op == OP_NONE &&
	       orders_is_executing(o, task);
}

/* The end of an exec: a new mm, or back to the old one. */
static inline bool orders_act_exec_end(struct orders *o)
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

static inline bool orders_has_task(struct orders *o, uint32_t mm)
{
	for (uint32_t task = 0; task < o->knobs.tasks; task++) {
		if (o->task[task].status != TASK_FREE && orders_task(o, task)->has_mm &&
			orders_task(o, task)->mm == mm)
			return true;
	}
	return false;
}

/* An mm that nobody refers to any more ends. */
static inline bool orders_act_end_mm(struct orders *o)
{
	uint32_t mm = orders_below(o, o->knobs.mms);

	if (!orders_mm(o, mm)->live || orders_has_task(o, mm))
		return false;
	ORDERS_CALL(o, mm_destroy(m, mm));
	return true;
}

/* A process made by somebody outside. */
static inline bool orders_act_spawn(struct orders *o)
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

static inline bool orders_act_affinity(struct orders *o)
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

static inline bool orders_act_deferred(struct orders *o)
{
	uint32_t mm = orders_below(o, o->knobs.mms);
	uint32_t cpu = orders_below(o, o->knobs.cpus);
	struct step step = { 0 };

	if (!orders_mm(o, mm)->live || orders_mm(o, mm)->phase != PHASE_IDLE)
		return false;
	ORDERS_STEP(o, step, affinity_deferred(m, mm, cpu, obs));
	return true;
}

static inline bool orders_act_migrate(struct orders *o)
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
static inline bool orders_act_twin(struct orders *o)
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

/* One random action. Returns false if it had nothing to do. */
static inline bool orders_act(struct orders *o)
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

static inline void orders_begin(struct orders *o, const struct orders_knobs *knobs, uint64_t seed)
{
	struct model_config config = {
		.protocol = knobs->protocol,
		.cpus_count = knobs->cpus,
		.nr_cpu_ids = knobs->cpus,
		.tasks_count = knobs->tasks,
		.mms_count = knobs->mms,
		.extents_count = knobs->cpus <= MODEL_INLINE_NUMBERS ? knobs->mms : 1,
	};

	ck_assert_uint_le(knobs->tasks, ORDERS_TASKS);
	memset(o, 0, sizeof(*o));
	o->knobs = *knobs;
	o->random = seed;
	o->falling = knobs->waves && seed % 4 == 0;
	o->models = knobs->twin == TWIN_NONE ? 1 : 2;
	for (int i = 0; i < o->models; i++) {
		config.extents_always = i == 1 && knobs->twin == TWIN_EXTENTS;
		o->config[i] = config;
		o->watch[i].observer.event = orders_event;
		o->model[i] = model_init(calloc(1, model_size(&config)), &config);
	}
	if (orders_chance(o, 50)) { /* somebody who has no mm */
		ORDERS_CALL(o, task_create(m, 0, MM_NONE, 0, 0));
		o->task[0].status = TASK_KERNEL;
	}
}

static inline void orders_end(struct orders *o)
{
	for (int i = 0; i < o->models; i++)
		free(o->model[i]);
}

#endif
