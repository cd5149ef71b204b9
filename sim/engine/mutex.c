/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/mutex.h"

#include "sim/engine/cpus.h"
#include "sim/engine/internal.h"

bool mutex_lock(struct engine *engine, uint32_t task, uint32_t mm, enum task_op op)
{
	struct sim_mm *m = sim_mm(engine, mm);
	struct sim_task *t = sim_task(engine, task);

	assert(m->mutex_owner != task);
	task_go(t, op, STAGE_DECIDE, engine->scenario->costs.decision_ns);
	if (m->mutex_owner == TASK_NONE) {
		assert(m->waiters_first == TASK_NONE);
		m->mutex_owner = task;
		return true;
	}
	task_set_state(t, TASK_BLOCKED);
	t->position = TASK_NONE;
	if (m->waiters_first == TASK_NONE)
		m->waiters_first = task;
	else
		sim_task(engine, m->waiters_last)->position = task;
	m->waiters_last = task;
	return false;
}

void mutex_unlock(struct engine *engine, uint32_t task, uint32_t mm)
{
	struct sim_mm *m = sim_mm(engine, mm);
	uint32_t next = m->waiters_first;

	assert(m->mutex_owner == task);
	m->mutex_owner = next;
	if (next == TASK_NONE)
		return;
	m->waiters_first = sim_task(engine, next)->position;
	assert(sim_task(engine, next)->state == TASK_BLOCKED);
	cpus_wake(engine, next, false);
}
