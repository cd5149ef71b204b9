/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/bigmem.h"
#include "sim/base/hash.h"
#include "sim/engine/internal.h"

#include <assert.h>
#include <string.h>

enum { PID_FIRST = 100, UNIT_MASK = (1 << 20) - 1 };

/* An affinity mask in the table of those there are. */
struct mask_key {
	struct cpu_set set;
	uint32_t words;
};

/* Move the model into a block of the sizes in engine.config. */
static void grow_model(struct engine *engine)
{
	void *block = bigmem_new(model_size(&engine->config));
	struct model *old = engine->model;

	engine->model = model_grow(block, &engine->config, old);
	bigmem_free(old, old->size);
	engine_prefetch_wakeups(engine);
}

static uint32_t grown(uint32_t count, uint32_t max)
{
	return count > max / 2 ? max : MAX(count * 2, 16);
}

void engine_grow_extents(struct engine *engine)
{
	engine->config.extents_count =
		MIN(grown(engine->config.extents_count, MODEL_MMS_MAX), engine->config.mms_count);
	grow_model(engine);
}

static void grow_tasks(struct engine *engine)
{
	uint32_t count = grown(engine->tasks_count, MODEL_TASKS_MAX);

	engine->tasks = bigmem_grow(engine->tasks, engine->tasks_count * sizeof(*engine->tasks),
		count * sizeof(*engine->tasks));
	engine->tasks_count = count;
	engine->config.tasks_count = count;
	grow_model(engine);
}

static void grow_mms(struct engine *engine)
{
	uint32_t count = grown(engine->config.mms_count, MODEL_MMS_MAX);

	engine->mms = g_renew(struct sim_mm, engine->mms, count);
	engine->config.mms_count = count;
	recorder_grow(engine->recorder, count);
	grow_model(engine);
}

static uint32_t take_task(struct engine *engine)
{
	uint32_t task = engine->tasks_free;

	if (task != TASK_NONE) {
		engine->tasks_free = engine->tasks[task].position;
		return task;
	}
	if (engine->tasks_used == MODEL_TASKS_MAX)
		return TASK_NONE;
	if (engine->tasks_used == engine->tasks_count)
		grow_tasks(engine);
	return engine->tasks_used++;
}

struct extra *extra_edit(struct engine *engine, struct sim_task *task)
{
	struct extra copy = *extra_of(engine, task);

	if (task->extra == 0 && engine->extras_free != INDEX_NONE) {
		task->extra = engine->extras_free;
		engine->extras_free = extra_of(engine, task)->next_free;
		g_array_index(engine->extras, struct extra, task->extra) = copy;
	} else if (task->extra == 0) {
		task->extra = engine->extras->len;
		g_array_append_val(engine->extras, copy);
	}
	return &g_array_index(engine->extras, struct extra, task->extra);
}

static void free_extra(struct engine *engine, struct sim_task *task)
{
	if (task->extra == 0)
		return;
	g_array_index(engine->extras, struct extra, task->extra).next_free = engine->extras_free;
	engine->extras_free = task->extra;
	task->extra = 0;
}

/* The slot of @task, and with it the id of its thread group, can be used again. */
static void release_slot(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	free_extra(engine, t);
	t->position = engine->tasks_free;
	engine->tasks_free = task;
}

static void join_group(struct engine *engine, uint32_t group)
{
	extra_edit(engine, sim_task(engine, group))->threads++;
}

static void leave_group(struct engine *engine, uint32_t group)
{
	struct sim_task *first = sim_task(engine, group);

	if (--extra_edit(engine, first)->threads == 0 && first->state == TASK_FREE)
		release_slot(engine, group);
}

static void tell_new_task(struct engine *engine, uint32_t task, uint32_t cpu)
{
	const struct model_task *t = model_task(engine->model, task);
	struct record_task name = task_name(engine, task);
	struct log_text text;

	log_begin(&text);
	log_number(&text, "pid=", name.pid);
	log_number(&text, " group=", name.group_pid);
	log_number(&text, " cpu=", engine->scenario->cpu_ids[cpu]);
	if (t->has_mm)
		log_mm(engine, &text, t->mm);
	log_number(&text, " visible=", t->visible);
	log_string(&text, " comm=", name.name);
	log_send(engine, cpu, "task_new", &text);
}

uint32_t task_new(struct engine *engine, uint32_t unit, uint32_t mm, uint32_t group, uint32_t cpu,
	bool visible)
{
	uint32_t task = take_task(engine);
	struct sim_task *t;

	if (task == TASK_NONE)
		return TASK_NONE;
	t = sim_task(engine, task);
	*t = (struct sim_task){
		.state = TASK_WAITS,
		.stage = STAGE_USER,
		.fresh = 1,
		.pid = engine->next_pid++,
		.unit = unit & UNIT_MASK,
		.shown = CID_UNSET,
	};
	task_create(engine->model, task, mm, group == TASK_NONE ? task : group, cpu);
	if (visible)
		task_show(engine->model, task);
	if (group != TASK_NONE)
		join_group(engine, group);
	if (mm != MM_NONE)
		engine->mms[mm].tasks++;
	engine->tasks_alive++;
	engine->totals->tasks_max = MAX(engine->totals->tasks_max, engine->tasks_alive);
	if (engine->log)
		tell_new_task(engine, task, cpu);
	return task;
}

void task_free(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	const struct model_task *m = model_task(engine->model, task);
	uint32_t mm = m->has_mm ? m->mm : MM_NONE, group = m->group, cpu = m->cpu;

	task_destroy(engine->model, task);
	if (engine->log)
		log_note(engine, cpu, "task_gone", "pid=%u", t->pid);
	t->state = TASK_FREE;
	engine->tasks_alive--;
	if (extra_of(engine, t)->threads == 0)
		release_slot(engine, task);
	if (group != task)
		leave_group(engine, group);
	if (mm != MM_NONE)
		sim_mm_put(engine, mm, cpu);
}

