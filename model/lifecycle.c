/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/lifecycle.h"

#include <assert.h>

#include "model/candidate.h"
#include "model/mm.h"
#include "model/pool.h"
#include "model/walk.h"

/* The number that a fork's get has got; POOL_NOTHING: none yet. Of two steps as that of a switch.
 */
static uint32_t get_of_fork(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);
	uint32_t number = m->found;

	if (!model->protocol.split_get)
		return pool_get(model, mm, observer);
	if (number > 0) {
		m->found = 0;
		return pool_set(model, mm, number - 1, observer) ? number - 1 : POOL_NOTHING;
	}
	number = pool_find(model, mm);
	m->found = number == POOL_NOTHING ? 0 : (uint16_t)(number + 1);
	return POOL_NOTHING;
}

/* docs/protocol.md, section 6, fork 1, 2 and 4: the word of the child. */
struct step fork_spin(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);
	cid_word *words = model_words(model, m), word;
	bool locked = m->phase == PHASE_GET_LOCKED;
	uint32_t number;

	assert(locked || m->phase == PHASE_GET_MUTEX);
	number = get_of_fork(model, mm, observer);
	if (number == POOL_NOTHING)
		return step_is(m->found > 0 ? STEP_FOUND : STEP_SPINS, m->initiator_cpu);
	word = (cid_word)number;
	if (locked && m->users == 1) {
		/* 1: the number of a first user is written to the CPU word, too. After a failed
		 * exec of a last user that word may be CPU-owned: its number is lost (I4). */
		if (words)
			words[m->initiator_cpu] = word;
	} else if (locked && mm_is_per_cpu(m)) {
		/* A candidate: a failed exec returns with a number of its CPU. */
		word |= CID_ONCPU;
		words[m->initiator_cpu] = word;
	}
	/* 2, 4: the number of another child is the child's only. */
	model_task(model, m->child)->cid = word;
	mm_release_mutex(m);
	return step_is(STEP_DONE, 0);
}

struct step fork_get(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct step step;

	assert(model_mm(model, mm)->phase == PHASE_GET_LOCKED ||
		model_mm(model, mm)->phase == PHASE_GET_MUTEX);
	if (candidate_exec_takes(model, mm)) {
		mm_release_mutex(model_mm(model, mm));
		return step_is(STEP_DONE, 0);
	}
	step = fork_spin(model, mm, observer);
	if (step.outcome == STEP_SPINS)
		observe_count(observer, OBSERVE_SPINS);
	return step;
}

/* docs/protocol.md, section 6, fork 3 and 4: the fork of @parent has flipped the mode. Its own word
 * is fixed at once, and written to the CPU word; the walk leaves it out. */
static void fix_parent(struct model *model, struct model_mm *mm, uint32_t cpu, uint32_t parent)
{
	struct model_task *p = model_task(model, parent);
	cid_word *word = model_words(model, mm) + cpu;

	if (mm_is_per_cpu(mm)) {
		/* 3: a number of the task's own is in transit; before 6.19-livelock the CPU's at
		 * once. */
		if (!cid_is_task_owned(p->cid))
			return;
		p->cid |= model->protocol.transit_to_percpu ? CID_TRANSIT : CID_ONCPU;
	} else {
		/* 4: a number of its CPU is in transit; in v1 the task's at once. */
		if (!cid_is_cpu_owned(p->cid))
			return;
		p->cid =
			(p->cid & CID_NUMBER) | (model->protocol.transit_to_task ? CID_TRANSIT : 0);
	}
	*word = p->cid;
}

/* docs/protocol.md, section 6, "Fork": under the mutex, the decision under the lock. */
struct step fork_decide(struct model *model, uint32_t cpu, uint32_t parent, uint32_t child,
	struct model_observer *observer)
{
	uint32_t mm = model_task(model, child)->mm;
	struct model_mm *m = model_mm(model, mm);
	struct step step;
	bool first = m->users == 0;

	assert(m->live);
	/* A child has no number. But an exit that hands over (B3) may have left one to a task that
	 * comes back from exec. */
	assert(cid_is_unset(model_task(model, child)->cid) ||
		model->protocol.exit_change != EXIT_DROPS_CPU);
	if (m->phase != PHASE_IDLE)
		return step_is(STEP_NEEDS_MUTEX, m->initiator);
	step = mm_prepare_user(model, mm);
	if (step.outcome != STEP_DONE)
		return step;

	/* Count the child: active, on the list, one user more. */
	mm_take_mutex(m, cpu, parent, child);
	users_add(model, mm, child);
	if (mm_update_constraints(model, mm, TRIGGER_FORK, cpu, parent, observer)) {
		/* 3, 4: the mode has flipped. Fix the parent, then walk. */
		assert(!first);
		fix_parent(model, m, cpu, parent);
		candidate_exec_waits(model, parent, child);
		walk_begin(model, mm);
		return step_is(STEP_WINDOW, 0);
	}
	/* 1: the first user gets a number. 2: so does another child in per-task mode. */
	if (first || !mm_is_per_cpu(m) || candidate_exec_gets(model, parent, child)) {
		m->phase = PHASE_GET_LOCKED;
		return step_is(STEP_GET, cpu);
	}
	/* 2: in per-CPU mode the child gets nothing: its first switch in gives it a number. */
	mm_release_mutex(m);
	return step_is(STEP_DONE, 0);
}

