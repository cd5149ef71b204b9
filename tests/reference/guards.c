/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Which steps can be tried, as far as the model does not answer that. */

#include "tests/reference/world.h"

static uint32_t cpu_of(const struct world *world, uint32_t task)
{
	return model_task_const(world->model, task)->cpu;
}

static bool is_free(const struct world *world, uint32_t cpu)
{
	return model_cpu_const(world->model, cpu)->phase == CPU_FREE;
}

static bool is_executing(const struct world *world, uint32_t task)
{
	return model_is_running(world->model, task) && is_free(world, cpu_of(world, task));
}

static bool is_pinned(const struct world *world, uint32_t task)
{
	uint32_t mm = world->holds[task];

	return mm != WORLD_NONE && (model_mm(world->model, mm)->phase == PHASE_GET_LOCKED ||
					   world->part[mm] != VERBS || world->waits[mm]);
}

static bool is_runnable(const struct world *world, uint32_t task)
{
	enum place place = world->place[task];

	return place == KERNEL || place == USER || place == SHOWS || place == IN_EXEC ||
	       (place == DEAD && world->holds[task] != WORLD_NONE);
}

static bool waits_in_queue(const struct world *world, uint32_t task)
{
	return is_runnable(world, task) && !model_is_running(world->model, task);
}

static bool allows_of_cpu(const struct world *world, const struct choice *c)
{
	const struct model_cpu *cpu = model_cpu_const(world->model, c->cpu);

	switch (c->verb) {
	case LEAVE:
		return cpu->phase == CPU_FREE &&
		       (cpu->curr == TASK_NONE || !is_pinned(world, cpu->curr));
	case ENTER:
		return cpu->phase == CPU_BETWEEN &&
		       (c->task == WORLD_NONE ||
			       (waits_in_queue(world, c->task) &&
				       (cpu_of(world, c->task) == c->cpu ||
					       is_free(world, cpu_of(world, c->task)))));
	case GIVEUP:
		return world->config.protocol.bounded_get && cpu->phase == CPU_SPINS &&
		       cpu->found == 0;
	case RETRY:
		return cpu->phase == CPU_SPINS;
	default: /* MIGRATE */
		return waits_in_queue(world, c->task) && cpu_of(world, c->task) != c->cpu &&
		       is_free(world, c->cpu) && is_free(world, cpu_of(world, c->task));
	}
}

static bool allows_of_task(const struct world *world, const struct choice *c)
{
	enum place place = world->place[c->task];
	const struct model_task *task = model_task_const(world->model, c->task);

	if (c->verb == AFFINITY)
		return task->has_mm && (place == USER || place == SHOWS || place == IN_EXEC) &&
		       world->part[task->mm] == VERBS;
	if (!is_executing(world, c->task) || world->holds[c->task] != WORLD_NONE)
		return false;
	switch (c->verb) {
	case PROCESS:
		return place == USER || place == KERNEL;
	case SHOW:
		return place == SHOWS;
	case FAILFORK:
		return place == SHOWS && world->part[c->mm] == VERBS;
	case EXECNEW:
		return place == IN_EXEC;
	case EXECRET:
		return place == IN_EXEC && world->part[task->mm] == VERBS;
	default:
		return place == USER && world->part[task->mm] == VERBS;
	}
}

/* Nobody, if it is the deferred work. */
static bool holder_goes_on(const struct world *world, uint32_t mm)
{
	for (uint32_t task = 0; task < world->config.tasks_count; task++) {
		if (world->holds[task] == mm)
			return is_executing(world, task);
	}
	return true;
}

static bool allows_of_mm(const struct world *world, const struct choice *c)
{
	const struct model_mm *mm = model_mm_const(world->model, c->mm);
	bool goes_on = mm->phase != PHASE_IDLE && holder_goes_on(world, c->mm);

	if (!mm->live)
		return false;
	if (c->verb == DECIDE || c->verb == CHANGE)
		return world->part[c->mm] == c->verb;
	if (world->part[c->mm] != VERBS)
		return false;
	switch (c->verb) {
	case WORK:
		return world->work[c->mm];
	case WALK:
		return goes_on && (mm->phase == PHASE_WALK_TASKS || mm->phase == PHASE_WALK_CPUS);
	case COMPLETE:
		return goes_on && mm->phase == PHASE_COMPLETE;
	case GIVEUPFORK:
		if (!world->config.protocol.bounded_get || mm->found > 0 || !world->tried[c->mm])
			return false;
		/* fall through */
	default: /* GET */
		return goes_on && (mm->phase == PHASE_GET_LOCKED || mm->phase == PHASE_GET_MUTEX);
	}
}

bool verb_is_of_cpu(enum verb verb)
{
	return verb <= MIGRATE;
}

bool verb_is_of_mm(enum verb verb)
{
	return verb >= WALK && verb != AFFINITY;
}

bool verb_is_of_task(enum verb verb)
{
	return verb == ENTER || verb == MIGRATE || (!verb_is_of_cpu(verb) && !verb_is_of_mm(verb));
}

bool world_allows(const struct world *world, const struct choice *c)
{
	if (verb_is_of_cpu(c->verb))
		return allows_of_cpu(world, c);
	return verb_is_of_mm(c->verb) ? allows_of_mm(world, c) : allows_of_task(world, c);
}
