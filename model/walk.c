/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/walk.h"

#include <assert.h>
#include <stddef.h>

#include "model/candidate.h"
#include "model/pool.h"

/*
 * The order of a task walk. From 7.0 on: the list of users, newest first. Before: the threads of
 * the initiator's group in the order of that list, beginning after the initiator and wrapping
 * around; then all tasks that share the mm, oldest first. The list then also has tasks that are not
 * active: a step there only takes a lock, and is left out.
 */
static uint32_t walk_first(const struct model *model, const struct model_mm *mm)
{
	/* Only a fork begins a task walk; deferred work walks over the CPUs. */
	assert(mm->initiator != TASK_NONE);
	if (model->protocol.walk_users == WALK_USERS_LIST)
		return mm->newest;
	if (mm->pass == 0)
		return model_task_const(model, mm->initiator)->newer;
	return model_task_const(model, mm->newest)->newer;
}

static uint32_t walk_after(const struct model *model, uint32_t task)
{
	const struct model_task *t = model_task_const(model, task);

	return model->protocol.walk_users == WALK_USERS_LIST ? t->older : t->newer;
}

/* Does the pass that the walk of @mm is in visit @task? */
static bool walk_visits(const struct model *model, const struct model_mm *mm, uint32_t task)
{
	const struct model_task *t = model_task_const(model, task);
	bool own_group = t->group == model_task_const(model, mm->initiator)->group;

	if (task == mm->initiator)
		return false;
	if (model->protocol.walk_users == WALK_USERS_LIST)
		return true;
	if (!t->visible || !t->active)
		return false;
	return mm->pass == 0 ? own_group : !(model->protocol.walk_skips_done && own_group);
}

/* Go on from @task, itself included, to the next one to visit in this pass. False if none. */
static bool walk_seek(const struct model *model, struct model_mm *mm, uint32_t task)
{
	uint32_t first = walk_first(model, mm);

	do {
		if (walk_visits(model, mm, task)) {
			mm->cursor = task;
			return true;
		}
		task = walk_after(model, task);
	} while (task != first);
	return false;
}

static bool walk_has_budget(const struct model *model, const struct model_mm *mm)
{
	return model->protocol.walk_budget == 0 || mm->budget > 0;
}

/* Begin the second pass, over all tasks of the system, where the revision has one. */
static bool walk_second_pass(const struct model *model, struct model_mm *mm)
{
	if (model->protocol.walk_users != WALK_USERS_SYSTEM || mm->pass == 1 ||
		!walk_has_budget(model, mm))
		return false;
	mm->pass = 1;
	return walk_seek(model, mm, walk_first(model, mm));
}

/* The budget counts the users that have been visited. The second pass ends when it is used up:
 * those of the group were counted twice then (B6). From 7.0-vfork on only the first pass counts. */
static void walk_tasks_advance(const struct model *model, struct model_mm *mm)
{
	uint32_t next = walk_after(model, mm->cursor);
	bool more = next != walk_first(model, mm);

	assert(mm->phase == PHASE_WALK_TASKS && mm->pass <= 1);
	if (mm->budget > 0 && !(mm->pass == 1 && model->protocol.walk_full))
		mm->budget--;
	if (mm->pass == 1 && !walk_has_budget(model, mm))
		more = false;
	if (more && walk_seek(model, mm, next))
		return;
	if (!walk_second_pass(model, mm))
		mm->phase = PHASE_COMPLETE;
}

void walk_begin(struct model *model, uint32_t mm)
{
	struct model_mm *m = model_mm(model, mm);
	uint32_t budget = model->protocol.walk_budget;

	assert(m->live && m->phase == PHASE_IDLE);
	/* Towards per task: all possible CPUs in order. */
	if (!mm_is_per_cpu(m)) {
		m->phase = PHASE_WALK_CPUS;
		m->cursor = 0;
		return;
	}
	/* Towards per CPU: the users, but for the initiator. */
	assert(m->users > 0 && m->initiator != TASK_NONE);
	m->phase = PHASE_WALK_TASKS;
	m->pass = 0;
	m->budget = m->users > budget ? m->users - budget : 0;
	if (!walk_seek(model, m, walk_first(model, m)) && !walk_second_pass(model, m))
		m->phase = PHASE_COMPLETE;
}

void walk_seek_again(struct model *model, uint32_t mm)
{
	struct model_mm *m = model_mm(model, mm);

	assert(m->phase == PHASE_WALK_TASKS && m->pass == 0);
	if (!walk_seek(model, m, m->cursor) && !walk_second_pass(model, m))
		m->phase = PHASE_COMPLETE;
}

