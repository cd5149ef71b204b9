/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/lifecycle.h"

#include <assert.h>
#include <string.h>

#include "model/mm.h"
#include "model/pool.h"
#include "model/walk.h"

#define TASK_MASK (MODEL_TASKS_MAX - 1)

void task_create(struct model *model, uint32_t task, uint32_t mm, uint32_t group, uint32_t cpu)
{
	assert(task < model->tasks_count && cpu < model->cpus_count);
	*model_task(model, task) = (struct model_task){
		.mm = mm & (MODEL_MMS_MAX - 1),
		.has_mm = mm != MM_NONE,
		.group = group & TASK_MASK,
		.cpu = cpu & (MODEL_CPUS_MAX - 1),
		.cid = CID_UNSET,
	};
	if (mm == MM_NONE)
		model_task(model, task)->mm = 0;
}

void task_show(struct model *model, uint32_t task)
{
	model_task(model, task)->visible = 1;
}

void task_join(struct model *model, uint32_t task, uint32_t mm)
{
	struct model_task *t = model_task(model, task);

	assert(!t->active && mm < model->mms_count);
	t->mm = mm & (MODEL_MMS_MAX - 1);
	t->has_mm = 1;
	t->group = task & TASK_MASK;
}

void task_destroy(struct model *model, uint32_t task)
{
	assert(!model_task(model, task)->active && !model_is_running(model, task));
	memset(model_task(model, task), 0, sizeof(struct model_task));
}

void task_migrate(struct model *model, uint32_t task, uint32_t cpu)
{
	assert(cpu < model->cpus_count && !model_is_running(model, task));
	model_task(model, task)->cpu = cpu & (MODEL_CPUS_MAX - 1);
}

static void list_add(struct model *model, struct model_mm *mm, uint32_t task)
{
	struct model_task *t = model_task(model, task);

	if (mm->newest == TASK_NONE) {
		t->older = t->newer = task & TASK_MASK;
	} else {
		struct model_task *newest = model_task(model, mm->newest);

		/* circular: after the newest comes the oldest again */
		t->older = mm->newest & TASK_MASK;
		t->newer = newest->newer;
		model_task(model, newest->newer)->older = task & TASK_MASK;
		model_task(model, mm->newest)->newer = task & TASK_MASK;
	}
	mm->newest = task;
}

static void list_remove(struct model *model, struct model_mm *mm, uint32_t task)
{
	struct model_task *t = model_task(model, task);

	if (t->older == task) {
		mm->newest = TASK_NONE;
	} else {
		model_task(model, t->older)->newer = t->newer;
		model_task(model, t->newer)->older = t->older;
		if (mm->newest == task)
			mm->newest = t->older;
	}
	t->older = t->newer = 0;
}

static void count_user(struct model *model, struct model_mm *mm, uint32_t task)
{
	assert(!model_task(model, task)->active);
	model_task(model, task)->active = 1;
	list_add(model, mm, task);
	mm->users++;
}

static void hold_mutex(struct model_mm *mm, uint32_t cpu, uint32_t initiator, uint32_t child)
{
	mm->initiator = initiator;
	mm->initiator_cpu = (uint16_t)cpu;
	mm->child = child;
}

static void release_mutex(struct model_mm *mm)
{
	hold_mutex(mm, 0, TASK_NONE, TASK_NONE);
	mm->phase = PHASE_IDLE;
}

/* A get by fork; of two steps as that of a switch, see there. */
static uint32_t get_of_fork(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);
	uint32_t number = m->cursor;

	if (!model->protocol.split_get)
		return pool_get(model, mm, observer);
	if (number > 0) {
		m->cursor = 0;
		return pool_set(model, mm, number - 1, observer) ? number - 1 : POOL_NOTHING;
	}
	number = pool_find(model, mm);
	m->cursor = number == POOL_NOTHING ? 0 : number + 1;
	return POOL_NOTHING;
}

/* Does the get under way leave its number on the initiator's CPU, too? The first user's does, and
 * that of a failed exec that comes back with a number. */
static bool get_is_for_cpu(const struct model_mm *mm)
{
	return mm->phase == PHASE_GET_LOCKED && (mm->users == 1 || mm_is_per_cpu(mm));
}

struct step fork_spin(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);
	uint32_t number = get_of_fork(model, mm, observer);
	cid_word *words = model_words(model, m), word;

	assert(m->phase == PHASE_GET_LOCKED || m->phase == PHASE_GET_MUTEX);
	if (number == POOL_NOTHING)
		return step_is(STEP_SPINS, m->initiator_cpu);
	word = (cid_word)number;
	if (get_is_for_cpu(m) && m->users > 1)
		word |= CID_ONCPU;
	model_task(model, m->child)->cid = word;
	if (get_is_for_cpu(m) && words)
		words[m->initiator_cpu] = word;
	release_mutex(m);
	return step_is(STEP_DONE, 0);
}

