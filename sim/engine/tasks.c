/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/tasks.h"

#include "model/exec.h"
#include "sim/base/bigmem.h"
#include "sim/engine/internal.h"
#include "sim/engine/log.h"
#include "sim/engine/room.h"

enum { PID_FIRST = 100, UNIT_MASK = (1 << 20) - 1 };

void tasks_init(struct tasks *tasks, uint32_t count, uint64_t seed)
{
	const struct extra none = { .team = INDEX_NONE,
		.op_index = INDEX_NONE,
		.loops = LOOPS_FOREVER,
		.next_free = INDEX_NONE };

	g_assert(count > 0);
	tasks->count = count;
	tasks->seed = prng_seed(seed);
	tasks->table = bigmem_new(count * sizeof(struct sim_task));
	tasks->free = TASK_NONE;
	tasks->next_pid = PID_FIRST;
	tasks->extras = g_array_new(FALSE, FALSE, sizeof(struct extra));
	g_array_append_val(tasks->extras, none);
	tasks->extras_free = INDEX_NONE;
}

void tasks_clear(struct tasks *tasks)
{
	g_array_free(tasks->extras, TRUE);
	bigmem_free(tasks->table, tasks->count * sizeof(struct sim_task));
}

static uint32_t take_task(struct engine *engine)
{
	uint32_t task = engine->tasks.free;

	if (task != TASK_NONE) {
		g_assert(task < engine->tasks.used);
		engine->tasks.free = engine->tasks.table[task].position;
		return task;
	}
	if (engine->tasks.used == MODEL_TASKS_MAX)
		return TASK_NONE;
	if (engine->tasks.used == engine->tasks.count)
		room_for_tasks(engine);
	return engine->tasks.used++;
}

struct extra *tasks_extra_new(struct tasks *tasks, struct sim_task *task)
{
	struct extra copy = g_array_index(tasks->extras, struct extra, 0);

	g_assert(task->extra == 0);
	if (tasks->extras_free == INDEX_NONE) {
		task->extra = tasks->extras->len;
		g_array_append_val(tasks->extras, copy);
	} else {
		task->extra = tasks->extras_free;
		tasks->extras_free =
			g_array_index(tasks->extras, struct extra, task->extra).next_free;
		g_array_index(tasks->extras, struct extra, task->extra) = copy;
	}
	g_assert(task->extra > 0); /* nobody changes what all have */
	return &g_array_index(tasks->extras, struct extra, task->extra);
}

static void free_extra(struct engine *engine, struct sim_task *task)
{
	if (task->extra == 0)
		return;
	g_assert(extra_of(engine, task)->op_index == INDEX_NONE);
	g_array_index(engine->tasks.extras, struct extra, task->extra).next_free =
		engine->tasks.extras_free;
	engine->tasks.extras_free = task->extra;
	task->extra = 0;
}

/* The slot of @task, and with it the id of its thread group, can be used again. */
static void release_slot(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	g_assert(t->state == TASK_FREE);
	free_extra(engine, t);
	t->position = engine->tasks.free;
	engine->tasks.free = task;
}

static void join_group(struct engine *engine, uint32_t group)
{
	/* its first task may have gone, but then the slot is kept for the others */
	g_assert(sim_task(engine, group)->state != TASK_FREE ||
		 extra_of(engine, sim_task(engine, group))->threads > 0);
	tasks_extra(&engine->tasks, sim_task(engine, group))->threads++;
}

static void leave_group(struct engine *engine, uint32_t group)
{
	struct sim_task *first = sim_task(engine, group);

	g_assert(extra_of(engine, first)->threads > 0);
	if (--tasks_extra(&engine->tasks, first)->threads == 0 && first->state == TASK_FREE)
		release_slot(engine, group);
}

