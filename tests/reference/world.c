/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/reference/world.h"

#include <glib.h>
#include <string.h>

#include "model/affinity.h"
#include "model/candidate.h"
#include "model/exec.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/switch.h"
#include "model/tasks.h"
#include "model/walk.h"

static const char *const verbs[VERBS] = { "leave", "enter", "retry", "giveup", "migrate", "fork",
	"clone", "forkpart", "clonepart", "process", "show", "failfork", "exit", "exitpart", "exec",
	"execret", "execnew", "walk", "complete", "get", "giveupfork", "decide", "change",
	"affinity", "work" };

const char *verb_to_string(enum verb verb)
{
	return verbs[verb];
}

struct world *world_new(const struct model_config *config, uint32_t threads)
{
	struct world *world = g_new0(struct world, 1);

	world->config = *config;
	world->size = model_size(config);
	world->model = model_init(g_malloc(world->size), config);
	world->spare = g_malloc(world->size);
	for (uint32_t task = 0; task < WORLD_TASKS_MAX; task++)
		world->partner[task] = world->holds[task] = WORLD_NONE;
	for (uint32_t mm = 0; mm < WORLD_MMS_MAX; mm++)
		world->part[mm] = VERBS;
	for (uint32_t task = 0; task < threads; task++) {
		task_create(world->model, task, MM_NONE, task, 0);
		world->place[task] = KERNEL;
	}
	return world;
}

void world_free(struct world *world)
{
	g_free(world->model);
	g_free(world->spare);
	g_free(world);
}

static uint32_t cpu_of(const struct world *world, uint32_t task)
{
	return model_task_const(world->model, task)->cpu;
}

/* Steps */

static void act_create(struct world *world, struct model *model, const struct choice *c,
	uint32_t mm, bool own_group)
{
	task_create(model, c->child, mm, own_group ? c->child : model_task(model, c->task)->group,
		cpu_of(world, c->task));
	if (!world->config.protocol.early_count)
		task_show(model, c->child);
}

static struct step act_fork(struct world *world, struct model *model, const struct choice *c)
{
	uint32_t cpu = cpu_of(world, c->task);

	act_create(world, model, c, c->mm, c->verb == CLONE || c->verb == CLONEPART);
	if (c->verb == FORK || c->verb == CLONE)
		return fork_begin(model, cpu, c->task, c->child, NULL);
	return fork_decide(model, cpu, c->task, c->child, NULL);
}

static struct step act_process(struct world *world, struct model *model, const struct choice *c)
{
	const struct model_task *parent = model_task(model, c->task);
	struct step step = mm_create(model, c->new_mm, c->mask);

	g_assert_cmpint(step.outcome, ==, STEP_DONE);
	if (parent->has_mm)
		mm_inherit(model, c->new_mm, model_mm(model, parent->mm)->mode);
	act_create(world, model, c, c->new_mm, true);
	return fork_begin(model, parent->cpu, c->task, c->child, NULL);
}

static struct step act_exec_new(struct model *model, const struct choice *c)
{
	struct step step = mm_create(model, c->new_mm, c->mask);

	g_assert_cmpint(step.outcome, ==, STEP_DONE);
	exec_join(model, c->task, c->new_mm);
	return exec_return(model, model_task(model, c->task)->cpu, c->task, NULL);
}

static struct step act_switch(struct model *model, const struct choice *c)
{
	uint32_t next = c->task == WORLD_NONE ? TASK_NONE : c->task;

	switch (c->verb) {
	case LEAVE:
		if (c->sees == WORLD_NONE)
			switch_out(model, c->cpu, NULL);
		else
			switch_out_seeing(model, c->cpu, (uint8_t)c->sees, NULL);
		return step_is(STEP_DONE, 0);
	case ENTER:
		if (c->sees == WORLD_NONE)
			return switch_in(model, c->cpu, next, NULL);
		return switch_in_seeing(model, c->cpu, next, (uint8_t)c->sees, NULL);
	case RETRY:
		return switch_spin(model, c->cpu, NULL);
	case GIVEUP:
		switch_give_up(model, c->cpu);
		return step_is(STEP_DONE, 0);
	default: /* MIGRATE */
		task_migrate(model, c->task, c->cpu);
		return step_is(STEP_DONE, 0);
	}
}

static struct step act_mm(struct world *world, struct model *model, const struct choice *c)
{
	switch (c->verb) {
	case WALK:
		return walk_step(model, c->mm, NULL);
	case COMPLETE:
		return window_complete(model, c->mm, NULL);
	case GET:
		return world->tried[c->mm] ? fork_spin(model, c->mm, NULL)
		                           : fork_get(model, c->mm, NULL);
	case GIVEUPFORK:
		fork_give_up(model, c->mm);
		return step_is(STEP_DONE, 0);
	case DECIDE:
		return exit_decide(model, cpu_of(world, c->task), c->task, NULL);
	case CHANGE:
		exit_change(model, c->mm, NULL);
		return step_is(STEP_DONE, 0);
	default: /* WORK */
		return affinity_deferred(model, c->mm, c->cpu, NULL);
	}
}

