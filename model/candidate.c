/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/candidate.h"

#include <assert.h>

#include "model/mm.h"
#include "model/pool.h"

uint32_t candidate_threshold(const struct model *model, const struct model_mm *mm, uint32_t thrs)
{
	struct mm_constraints now = mm_constraints(model, mm->users, mm->allowed_count);

	assert(mm->live && mm->users > 0);
	switch ((enum affinity_return)model->protocol.affinity_return) {
	case AFFINITY_RETURN_THRS:
		break;
	case AFFINITY_RETURN_FITS:
		/* Not users + 1: a fork before the deferred work, after which they fit as well,
		 * would take the work over and find nothing to do. */
		return mm->users <= now.max_cids ? mm_enter_users(model, mm->allowed_count) : thrs;
	case AFFINITY_RETURN_BELOW:
		return mm_constraints(model, mm->allowed_count, mm->allowed_count).thrs;
	}
	return thrs;
}

void candidate_walk_unset(
	struct model *model, uint32_t mm, uint32_t cpu, struct model_observer *observer)
{
	cid_word *word = model_words(model, model_mm(model, mm)) + cpu;
	cid_word transit = model->protocol.transit_to_task ? CID_TRANSIT : 0;
	struct model_task *t = model_task(model, model_cpu(model, cpu)->curr);

	assert(cid_is_cpu_owned(*word) && !cid_is_cpu_owned(t->cid));
	if (model->protocol.walk_unset == WALK_UNSET_NOTHING)
		return;
	if (model->protocol.walk_unset == WALK_UNSET_HANDS_OVER && cid_is_unset(t->cid)) {
		*word = t->cid = (*word & CID_NUMBER) | transit;
		observe_count(observer, OBSERVE_WALK_MOVED);
	} else {
		pool_drop_cpu(model, mm, cpu, observer);
		observe_count(observer, OBSERVE_WALK_DROPPED);
	}
}

bool candidate_exec_gets(const struct model *model, uint32_t parent, uint32_t child)
{
	return child == parent && model->protocol.exec_return != EXEC_RETURN_UNSET;
}

bool candidate_exec_takes(struct model *model, uint32_t mm)
{
	struct model_mm *m = model_mm(model, mm);
	cid_word word;

	assert(m->phase == PHASE_GET_LOCKED || m->phase == PHASE_GET_MUTEX);
	if (m->phase == PHASE_GET_MUTEX || !mm_is_per_cpu(m))
		return false;
	/* The exit of a last user leaves per-CPU mode, and a first one does not enter it. */
	assert(m->users > 1);
	word = model_words(model, m)[m->initiator_cpu];
	if (!cid_is_cpu_owned(word))
		return false;
	model_task(model, m->child)->cid = word;
	return true;
}

void candidate_exec_waits(struct model *model, uint32_t parent, uint32_t child)
{
	assert(model_mm(model, model_task(model, child)->mm)->child == child);
	if (child == parent && model->protocol.exec_return == EXEC_RETURN_LATE)
		model_task(model, child)->active = 0;
}

bool candidate_exec_rejoins(struct model *model, uint32_t mm)
{
	struct model_mm *m = model_mm(model, mm);
	struct model_task *t;

	if (m->child == TASK_NONE || m->child != m->initiator)
		return false;
	t = model_task(model, m->child);
	if (t->active)
		return false;
	assert(model->protocol.exec_return == EXEC_RETURN_LATE);
	t->active = 1;
	m->initiator_cpu = (uint16_t)t->cpu;
	m->phase = PHASE_GET_LOCKED;
	return true;
}

void candidate_last_exit(struct model *model, uint32_t mm, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);
	const cid_word *words = model_words(model, m);

	assert(m->users == 0);
	if (model->protocol.last_exit == LAST_EXIT_IGNORES)
		return;
	/* Nobody is left who could hold or find anything: what the CPUs own goes back. */
	for (uint32_t cpu = 0; words && cpu < model->cpus_count; cpu++) {
		if (cid_is_cpu_owned(words[cpu]))
			pool_drop_cpu(model, mm, cpu, observer);
	}
	m->mode &= (uint8_t)~MODE_TRANSIT;
}

void switch_give_up(struct model *model, uint32_t cpu)
{
	struct model_cpu *c = model_cpu(model, cpu);
	struct model_task *t = model_task(model, c->curr);
	cid_word *words = model_words(model, model_mm(model, t->mm));

	assert(model->protocol.bounded_get && c->phase == CPU_SPINS);
	if (words)
		words[cpu] = CID_UNSET;
	t->cid = CID_UNSET;
	c->phase = CPU_FREE;
	c->mode = 0;
	c->found = 0;
}

void fork_give_up(struct model *model, uint32_t mm)
{
	struct model_mm *m = model_mm(model, mm);
	cid_word *words = model_words(model, m);

	assert(model->protocol.bounded_get);
	assert(m->phase == PHASE_GET_LOCKED || m->phase == PHASE_GET_MUTEX);
	if (words && m->phase == PHASE_GET_LOCKED && (m->users == 1 || mm_is_per_cpu(m)))
		words[m->initiator_cpu] = CID_UNSET;
	m->found = 0;
	mm_release_mutex(m);
}