void task_change_mm(struct engine *engine, uint32_t task, uint32_t mm)
{
	const struct model_task *m = model_task(engine->model, task);
	uint32_t old = m->mm, group = m->group;

	exec_join(engine->model, task, mm);
	if (engine->log)
		log_note(engine, m->cpu, "join", "pid=%u mm_id=%u", sim_task(engine, task)->pid,
			engine->mms[mm].serial);
	engine->mms[mm].tasks++;
	if (group != task)
		leave_group(engine, group);
	sim_mm_put(engine, old, m->cpu);
}

static uint32_t take_mm(struct engine *engine)
{
	uint32_t mm = engine->mms_free;

	if (mm != INDEX_NONE) {
		engine->mms_free = engine->mms[mm].next_free;
		return mm;
	}
	if (engine->mms_used == MODEL_MMS_MAX)
		return MM_NONE;
	if (engine->mms_used == engine->config.mms_count)
		grow_mms(engine);
	return engine->mms_used++;
}

static void tell_new_mm(struct engine *engine, uint32_t mm, uint32_t cpu, uint32_t mask)
{
	const struct cpu_set *set = &g_array_index(engine->masks, struct cpu_set, mask);
	const char *name = recorder_account(engine->recorder, mm)->name;
	bool quoted = strchr(name, ' ');
	struct log_text text;

	log_begin(&text);
	/* a name of the scenario, with a number or a word behind it: short enough for one piece */
	text.at += g_snprintf(
		text.text, LOG_TEXT_MAX, "mm=%s%s%s", quoted ? "\"" : "", name, quoted ? "\"" : "");
	log_mm(engine, &text, mm);
	log_number(&text, " allowed=", set->count);
	if (model_mm(engine->model, mm)->mode & MODE_TRANSIT)
		log_number(&text, " transit=", 1);
	log_send_with_mask(engine, cpu, "mm_new", &text, set);
}

uint32_t sim_mm_new(struct engine *engine, uint32_t account, uint32_t declared, uint32_t process,
	uint32_t mask, uint32_t cpu, uint8_t parent_mode)
{
	const struct cpu_set *set = &g_array_index(engine->masks, struct cpu_set, mask);
	uint32_t mm = take_mm(engine);

	if (mm == MM_NONE)
		return MM_NONE;
	while (mm_create(engine->model, mm, set->words).outcome == STEP_NEEDS_EXTENT)
		engine_grow_extents(engine);
	mm_inherit(engine->model, mm, parent_mode);
	engine->mms[mm] = (struct sim_mm){
		.mutex_owner = TASK_NONE,
		.waiters_first = TASK_NONE,
		.waiters_last = TASK_NONE,
		.declared = declared,
		.process = process,
		.serial = engine->next_serial++,
	};
	recorder_mm_begin(engine->recorder, engine->model, mm, account);
	if (engine->log)
		tell_new_mm(engine, mm, cpu, mask);
	return mm;
}

void sim_mm_put(struct engine *engine, uint32_t mm, uint32_t cpu)
{
	struct sim_mm *m = &engine->mms[mm];

	assert(m->tasks > 0);
	if (--m->tasks > 0)
		return;
	recorder_mm_end(engine->recorder, engine->model, mm);
	mm_destroy(engine->model, mm);
	if (engine->log)
		log_note(engine, cpu, "mm_end", "mm_id=%u", m->serial);
	m->next_free = engine->mms_free;
	engine->mms_free = mm;
}

static guint hash_set(gconstpointer data)
{
	const struct mask_key *key = data;
	uint64_t hash = 0;

	for (uint32_t i = 0; key->set.words && i < key->words; i++)
		hash = hash_mix(hash ^ key->set.words[i]);
	return (guint)hash;
}

static gboolean same_set(gconstpointer a, gconstpointer b)
{
	const struct mask_key *x = a, *y = b;

	if (!x->set.words || !y->set.words)
		return x->set.words == y->set.words;
	return memcmp(x->set.words, y->set.words, x->words * sizeof(uint64_t)) == 0;
}

GHashTable *mask_index_new(void)
{
	return g_hash_table_new_full(hash_set, same_set, g_free, NULL);
}

uint32_t mask_intern(struct engine *engine, const struct cpu_set *set)
{
	struct mask_key key = { .set = *set, .words = (engine->cpus_count + 63) / 64 };
	gpointer found;

	if (set->count == engine->cpus_count || !set->words)
		return 0; /* all, however it was written */
	if (g_hash_table_lookup_extended(engine->mask_index, &key, NULL, &found))
		return GPOINTER_TO_UINT(found);
	g_array_append_val(engine->masks, key.set);
	g_hash_table_insert(engine->mask_index, g_memdup2(&key, sizeof(key)),
		GUINT_TO_POINTER(engine->masks->len - 1));
	return engine->masks->len - 1;
}

struct record_task task_name(struct engine *engine, uint32_t task)
{
	struct record_task result = { .name = "<idle>" };
	const struct sim_task *t;

	if (task == TASK_NONE)
		return result;
	t = sim_task(engine, task);
	result.pid = t->pid;
	result.group_pid = sim_task(engine, model_task(engine->model, task)->group)->pid;
	g_strlcpy(result.name, unit_of(engine, t)->name, sizeof(result.name));
	return result;
}

struct prng task_prng(struct engine *engine, const struct sim_task *task)
{
	return (struct prng){ .key = prng_key(engine->key, task->pid), .counter = task->draws };
}

uint32_t tasks_first_pid(void)
{
	return PID_FIRST;
}