/* What @choice does to @model. */
static struct step act(struct world *world, struct model *model, const struct choice *c)
{
	uint32_t cpu = c->task == WORLD_NONE ? 0 : cpu_of(world, c->task);

	switch (c->verb) {
	case LEAVE:
	case ENTER:
	case RETRY:
	case GIVEUP:
	case MIGRATE:
		return act_switch(model, c);
	case FORK:
	case CLONE:
	case FORKPART:
	case CLONEPART:
		return act_fork(world, model, c);
	case PROCESS:
		return act_process(world, model, c);
	case SHOW:
		task_show(model, world->partner[c->task]);
		return step_is(STEP_DONE, 0);
	case FAILFORK:
		return exit_begin(model, cpu, world->partner[c->task], NULL);
	case EXIT:
		return exit_begin(model, cpu, c->task, NULL);
	case EXITPART:
		return exit_leave(model, cpu, c->task, NULL);
	case EXEC:
		return exec_leave(model, cpu, c->task, NULL);
	case EXECRET:
		return exec_return(model, cpu, c->task, NULL);
	case EXECNEW:
		return act_exec_new(model, c);
	case AFFINITY:
		return affinity_change(model, c->task, c->mask, NULL);
	default:
		return act_mm(world, model, c);
	}
}

static bool is_refused(struct step step)
{
	return step.outcome == STEP_NEEDS_RQ_LOCK || step.outcome == STEP_NEEDS_MUTEX ||
	       step.outcome == STEP_NEEDS_LOCK;
}

/* A choice of @verb, the one of number @i. False: there is no such task. */
static bool choice_at(const struct world *world, enum verb verb, uint32_t i, struct choice *c)
{
	uint32_t tasks = world->config.tasks_count;

	*c = (struct choice){ .verb = verb,
		.cpu = WORLD_NONE,
		.task = WORLD_NONE,
		.mm = WORLD_NONE,
		.child = WORLD_NONE,
		.new_mm = WORLD_NONE,
		.sees = WORLD_NONE };
	if (verb_is_of_mm(verb)) {
		c->mm = i;
		for (uint32_t task = 0; task < tasks && (verb == DECIDE || verb == CHANGE); task++)
			c->task = world->holds[task] == c->mm ? task : c->task;
		return true;
	}
	if (verb_is_of_cpu(verb))
		c->cpu = i / (tasks + 1);
	if (verb_is_of_task(verb) && i % (tasks + 1) < tasks)
		c->task = i % (tasks + 1);
	if (c->task == WORLD_NONE) /* that is idle */
		return verb == ENTER || (!verb_is_of_task(verb) && i % (tasks + 1) == 0);
	if (!verb_is_of_cpu(verb) && model_task(world->model, c->task)->has_mm)
		c->mm = model_task(world->model, c->task)->mm;
	if (verb == FAILFORK && world->place[c->task] == SHOWS)
		c->mm = model_task(world->model, world->partner[c->task])->mm;
	return world->place[c->task] != FREE_TASK;
}

/* Does the model refuse @c now? */
static bool refuses(struct world *world, const struct choice *c)
{
	struct choice trial = *c;

	switch (c->verb) {
	case PROCESS:
	case EXECNEW:
		return false;
	case FORK:
	case CLONE:
		return model_mm(world->model, c->mm)->phase != PHASE_IDLE;
	default:
		trial.mask[0] = 1;
		if (c->verb == WORK)
			trial.cpu = 0;
		memcpy(world->spare, world->model, world->size);
		return is_refused(act(world, world->spare, &trial));
	}
}

unsigned world_choices(struct world *world, enum verb verb, bool possible, struct choice *choices)
{
	uint32_t all = world->config.mms_count;
	unsigned count = 0;

	if (!verb_is_of_mm(verb))
		all = (world->config.tasks_count + 1) *
		      (verb_is_of_cpu(verb) ? world->config.cpus_count : 1);
	for (uint32_t i = 0; i < all; i++) {
		struct choice c;

		if (!choice_at(world, verb, i, &c) || !world_allows(world, &c) ||
			(possible && refuses(world, &c)))
			continue;
		g_assert(count < WORLD_CHOICES_MAX);
		choices[count++] = c;
	}
	return count;
}

/* What follows from a step that was taken. */

