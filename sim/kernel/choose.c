/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/choose.h"

static uint32_t below(struct prng *prng, uint32_t bound)
{
	return (uint32_t)prng_below(prng, bound);
}

static uint64_t all_of(uint32_t cpus)
{
	g_assert(cpus >= 1 && cpus <= 64);
	return UINT64_MAX >> (64 - cpus);
}

/* A few neighbours, or any, or all. */
static uint64_t choose_mask(struct prng *prng, uint32_t cpus)
{
	uint32_t shift;
	uint64_t mask;

	switch (below(prng, 4)) {
	case 0:
		mask = UINT64_C(1) << below(prng, cpus);
		break;
	case 1:
		shift = below(prng, cpus);
		mask = all_of(1 + below(prng, cpus)) << shift;
		break;
	case 2:
		mask = prng_next(prng);
		break;
	default:
		mask = UINT64_MAX;
		break;
	}
	mask &= all_of(cpus);
	return mask ? mask : all_of(cpus);
}

/* Enough tasks to be in per-CPU mode: more than a quarter above the CPUs allowed. On a narrow mask
 * few are enough, and the mode flips often; but masks may become wider. */
static uint32_t choose_tasks(struct prng *prng, const struct shape *shape)
{
	uint32_t narrow = (uint32_t)__builtin_popcountll(shape->allowed);
	uint32_t width = below(prng, 2) ? narrow : shape->cpus;
	uint32_t tasks = width + width / 4 + 1 + below(prng, width + 2);

	return CLAMP(tasks, 2, CODE_TASKS_MAX);
}

struct shape choose_shape(struct prng *prng)
{
	static const uint8_t cpus[] = { 1, 2, 2, 3, 3, 4, 4, 4, 4, 5, 6, 6, 8, 8, 16, 64 };
	struct shape shape = { .cpus = cpus[below(prng, G_N_ELEMENTS(cpus))] };

	shape.allowed = below(prng, 2) ? choose_mask(prng, shape.cpus) : all_of(shape.cpus);
	shape.tasks_max = choose_tasks(prng, &shape);
	shape.mms_max = 1 + below(prng, CODE_MMS_MAX);
	shape.failed_execs = below(prng, 3) > 0;
	return shape;
}

/* Moods: the weights of the kinds in the order of enum event_kind. */
static const uint8_t moods[][EVENT_KINDS] = {
	/* resume switch thread clone process exit exec return affinity migrate work */
	{ 60, 40, 12, 3, 1, 2, 1, 3, 1, 3, 2 },  /* tasks are made */
	{ 60, 40, 2, 1, 1, 12, 2, 3, 1, 3, 2 },  /* tasks end */
	{ 60, 40, 8, 2, 1, 8, 2, 3, 1, 3, 2 },   /* both */
	{ 60, 60, 1, 1, 0, 1, 0, 1, 1, 6, 2 },   /* switches */
	{ 60, 40, 4, 1, 1, 3, 12, 10, 1, 3, 2 }, /* execs */
	{ 60, 20, 4, 1, 0, 3, 1, 2, 8, 6, 4 },   /* affinities */
	{ 20, 60, 10, 1, 1, 3, 3, 5, 1, 3, 2 },  /* operations take long */
	{ 60, 8, 8, 2, 1, 8, 12, 12, 1, 3, 2 },  /* all, with few switches */
	{ 60, 4, 12, 1, 0, 1, 16, 16, 0, 1, 2 }, /* forks and execs of those that run */
	{ 60, 6, 0, 0, 0, 16, 1, 1, 0, 1, 2 },   /* exits of those that run */
	{ 60, 8, 0, 0, 0, 8, 12, 12, 0, 6, 2 },  /* execs and exits of few that run */
};

static void change_mood(struct prng *prng, struct mood *mood, uint32_t cpus)
{
	const uint8_t *weights = moods[below(prng, G_N_ELEMENTS(moods))];

	mood->total = 0;
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		mood->weights[kind] = weights[kind];
		mood->total += weights[kind];
	}
	mood->events_left = 50 + below(prng, 400);
	mood->idle = 1 + below(prng, 12);
	mood->busy = below(prng, 2) ? all_of(cpus) : choose_mask(prng, cpus);
}

static enum event_kind choose_kind(struct prng *prng, struct mood *mood, uint32_t cpus)
{
	uint32_t at;
	int kind = 0;

	if (mood->events_left-- == 0 || mood->total == 0)
		change_mood(prng, mood, cpus);
	at = below(prng, mood->total);
	while (at >= mood->weights[kind])
		at -= mood->weights[kind++];
	g_assert(kind < EVENT_KINDS);
	return (enum event_kind)kind;
}

/* Does a task run there that has come back from an exec without a number? That lasts until its next
 * switch, so this one comes late. */