void fork_give_up(struct model *model, uint32_t mm)
{
	struct model_mm *m = model_mm(model, mm);
	cid_word *words = model_words(model, m);

	assert(model->protocol.bounded_get);
	assert(m->phase == PHASE_GET_LOCKED || m->phase == PHASE_GET_MUTEX);
	if (get_is_for_cpu(m) && words)
		words[m->initiator_cpu] = CID_UNSET;
	m->cursor = 0;
	release_mutex(m);
}

static struct step child_get(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct step step;

	model_mm(model, mm)->phase = PHASE_GET_LOCKED;
	step = fork_spin(model, mm, observer);
	if (step.outcome == STEP_SPINS && model_mm(model, mm)->cursor == 0)
		observe_count(observer, OBSERVE_SPINS);
	return step;
}

/* A failed exec returns to an mm in per-CPU mode, on @cpu: it adopts the number that its CPU owns,
 * as a switch in would, or gets one. A candidate fix of B9. */
static struct step exec_return_get(
	struct model *model, uint32_t mm, uint32_t cpu, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);
	cid_word word = model_words(model, m)[cpu];

	if (!cid_is_cpu_owned(word))
		return child_get(model, mm, observer);
	model_task(model, m->child)->cid = word;
	release_mutex(m);
	return step_is(STEP_DONE, 0);
}

/* The mode was flipped by @parent's fork: its own word is fixed at once.
 * docs/protocol.md, section 6, fork 3, 4. */
static void fix_parent(struct model *model, struct model_mm *mm, uint32_t cpu, uint32_t parent)
{
	struct model_task *p = model_task(model, parent);
	cid_word *word = model_words(model, mm) + cpu;

	if (mm_is_per_cpu(mm)) {
		if (!cid_is_task_owned(p->cid))
			return;
		p->cid |= model->protocol.transit_to_percpu ? CID_TRANSIT : CID_ONCPU;
	} else {
		if (!cid_is_cpu_owned(p->cid))
			return;
		p->cid =
			(p->cid & CID_NUMBER) | (model->protocol.transit_to_task ? CID_TRANSIT : 0);
	}
	*word = p->cid;
}

struct step exec_rejoin(struct model *model, uint32_t task, struct model_observer *observer)
{
	struct model_task *t = model_task(model, task);
	struct model_mm *m = model_mm(model, t->mm);

	t->active = 1;
	m->initiator_cpu = (uint16_t)t->cpu;
	return exec_return_get(model, t->mm, t->cpu, observer);
}

struct step fork_decide(struct model *model, uint32_t cpu, uint32_t parent, uint32_t child,
	struct model_observer *observer)
{
	uint32_t mm = model_task(model, child)->mm;
	struct model_mm *m = model_mm(model, mm);
	struct step step;
	bool first = m->users == 0;
	bool comes_back = child == parent && model->protocol.exec_return != EXEC_RETURN_UNSET;

	assert(m->live);
	/* B3: an exit that hands over may have left a CID to a task that comes back from exec. */
	assert(cid_is_unset(model_task(model, child)->cid) ||
		model->protocol.exit_change != EXIT_DROPS_CPU);
	if (m->phase != PHASE_IDLE)
		return step_is(STEP_NEEDS_MUTEX, m->initiator);
	step = mm_prepare_user(model, mm);
	if (step.outcome != STEP_DONE)
		return step;
	hold_mutex(m, cpu, parent, child);
	count_user(model, m, child);
	if (mm_update_constraints(model, mm, TRIGGER_FORK, cpu, parent, observer)) {
		assert(!first);
		fix_parent(model, m, cpu, parent);
		if (child == parent && model->protocol.exec_return == EXEC_RETURN_LATE)
			model_task(model, child)->active = 0;
		walk_begin(model, mm);
		return step_is(STEP_WINDOW, 0);
	}
	if (first || !mm_is_per_cpu(m) || comes_back) {
		m->phase = PHASE_GET_LOCKED;
		return step_is(STEP_SPINS, cpu);
	}
	release_mutex(m);
	return step_is(STEP_DONE, 0);
}

struct step fork_get(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);

	assert(m->phase == PHASE_GET_LOCKED);
	if (m->users > 1 && mm_is_per_cpu(m))
		return exec_return_get(model, mm, m->initiator_cpu, observer);
	return child_get(model, mm, observer);
}

struct step fork_begin(struct model *model, uint32_t cpu, uint32_t parent, uint32_t child,
	struct model_observer *observer)
{
	uint32_t mm = model_task(model, child)->mm;
	struct step step = fork_decide(model, cpu, parent, child, observer);

	return step.outcome == STEP_SPINS ? fork_get(model, mm, observer) : step;
}

/* An exit that flipped the mode gives up the CID of its CPU.
 * docs/protocol.md, section 6, exit 1, and section 7. */
static void exit_fix_cpu(
	struct model *model, uint32_t mm, uint32_t cpu, struct model_observer *observer)
{
	cid_word *word = model_words(model, model_mm(model, mm)) + cpu;
	uint32_t curr = model_cpu(model, cpu)->curr;
	struct model_task *t;