static void end_task(struct world *world, uint32_t task)
{
	task_destroy(world->model, task);
	world->place[task] = FREE_TASK;
}

static void end_mms(struct world *world)
{
	for (uint32_t mm = 0; mm < world->config.mms_count; mm++) {
		const struct model_mm *m = model_mm(world->model, mm);
		bool used = !m->live || m->users > 0 || m->phase != PHASE_IDLE ||
		            world->part[mm] != VERBS;

		for (uint32_t task = 0; task < world->config.tasks_count && !used; task++)
			used = world->place[task] != FREE_TASK &&
			       model_task(world->model, task)->has_mm &&
			       model_task(world->model, task)->mm == mm;
		if (!used)
			mm_destroy(world->model, mm);
	}
}

/* If nobody holds the mutex of @mm any more, its operation is over. */
static void end_operation(struct world *world, uint32_t mm)
{
	const struct model_mm *m = model_mm(world->model, mm);

	if (m->phase != PHASE_IDLE || world->part[mm] != VERBS)
		return;
	if (m->users == 0)
		world->work[mm] = false;
	world->tried[mm] = false;
	for (uint32_t task = 0; task < world->config.tasks_count; task++) {
		if (world->holds[task] != mm)
			continue;
		world->holds[task] = WORLD_NONE;
		if (world->partner[task] == WORLD_NONE || world->place[task] == SHOWS)
			continue;
		if (world->place[world->partner[task]] == DEAD)
			end_task(world, world->partner[task]);
		else
			world->place[world->partner[task]] = USER;
		world->partner[task] = WORLD_NONE;
	}
}

static void settle_fork(struct world *world, const struct choice *c, uint32_t mm)
{
	world->holds[c->task] = mm;
	world->place[c->child] = BORN;
	world->partner[c->task] = c->child;
	if (world->config.protocol.early_count)
		world->place[c->task] = SHOWS;
}

static void settle_exit(struct world *world, const struct choice *c, enum place place)
{
	world->place[c->task] = place;
	world->holds[c->task] = c->mm;
	if (c->verb == EXITPART)
		world->part[c->mm] = DECIDE;
}

static void settle(struct world *world, const struct choice *c, struct step step)
{
	uint32_t mm = c->mm;

	switch (c->verb) {
	case FORK:
	case CLONE:
	case FORKPART:
	case CLONEPART:
		settle_fork(world, c, mm);
		break;
	case PROCESS:
		mm = c->new_mm;
		settle_fork(world, c, mm);
		break;
	case SHOW:
		world->place[world->partner[c->task]] = USER;
		world->place[c->task] = model_task(world->model, c->task)->has_mm ? USER : KERNEL;
		world->partner[c->task] = WORLD_NONE;
		break;
	case FAILFORK: /* the parent does the exit of its child */
		world->place[c->task] = model_task(world->model, c->task)->has_mm ? USER : KERNEL;
		world->place[world->partner[c->task]] = DEAD;
		world->holds[c->task] = mm;
		break;
	case EXIT:
	case EXITPART:
		settle_exit(world, c, DEAD);
		break;
	case EXEC:
		settle_exit(world, c, IN_EXEC);
		break;
	case EXECNEW:
		mm = c->new_mm;
		/* fall through */
	case EXECRET:
		world->place[c->task] = USER;
		world->holds[c->task] = mm;
		break;
	case DECIDE:
		world->part[mm] = step.outcome == STEP_WINDOW ? CHANGE : VERBS;
		break;
	case CHANGE:
		world->part[mm] = VERBS;
		break;
	case WORK:
		world->work[mm] = false;
		break;
	default:
		break;
	}
	if (mm != WORLD_NONE) {
		if (step_gets(step.outcome))
			world->tried[mm] = true;
		end_operation(world, mm);
	}
}

struct step world_take(struct world *world, const struct choice *c)
{
	uint32_t left = TASK_NONE;
	bool deferred = c->mm != WORLD_NONE && model_mm(world->model, c->mm)->update_deferred;
	struct model *before = world->model;
	struct step step;

	if (c->verb == LEAVE)
		left = model_cpu(world->model, c->cpu)->curr;
	memcpy(world->spare, world->model, world->size);
	step = act(world, world->spare, c);
	if (c->verb == WALK)
		world->waits[c->mm] = step.outcome == STEP_NEEDS_RQ_LOCK;
	if (is_refused(step))
		return step;
	world->model = world->spare;
	world->spare = before;
	if (c->verb == AFFINITY && !deferred && model_mm(world->model, c->mm)->update_deferred)
		world->work[c->mm] = true;
	if (left != TASK_NONE && world->place[left] == DEAD && world->holds[left] == WORLD_NONE)
		end_task(world, left);
	settle(world, c, step);
	end_mms(world);
	return step;
}
