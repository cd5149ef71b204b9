/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/explore/world.h"

#include <string.h>

#include "sim/kernel/start.h"

enum {
	FORK_EVENTS_MAX = 1000, /* of a fork that nobody disturbs */
	SPINS_MAX = 64,         /* rounds of a get that spins, as one event */
};

struct shape world_shape(const struct world_config *config)
{
	return (struct shape){ .cpus = config->machine.cpus_count,
		.tasks_max = config->machine.tasks_max,
		.mms_max = 1,
		.allowed = config->machine.allowed,
		.failed_execs = true,
		.alone = config->alone,
		.fine = config->fine,
		.weak = config->alone && config->machine.weak,
		.made_in_window = config->machine.made_in_window };
}

/* Memory */

static uint32_t list_actors(const struct machine_config *machine, uint32_t *actors)
{
	uint32_t count = 0;

	for (uint32_t cpu = 0; cpu < machine->cpus_count; cpu++)
		actors[count++] = ACTOR_CPU + cpu;
	for (uint32_t task = 0; task < machine->tasks_max; task++)
		actors[count++] = ACTOR_TASK + task;
	actors[count++] = ACTOR_WORKER;
	actors[count++] = ACTOR_AFFINITY;
	return count;
}

static bool find_memory(struct world *world, const struct code *code)
{
	const struct machine_config *machine = &world->config->machine;
	struct pair *pair = world->pair;
	uint32_t actors[MEMORY_ACTORS_MAX], count = list_actors(machine, actors);
	struct memory *memory = &world->memory;

	if (!memory_init(memory, code, actors, count))
		return false;
	memory_add(memory, pair->model, pair->model->size);
	memory_add(memory, &pair->operations[ACTOR_CPU],
		machine->cpus_count * sizeof(struct operation));
	memory_add(memory, &pair->operations[ACTOR_TASK],
		machine->tasks_max * sizeof(struct operation));
	memory_add(memory, &pair->operations[ACTOR_WORKER], sizeof(struct operation));
	memory_add(memory, &pair->operations[ACTOR_AFFINITY], sizeof(struct operation));
	memory_add(memory, pair->tasks, machine->tasks_max * sizeof(*pair->tasks));
	memory_add(memory, &pair->drops, sizeof(pair->drops));
	memory_add(memory, &pair->alive, sizeof(pair->alive));
	memory_add(memory, pair->tainted, sizeof(pair->tainted));
	memory_add(memory, pair->actors, count * sizeof(*pair->actors));
	memory_add(memory, &pair->actors_count, sizeof(pair->actors_count));
	memory_add(memory, &pair->events, sizeof(pair->events));
	memory_add(memory, world->left, sizeof(world->left));
	return true;
}

/* The start */

static bool apply(struct world *world, struct event event)
{
	enum event_outcome outcome = event_apply(world->pair, &event);

	if (outcome != EVENT_IMPOSSIBLE)
		g_array_append_val(world->begin, event);
	return outcome == EVENT_TAKEN;
}

/* T0 forks @child, and nothing else happens. */
static bool fork_alone(struct world *world, uint32_t child)
{
	bool thread = world->config->machine.group[child] == world->config->machine.group[0];
	struct event event = { .kind = thread ? EVENT_THREAD : EVENT_CLONE_VM,
		.b = (uint8_t)child };

	if (!apply(world, event))
		return false;
	event = (struct event){ .kind = EVENT_RESUME, .a = ACTOR_TASK };
	for (int i = 0; i < FORK_EVENTS_MAX && world->pair->operations[ACTOR_TASK].busy; i++) {
		if (!apply(world, event))
			return false;
	}
	return !world->pair->operations[ACTOR_TASK].busy;
}

bool world_begin(struct world *world, const struct code *code, const struct world_config *config)
{
	const struct shape shape = world_shape(config);

	*world = (struct world){ .config = config,
		.pair = pair_new(code, config->alone ? PARTNER_NOBODY : PARTNER_MODEL, NULL),
		.begin = g_array_new(FALSE, FALSE, sizeof(struct event)) };
	memcpy(world->left, config->machine.may, sizeof(config->machine.may));
	start_pair(world->pair, &shape, &config->protocol);
	for (uint32_t task = 1; task < config->machine.tasks_start; task++) {
		if (world->pair->difference.found || !fork_alone(world, task))
			break;
	}
	return find_memory(world, code);
}

void world_clear(struct world *world)
{
	memory_clear(&world->memory);
	pair_free(world->pair);
	g_array_free(world->begin, TRUE);
}

/* What may happen */

struct list {
	const struct world *world;
	struct event *events;
	uint32_t count;
};

static void add(struct list *list, enum event_kind kind, uint32_t a, uint32_t b)
{
	g_assert(list->count < WORLD_EVENTS_MAX);
	list->events[list->count++] =
		(struct event){ .kind = (uint8_t)kind, .a = (uint8_t)a, .b = (uint8_t)b };
}

static bool may(const struct world *world, enum machine_op op)
{
	return world->exits_only ? op == MACHINE_EXITS : world->left[op] > 0;
}

static uint32_t first_free(const struct world *world)
{
	uint32_t task = 0;

	while (task < world->pair->shape.tasks_max && world->pair->tasks[task].life != LIFE_NONE)
		task++;
	return task;
}

/* What @task, in user space, can begin. With the step grain only where the mutex is free: to wait
 * for it is as not to have begun. */