static void log_new_task(struct engine *engine, uint32_t task, uint32_t cpu)
{
	const struct model_task *t = model_task(engine->model, task);
	struct record_task name = tasks_name(engine, task);
	struct log_text text;

	log_begin(&text);
	log_number(&text, "pid=", name.pid);
	log_number(&text, " group=", name.group_pid);
	log_number(&text, " cpu=", sim_cpu_id(engine, cpu));
	if (t->has_mm)
		log_mm(engine, &text, t->mm);
	log_number(&text, " visible=", t->visible);
	log_string(&text, " comm=", name.name);
	log_send(engine, cpu, "task_new", &text);
}

uint32_t tasks_new(struct engine *engine, uint32_t unit, uint32_t mm, uint32_t group, uint32_t cpu,
	bool visible)
{
	uint32_t task = take_task(engine);
	struct sim_task *t;

	if (task == TASK_NONE)
		return TASK_NONE;
	t = sim_task(engine, task);
	g_assert(t->state == TASK_FREE);
	*t = (struct sim_task){
		.state = TASK_WAITS,
		.stage = STAGE_USER,
		.fresh = 1,
		.pid = engine->tasks.next_pid++,
		.unit = unit & UNIT_MASK,
		.shown = CID_UNSET,
	};
	task_create(engine->model, task, mm, group == TASK_NONE ? task : group, cpu);
	if (visible)
		task_show(engine->model, task);
	if (group != TASK_NONE)
		join_group(engine, group);
	if (mm != MM_NONE)
		mms_get(engine, mm);
	engine->tasks.alive++;
	engine->totals->tasks_max = MAX(engine->totals->tasks_max, engine->tasks.alive);
	if (engine->log)
		log_new_task(engine, task, cpu);
	return task;
}

void tasks_end(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	const struct model_task *m = model_task(engine->model, task);
	uint32_t mm = m->has_mm ? m->mm : MM_NONE, group = m->group, cpu = m->cpu;

	g_assert(engine->tasks.alive > 0);
	g_assert(!t->in_window);
	task_destroy(engine->model, task);
	if (engine->log)
		log_note(engine, cpu, "task_gone", "pid=%u", t->pid);
	task_set_state(t, TASK_FREE);
	engine->tasks.alive--;
	if (extra_of(engine, t)->threads == 0)
		release_slot(engine, task);
	if (group != task)
		leave_group(engine, group);
	if (mm != MM_NONE)
		mms_put(engine, mm, cpu);
}

void tasks_change_mm(struct engine *engine, uint32_t task, uint32_t mm)
{
	const struct model_task *m = model_task(engine->model, task);
	uint32_t old = m->mm, group = m->group;

	g_assert(old != mm);
	exec_join(engine->model, task, mm);
	after_touch(engine, mm, CPU_NONE, task);
	if (engine->log)
		log_note(engine, m->cpu, "join", "pid=%u mm_id=%u", sim_task(engine, task)->pid,
			sim_mm(engine, mm)->serial);
	mms_get(engine, mm);
	if (group != task)
		leave_group(engine, group);
	mms_put(engine, old, m->cpu);
}

struct record_task tasks_name(void *context, uint32_t task)
{
	struct engine *engine = context;
	struct record_task result = { .name = "<idle>" };
	const struct sim_task *t;

	g_assert(task == TASK_NONE || task < engine->tasks.used);
	if (task == TASK_NONE)
		return result;
	t = sim_task(engine, task);
	result.pid = t->pid;
	result.group_pid = sim_task(engine, model_task(engine->model, task)->group)->pid;
	g_strlcpy(result.name, unit_of(engine, t)->name, sizeof(result.name));
	return result;
}

uint32_t tasks_pid(void *context, uint32_t task)
{
	g_assert(task < ((const struct engine *)context)->tasks.used);
	return sim_task(context, task)->pid;
}

struct prng tasks_prng(const struct engine *engine, const struct sim_task *task)
{
	return (struct prng){ .key = prng_key_of(engine->tasks.seed, task->pid),
		.counter = task->draws };
}
