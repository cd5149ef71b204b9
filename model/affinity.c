/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/affinity.h"

#include <assert.h>

#include "model/mm.h"
#include "model/walk.h"

/* The threshold after a widening in per-CPU mode. */
static uint32_t widened_threshold(const struct model *model, const struct model_mm *mm)
{
	struct mm_constraints now = mm_constraints(model, mm->users, mm->allowed_count);

	switch ((enum affinity_return)model->protocol.affinity_return) {
	case AFFINITY_RETURN_THRS:
		break;
	case AFFINITY_RETURN_FITS:
		/* Not users + 1: a fork before the deferred work, after which they fit as well,
		 * would take the work over and find nothing to do. */
		return mm->users <= now.max_cids ? mm_enter_users(model, mm->allowed_count)
		                                 : now.thrs;
	case AFFINITY_RETURN_BELOW:
		return mm_constraints(model, mm->allowed_count, mm->allowed_count).thrs;
	}
	return now.thrs;
}

struct step affinity_change(
	struct model *model, uint32_t task, const uint64_t *mask, struct model_observer *observer)
{
	const struct model_task *t = model_task(model, task);
	struct model_mm *m = model_mm(model, t->mm);

	if (model_cpu(model, t->cpu)->phase != CPU_FREE)
		return step_is(STEP_NEEDS_RQ_LOCK, t->cpu);
	if (!t->has_mm || m->users == 0)
		return step_is(STEP_DONE, 0);
	if (m->phase == PHASE_GET_LOCKED)
		return step_is(STEP_NEEDS_LOCK, m->initiator);
	if (!mm_allow(model, t->mm, mask))
		return step_is(STEP_DONE, 0);
	m->max_cids = mm_constraints(model, m->users, m->allowed_count).max_cids;
	if (!mm_is_per_cpu(m))
		return step_is(STEP_DONE, 0);
	m->pcpu_thrs = widened_threshold(model, m);
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

struct step affinity_deferred(
	struct model *model, uint32_t mm, uint32_t cpu, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);

	assert(m->live);
	if (m->phase != PHASE_IDLE)
		return step_is(STEP_NEEDS_MUTEX, m->initiator);
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
	assert(!mm_is_per_cpu(m));
	m->initiator = m->child = TASK_NONE;
	m->initiator_cpu = (uint16_t)cpu;
	walk_begin(model, mm);
	return step_is(STEP_WINDOW, 0);
}