static void add_beginnings(struct list *list, uint32_t task)
{
	const struct world *world = list->world;
	uint32_t child = first_free(world);

	if (!world->config->fine && !world->pair->code->is_free(CODE_MUTEX, 0))
		return;
	if (child < world->pair->shape.tasks_max) {
		if (may(world, MACHINE_FORKS))
			add(list, EVENT_THREAD, task, child);
		if (may(world, MACHINE_CLONE_VMS))
			add(list, EVENT_CLONE_VM, task, child);
		if (may(world, MACHINE_VFORKS))
			add(list, EVENT_VFORK, task, child);
	}
	if (may(world, MACHINE_EXITS))
		add(list, EVENT_EXIT, task, 0);
	if (may(world, MACHINE_EXECS))
		add(list, EVENT_EXEC, task, false);
	if (may(world, MACHINE_FAILED_EXECS))
		add(list, EVENT_EXEC, task, true);
}

static uint64_t every_cpu(const struct world *world)
{
	g_assert(world->pair->shape.cpus >= 1 && world->pair->shape.cpus <= 64);
	return UINT64_MAX >> (64 - world->pair->shape.cpus);
}

static void add_task(struct list *list, uint32_t task)
{
	const struct world *world = list->world;
	const struct pair_task *t = &world->pair->tasks[task];

	if (t->life == LIFE_USER)
		add_beginnings(list, task);
	if (t->life == LIFE_IN_EXEC && t->fails &&
		(world->config->fine || world->pair->code->is_free(CODE_MUTEX, 0)))
		add(list, EVENT_RETURN, task, 0);
	if (t->life == LIFE_IN_EXEC && !t->fails)
		add(list, EVENT_GONE, task, 0);
	if (may(world, MACHINE_AFFINITIES) && t->mask != every_cpu(world)) {
		add(list, EVENT_AFFINITY, task, 0);
		list->events[list->count - 1].mask = every_cpu(world);
	}
	for (uint32_t cpu = 0; cpu < world->pair->shape.cpus; cpu++)
		add(list, EVENT_MIGRATE, task, cpu);
}

uint32_t world_events(const struct world *world, struct event *events)
{
	const struct pair *pair = world->pair;
	struct list list = { world, events, 0 };

	for (uint32_t i = 0; i < pair->actors_count; i++)
		add(&list, EVENT_RESUME, pair->actors[i], 0);
	for (uint32_t cpu = 0; cpu < pair->shape.cpus; cpu++) {
		if (pair->operations[ACTOR_CPU + cpu].busy)
			continue;
		add(&list, EVENT_SWITCH, cpu, EVENT_NOBODY);
		for (uint32_t task = 0; task < pair->shape.tasks_max; task++)
			add(&list, EVENT_SWITCH, cpu, task);
	}
	for (uint32_t task = 0; task < pair->shape.tasks_max; task++) {
		if (pair->tasks[task].life != LIFE_NONE && pair->tasks[task].life != LIFE_DEAD)
			add_task(&list, task);
	}
	add(&list, EVENT_WORK, 0, 0);
	for (uint32_t store = 0; pair->shape.weak && store < CODE_STORES_MAX; store++)
		add(&list, EVENT_STORED, store, 0);
	return list.count;
}

/* What @event uses up; MACHINE_OPS: nothing. */
static enum machine_op use_of(const struct event *event)
{
	switch ((enum event_kind)event->kind) {
	case EVENT_THREAD:
		return MACHINE_FORKS;
	case EVENT_CLONE_VM:
		return MACHINE_CLONE_VMS;
	case EVENT_VFORK:
		return MACHINE_VFORKS;
	case EVENT_EXIT:
		return MACHINE_EXITS;
	case EVENT_EXEC:
		return event->b ? MACHINE_FAILED_EXECS : MACHINE_EXECS;
	case EVENT_AFFINITY:
		return MACHINE_AFFINITIES;
	default:
		return MACHINE_OPS;
	}
}

bool world_has_number(const struct world *world)
{
	struct code_mm view;

	world->pair->code->view_mm(0, world->pair->shape.cpus, &view);
	return (view.pool & every_cpu(world)) != every_cpu(world);
}

static bool spins_at(const struct world *world, uint32_t actor)
{
	const struct operation *operation = &world->pair->operations[actor];

	return operation->busy && operation->at.stop == CODE_SPINS;
}

bool world_spins(const struct world *world)
{
	const struct pair *pair = world->pair;

	for (uint32_t i = 0; i < pair->actors_count; i++) {
		if (spins_at(world, pair->actors[i]))
			return !world_has_number(world);
	}
	return false;
}

/* With the fine grain a round of a get has stops. */
static bool is_in_get(const struct world *world, uint32_t actor)
{
	const struct operation *operation = &world->pair->operations[actor];
	uint32_t stop = operation->at.stop;

	return operation->busy && (stop == CODE_SPINS || stop == CODE_FINDS || stop == CODE_READ ||
					  stop == CODE_ATOMIC);
}

/* A get that spins and finds nothing may count its rounds, and give up. Where it is does not show
 * that; so it goes on for some rounds at once. What others do within a round they can do before it.
 */
static enum event_outcome spin(struct world *world, struct event *event)
{
	enum event_outcome outcome;
	uint32_t rounds = 0;

	do {
		outcome = event_apply(world->pair, event);
		event->c++;
		rounds += spins_at(world, event->a);
	} while (outcome == EVENT_TAKEN && rounds < SPINS_MAX && event->c < UINT8_MAX &&
		 is_in_get(world, event->a));
	return outcome;
}

enum event_outcome world_happen(struct world *world, struct event *event)
{
	enum machine_op op = use_of(event);
	enum event_outcome outcome;

	if (event->kind == EVENT_RESUME && spins_at(world, event->a) && !world_has_number(world))
		return spin(world, event);
	outcome = event_apply(world->pair, event);
	if (outcome == EVENT_TAKEN && op < MACHINE_OPS && !world->exits_only)
		world->left[op]--;
	return outcome;
}