static bool runs_without_number(const struct pair *pair, uint32_t cpu)
{
	uint32_t curr = model_cpu_const(pair->model, cpu)->curr;

	return curr != TASK_NONE && model_task_const(pair->model, curr)->active &&
	       cid_is_unset(model_task_const(pair->model, curr)->cid);
}

static uint8_t choose_cpu(struct prng *prng, const struct mood *mood, const struct pair *pair)
{
	uint32_t cpu = below(prng, pair->shape.cpus);

	while ((!(mood->busy >> cpu & 1) || runs_without_number(pair, cpu)) && below(prng, 32) > 0)
		cpu = below(prng, pair->shape.cpus);
	return (uint8_t)cpu;
}

/* A task that runs; EVENT_NOBODY if the CPU is idle. */
static uint8_t choose_running(struct prng *prng, const struct pair *pair)
{
	uint32_t curr = model_cpu_const(pair->model, below(prng, pair->shape.cpus))->curr;

	return curr == TASK_NONE ? EVENT_NOBODY : (uint8_t)curr;
}

/* Who exits: hardly ever one that runs without a number, as the others' exits may flip the mode
 * under it; and not the last task, as nothing could happen any more. */
static uint8_t choose_leaver(struct prng *prng, const struct pair *pair)
{
	uint32_t cpu = below(prng, pair->shape.cpus);
	uint32_t curr;

	if (runs_without_number(pair, cpu) && below(prng, 16) > 0)
		cpu = below(prng, pair->shape.cpus);
	curr = model_cpu_const(pair->model, cpu)->curr;
	return pair->alive <= 1 || curr == TASK_NONE ? EVENT_NOBODY : (uint8_t)curr;
}

static uint8_t choose_task(struct prng *prng, const struct pair *pair)
{
	return (uint8_t)below(prng, pair->shape.tasks_max);
}

/* A number that no task has. */
static uint8_t choose_free(struct prng *prng, const struct pair *pair)
{
	uint32_t task = choose_task(prng, pair);

	for (int tries = 0; tries < 4 && pair->tasks[task].life != LIFE_NONE; tries++)
		task = choose_task(prng, pair);
	return (uint8_t)task;
}

static uint8_t choose_next(struct prng *prng, const struct mood *mood, const struct pair *pair)
{
	return below(prng, 16) < mood->idle ? EVENT_NOBODY : choose_task(prng, pair);
}

static uint8_t choose_actor(struct prng *prng, const struct pair *pair)
{
	return pair->actors_count == 0 ? UINT8_MAX
	                               : (uint8_t)pair->actors[below(prng, pair->actors_count)];
}

static uint8_t choose_mm(struct prng *prng, const struct pair *pair)
{
	return (uint8_t)below(prng, pair->shape.mms_max);
}

/* event.a: who. */
static uint8_t choose_who(
	struct prng *prng, const struct mood *mood, const struct pair *pair, enum event_kind kind)
{
	switch (kind) {
	case EVENT_RESUME:
		return choose_actor(prng, pair);
	case EVENT_SWITCH:
		return choose_cpu(prng, mood, pair);
	case EVENT_THREAD:
	case EVENT_CLONE_VM:
	case EVENT_PROCESS:
	case EVENT_EXEC:
	case EVENT_RETURN:
		return choose_running(prng, pair);
	case EVENT_EXIT:
		return choose_leaver(prng, pair);
	case EVENT_AFFINITY:
	case EVENT_MIGRATE:
		return choose_task(prng, pair);
	case EVENT_WORK:
		return choose_mm(prng, pair);
	case EVENT_STORED:
	case EVENT_VFORK: /* as CLONE_VM, for the code */
	case EVENT_GONE: /* it comes back in a new mm */
	case EVENT_KINDS:
		break;
	}
	return 0;
}

struct event choose_event(struct prng *prng, struct mood *mood, const struct pair *pair)
{
	enum event_kind kind = choose_kind(prng, mood, pair->shape.cpus);
	struct event event = { .kind = (uint8_t)kind, .a = choose_who(prng, mood, pair, kind) };

	switch (kind) {
	case EVENT_SWITCH:
		event.b = choose_next(prng, mood, pair);
		break;
	case EVENT_THREAD:
	case EVENT_CLONE_VM:
	case EVENT_PROCESS:
		event.b = choose_free(prng, pair);
		event.c = choose_mm(prng, pair);
		break;
	case EVENT_EXEC:
		event.b = pair->shape.failed_execs && below(prng, 3) > 0;
		break;
	case EVENT_RETURN:
		event.b = choose_mm(prng, pair);
		break;
	case EVENT_AFFINITY:
		event.mask = choose_mask(prng, pair->shape.cpus);
		break;
	case EVENT_MIGRATE:
		event.b = (uint8_t)below(prng, pair->shape.cpus);
		break;
	default:
		break;
	}
	return event;
}