	if (model->protocol.exit_change == EXIT_DROPS_CPU) {
		pool_drop_cpu(model, mm, cpu, observer);
		return;
	}
	/* Whoever executes the exit: the task itself, or the parent whose fork failed. */
	assert(curr != TASK_NONE);
	t = model_task(model, curr);
	if (model->protocol.exit_change == EXIT_HANDS_OVER_IF_OWN && !cid_is_cpu_owned(t->cid))
		return;
	if (cid_is_cpu_owned(*word))
		*word = t->cid = (*word & CID_NUMBER) | CID_TRANSIT;
}

static void leave_users(
	struct model *model, struct model_mm *mm, uint32_t task, struct model_observer *observer)
{
	struct model_task *t = model_task(model, task);

	t->active = 0;
	t->cid &= (cid_word)~CID_TRANSIT;
	pool_unset_task(model, task, observer);
	list_remove(model, mm, task);
	mm->users--;
}

/* Nobody is left who could hold or find anything: what the CPUs own goes back. A candidate. */
static void clean_words(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);
	const cid_word *words = model_words(model, m);

	for (uint32_t cpu = 0; words && cpu < model->cpus_count; cpu++) {
		if (cid_is_cpu_owned(words[cpu]))
			pool_drop_cpu(model, mm, cpu, observer);
	}
	m->mode &= (uint8_t)~MODE_TRANSIT;
}

struct step exit_leave(
	struct model *model, uint32_t cpu, uint32_t task, struct model_observer *observer)
{
	struct model_task *t = model_task(model, task);
	struct model_mm *m = model_mm(model, t->mm);

	assert(m->live && t->active);
	if (m->phase != PHASE_IDLE)
		return step_is(STEP_NEEDS_MUTEX, m->initiator);
	if (m->users == 1 && model_cpu(model, cpu)->curr == task && cid_is_cpu_owned(t->cid)) {
		t->cid = (t->cid & CID_NUMBER) | CID_TRANSIT;
		model_words(model, m)[cpu] = t->cid;
	}
	leave_users(model, m, task, observer);
	return step_is(STEP_DONE, 0);
}

/* The last user has left. A change of the mode is ignored: TRANSIT may stay in it, with nobody to
 * complete it. */
static struct step decide_last(struct model *model, uint32_t mm, uint32_t cpu, uint32_t task,
	struct model_observer *observer)
{
	if (mm_update_constraints(model, mm, TRIGGER_EXIT, cpu, task, observer) &&
		model->protocol.last_exit == LAST_EXIT_CLEANS)
		clean_words(model, mm, observer);
	model_mm(model, mm)->update_deferred = 0;
	return step_is(STEP_DONE, 0);
}

struct step exit_decide(
	struct model *model, uint32_t cpu, uint32_t task, struct model_observer *observer)
{
	uint32_t mm = model_task(model, task)->mm;
	struct model_mm *m = model_mm(model, mm);

	assert(m->live && m->phase == PHASE_IDLE && !model_task(model, task)->active);
	if (m->users == 0)
		return decide_last(model, mm, cpu, task, observer);
	if (!mm_update_constraints(model, mm, TRIGGER_EXIT, cpu, task, observer))
		return step_is(STEP_DONE, 0);
	assert(!mm_is_per_cpu(m)); /* fewer users never ask for more CIDs */
	hold_mutex(m, cpu, task, TASK_NONE);
	walk_begin(model, mm);
	return step_is(STEP_WINDOW, 0);
}

void exit_change(struct model *model, uint32_t mm, struct model_observer *observer)
{
	exit_fix_cpu(model, mm, model_mm(model, mm)->initiator_cpu, observer);
}

struct step exit_begin(
	struct model *model, uint32_t cpu, uint32_t task, struct model_observer *observer)
{
	struct step step = exit_leave(model, cpu, task, observer);

	if (step.outcome == STEP_DONE)
		step = exit_decide(model, cpu, task, observer);
	if (step.outcome == STEP_WINDOW)
		exit_change(model, model_task(model, task)->mm, observer);
	return step;
}

struct step window_complete(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);

	assert(m->phase == PHASE_COMPLETE);
	/* Where the revision sets no TRANSIT in this direction there is none to clear: one that was
	 * there before the window stays. */
	if (mm_is_per_cpu(m) ? model->protocol.transit_to_percpu : model->protocol.transit_to_task)
		m->mode &= (uint8_t)~MODE_TRANSIT;
	observe_event(observer, &(struct model_event){ .kind = EVENT_COMPLETED,
					.mm = mm,
					.cpu = m->initiator_cpu,
					.task = m->initiator,
					.mode = m->mode,
					.users = m->users });
	m->cursor = m->budget = m->pass = 0;
	if (m->child != TASK_NONE && m->child == m->initiator &&
		!model_task(model, m->child)->active)
		return exec_rejoin(model, m->child, observer);
	if (m->child != TASK_NONE && !mm_is_per_cpu(m)) {
		m->phase = PHASE_GET_MUTEX;
		return fork_spin(model, mm, observer);
	}
	m->phase = PHASE_IDLE;
	m->initiator = m->child = TASK_NONE;
	m->initiator_cpu = 0;
	return step_is(STEP_DONE, 0);
}
