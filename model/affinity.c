/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/affinity.h"

#include <assert.h>

#include "model/candidate.h"
#include "model/mm.h"
#include "model/walk.h"

/*
 * docs/protocol.md, section 3, "Affinity changes": under the rq lock of the task, then the lock.
 * With the kernel's threshold, which is never above the users, it never queues the deferred work
 * (B8).
 */
struct step affinity_change(
	struct model *model, uint32_t task, const uint64_t *mask, struct model_observer *observer)
{
	const struct model_task *t = model_task(model, task);
	struct model_mm *m = model_mm(model, t->mm);
	struct mm_constraints now;

	assert(task < model->tasks_count && (!t->has_mm || m->live));
	if (model_cpu(model, t->cpu)->phase != CPU_FREE)
		return step_is(STEP_NEEDS_RQ_LOCK, t->cpu);
	/* Ignored without users; that is asked before the lock is taken. */
	if (!t->has_mm || m->users == 0)
		return step_is(STEP_DONE, 0);
	if (m->phase == PHASE_GET_LOCKED)
		return step_is(STEP_NEEDS_LOCK, m->initiator);
	/* The allowed mask only grows. If it does not, nothing else changes. */
	if (!mm_allow(model, t->mm, mask))
		return step_is(STEP_DONE, 0);
	/* max_cids may always change. */
	now = mm_constraints(model, m->users, m->allowed_count);
	m->max_cids = now.max_cids;
	/* The threshold only in per-CPU mode: in per-task mode it is recorded on entry. */
	if (!mm_is_per_cpu(m))
		return step_is(STEP_DONE, 0);
	m->pcpu_thrs = candidate_threshold(model, m, now.thrs);
	/* Now below it: the change needs the mutex, so a worker makes it. */
	if (m->users < m->pcpu_thrs && !m->update_deferred) {
		m->update_deferred = 1;
		observe_event(observer, &(struct model_event){ .kind = EVENT_DEFERRED_QUEUED,
						.mm = t->mm,
						.cpu = t->cpu,
						.task = task,
						.users = m->users });
	}
	return step_is(STEP_DONE, 0);
}

/* docs/protocol.md, section 3, "Affinity changes", the deferred work: under the mutex. */
struct step affinity_deferred(
	struct model *model, uint32_t mm, uint32_t cpu, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);

	assert(m->live);
	if (m->phase != PHASE_IDLE)
		return step_is(STEP_NEEDS_MUTEX, m->initiator);
	/* Nobody is left, or a fork or exit has done it in between. */
	if (m->users == 0 || !m->update_deferred) {
		observe_count(observer, OBSERVE_GAVE_UP_WORK);
		return step_is(STEP_DONE, 0);
	}
	observe_event(observer, &(struct model_event){ .kind = EVENT_DEFERRED_RAN,
					.mm = mm,
					.cpu = cpu,
					.task = TASK_NONE,
					.users = m->users });
	if (!mm_update_constraints(model, mm, TRIGGER_DEFERRED, cpu, TASK_NONE, observer))
		return step_is(STEP_DONE, 0);
	/* It was queued in per-CPU mode, so the change is towards per task. */
	assert(!mm_is_per_cpu(m));
	mm_take_mutex(m, cpu, TASK_NONE, TASK_NONE);
	walk_begin(model, mm);
	return step_is(STEP_WINDOW, 0);
}