struct step fork_begin(struct model *model, uint32_t cpu, uint32_t parent, uint32_t child,
	struct model_observer *observer)
{
	uint32_t mm = model_task(model, child)->mm;
	struct step step = fork_decide(model, cpu, parent, child, observer);

	return step.outcome == STEP_GET ? fork_get(model, mm, observer) : step;
}

/* docs/protocol.md, section 6, exit 1, and section 7: an exit that has flipped the mode gives up
 * the number of its CPU. */
static void exit_fix_cpu(
	struct model *model, uint32_t mm, uint32_t cpu, struct model_observer *observer)
{
	cid_word *word = model_words(model, model_mm(model, mm)) + cpu;
	uint32_t curr = model_cpu(model, cpu)->curr;
	struct model_task *t;

	/* From 6.19-dropcpu: drop CPU. */
	if (model->protocol.exit_change == EXIT_DROPS_CPU) {
		pool_drop_cpu(model, mm, cpu, observer);
		return;
	}
	/* Before: the CPU's number goes in transit to whoever executes the exit, the task itself or
	 * the parent whose fork failed (B3). The code of the time can be read in two ways: always,
	 * or only if that task's own word is CPU-owned, which the exit has just unset. */
	assert(curr != TASK_NONE);
	t = model_task(model, curr);
	if (model->protocol.exit_change == EXIT_HANDS_OVER_IF_OWN && !cid_is_cpu_owned(t->cid))
		return;
	if (cid_is_cpu_owned(*word))
		*word = t->cid = (*word & CID_NUMBER) | CID_TRANSIT;
}

/* docs/protocol.md, section 6, exit 1, under the lock: inactive; TRANSIT leaves the word, and if
 * the number is then the task's own it is dropped; UNSET; off the list; one user less. */
static void leave_users(
	struct model *model, uint32_t mm, uint32_t task, struct model_observer *observer)
{
	struct model_task *t = model_task(model, task);

	assert(t->mm == mm);
	t->active = 0;
	t->cid &= (cid_word)~CID_TRANSIT;
	pool_unset_task(model, task, observer);
	users_remove(model, mm, task);
}

/* docs/protocol.md, section 6, exit 2: a last user that runs with a number of its CPU takes it in
 * transit first, so that it is given back. */
struct step exit_leave(
	struct model *model, uint32_t cpu, uint32_t task, struct model_observer *observer)
{
	struct model_task *t = model_task(model, task);
	struct model_mm *m = model_mm(model, t->mm);

	assert(m->live && t->has_mm && t->active);
	if (m->phase != PHASE_IDLE)
		return step_is(STEP_NEEDS_MUTEX, m->initiator);
	if (m->users == 1 && model_cpu(model, cpu)->curr == task && cid_is_cpu_owned(t->cid)) {
		t->cid = (t->cid & CID_NUMBER) | CID_TRANSIT;
		model_words(model, m)[cpu] = t->cid;
	}
	leave_users(model, t->mm, task, observer);
	return step_is(STEP_DONE, 0);
}

/* docs/protocol.md, section 6, exit 2: the last user has left. A change of the mode is ignored: the
 * mode may stay in transit, and words CPU-owned, with nobody to complete it. A failed exec brings
 * the mm back as it was left. Deferred work that is pending is cancelled after the mutex is
 * released: update_deferred is clear already, and the driver must drop the work that it has queued.
 */
static struct step decide_last(struct model *model, uint32_t mm, uint32_t cpu, uint32_t task,
	struct model_observer *observer)
{
	if (mm_update_constraints(model, mm, TRIGGER_EXIT, cpu, task, observer))
		candidate_last_exit(model, mm, observer);
	assert(!model_mm(model, mm)->update_deferred);
	return step_is(STEP_DONE, 0);
}

/* docs/protocol.md, section 6, exit 1: users remain. Fewer of them never ask for more numbers, so a
 * change is towards per task. */
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
	assert(!mm_is_per_cpu(m));
	mm_take_mutex(m, cpu, task, TASK_NONE);
	walk_begin(model, mm);
	return step_is(STEP_WINDOW, 0);
}

void exit_change(struct model *model, uint32_t mm, struct model_observer *observer)
{
	assert(model_mm(model, mm)->phase == PHASE_WALK_CPUS);
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

/* docs/protocol.md, section 6, "Complete": TRANSIT leaves the mode. Where the revision sets none in
 * this direction there is none to clear: one that was there before the window stays. */
static void complete(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);

	assert(m->phase == PHASE_COMPLETE);
	if (mm_is_per_cpu(m) ? model->protocol.transit_to_percpu : model->protocol.transit_to_task)
		m->mode &= (uint8_t)~MODE_TRANSIT;
	observe_event(observer, &(struct model_event){ .kind = EVENT_COMPLETED,
					.mm = mm,
					.cpu = m->initiator_cpu,
					.task = m->initiator,
					.mode = m->mode,
					.users = m->users });
	m->cursor = m->budget = m->pass = 0;
}

struct step window_complete(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);

	complete(model, mm, observer);
	if (candidate_exec_rejoins(model, mm))
		return fork_get(model, mm, observer);
	/* Fork 4: the child's get, under the mutex, no longer under the lock. Other CPUs can take
	 * steps before it, and the parent can be switched out: so it is a step of its own. */
	if (m->child != TASK_NONE && !mm_is_per_cpu(m)) {
		m->phase = PHASE_GET_MUTEX;
		return step_is(STEP_GET, m->initiator_cpu);
	}
	mm_release_mutex(m);
	return step_is(STEP_DONE, 0);
}