bool walk_comes_to(const struct model *model, uint32_t mm, uint32_t task)
{
	const struct model_mm *m = model_mm_const(model, mm);
	uint32_t at = m->cursor;

	assert(m->phase == PHASE_WALK_TASKS);
	do {
		if (at == task)
			return true;
		at = walk_after(model, at);
	} while (at != walk_first(model, m));
	return false;
}

uint32_t walk_next_cpu(const struct model *model, uint32_t mm)
{
	const struct model_mm *m = model_mm_const(model, mm);

	if (m->phase == PHASE_WALK_CPUS)
		return m->cursor;
	assert(m->phase == PHASE_WALK_TASKS);
	return model_task_const(model, m->cursor)->cpu;
}

/* docs/protocol.md, section 6, "Task walk": one step. */
static void fix_task(
	struct model *model, uint32_t mm, uint32_t task, struct model_observer *observer)
{
	struct model_task *t = model_task(model, task);

	assert(t->has_mm && t->mm == mm); /* the list is that of the users */
	/* UNSET, in transit or the CPU's: nothing. A child's word is UNSET. */
	if (!cid_is_task_owned(t->cid))
		return;
	/* It does not run: the number goes back, the task gets one with its next switch in. */
	if (!model_is_running(model, task)) {
		pool_unset_task(model, task, observer);
		observe_count(observer, OBSERVE_WALK_DROPPED);
		return;
	}
	/* It runs: the number is in transit, on its CPU too (before 6.19-livelock the CPU's at
	 * once, B1). */
	t->cid |= model->protocol.transit_to_percpu ? CID_TRANSIT : CID_ONCPU;
	model_words(model, model_mm(model, mm))[t->cpu] = t->cid;
	observe_count(observer, OBSERVE_WALK_MOVED);
}

/* docs/protocol.md, section 6, "CPU walk": a row of its table for each branch. */
static void fix_cpu(struct model *model, uint32_t mm, uint32_t cpu, struct model_observer *observer)
{
	cid_word *word = model_words(model, model_mm(model, mm)) + cpu;
	cid_word transit = model->protocol.transit_to_task ? CID_TRANSIT : 0;
	uint32_t curr = model_cpu(model, cpu)->curr;
	struct model_task *t = curr == TASK_NONE ? NULL : model_task(model, curr);
	bool ours = t && t->has_mm && t->mm == mm && t->active;

	if (cid_is_cpu_owned(*word)) {
		/* Nobody runs here who could hold it. */
		if (!ours) {
			pool_drop_cpu(model, mm, cpu, observer);
			observe_count(observer, OBSERVE_WALK_DROPPED);
			/* The task that runs here holds it: from now on in transit (v1: its own at
			 * once). */
		} else if (cid_is_cpu_owned(t->cid)) {
			*word = t->cid = (*word & CID_NUMBER) | transit;
			observe_count(observer, OBSERVE_WALK_MOVED);
		} else {
			/* UNSET, after a failed exec: nothing, so the CPU owns it still (B9). */
			candidate_walk_unset(model, mm, cpu, observer);
		}
		return;
	}
	/* The CPU owns nothing. Without a task of the mm, with one in transit already, or where there is
	 * no TRANSIT (v1): nothing. */
	if (!ours || cid_is_in_transit(t->cid) || !transit)
		return;
	/* A task with a number of its own: in transit, on both. No state that can be reached has
	 * it. */
	if (cid_is_task_owned(t->cid)) {
		*word = t->cid = t->cid | transit;
		observe_count(observer, OBSERVE_WALK_MOVED);
		/* UNSET: nothing from 7.1 on. Before, UNSET with TRANSIT is stored (B7). */
	} else if (cid_is_unset(t->cid) && !model->protocol.walk_keeps_unset) {
		*word = t->cid = t->cid | transit;
	}
}

struct step walk_step(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);
	uint32_t cpu = walk_next_cpu(model, mm);

	if (model_cpu(model, cpu)->phase != CPU_FREE)
		return step_is(STEP_NEEDS_RQ_LOCK, cpu);
	observe_count(observer, OBSERVE_WALK_STEPS);
	if (m->phase == PHASE_WALK_CPUS) {
		fix_cpu(model, mm, cpu, observer);
		if (++m->cursor == model->cpus_count)
			m->phase = PHASE_COMPLETE;
	} else {
		fix_task(model, mm, m->cursor, observer);
		walk_tasks_advance(model, m);
	}
	return step_is(m->phase == PHASE_COMPLETE ? STEP_DONE : STEP_WINDOW, 0);
}
