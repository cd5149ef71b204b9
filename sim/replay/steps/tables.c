/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/steps/private.h"

#include "sim/base/bigmem.h"

enum { TASKS_START = 64, MMS_START = 8 };

static uint32_t pid_of_task(void *context, uint32_t task)
{
	return steps_task(context, task)->pid;
}

static uint32_t grown(uint32_t count, uint32_t max)
{
	return count > max / 2 ? max : count * 2;
}

static void grow_model(struct steps *steps)
{
	struct model *old = steps->model;
	void *block = bigmem_new(model_size(&steps->config));

	steps->model = model_grow(block, &steps->config, old);
	bigmem_free(old, old->size);
}

void steps_grow_extents(struct steps *steps)
{
	uint32_t count = grown(steps->config.extents_count, MODEL_MMS_MAX);

	if (count > steps->config.mms_count)
		count = steps->config.mms_count; /* each mm has one at most */
	steps->config.extents_count = count;
	grow_model(steps);
}

void steps_tables_new(struct steps *steps)
{
	const struct scenario *scenario = steps->replay->scenario;
	struct recorder *recorder = steps->replay->recorder;

	steps->config = (struct model_config){
		.protocol = scenario->protocol,
		.cpus_count = scenario->cpus_count,
		.nr_cpu_ids = scenario->nr_cpu_ids,
		.tasks_count = TASKS_START,
		.mms_count = MMS_START,
		.extents_count = 1,
	};
	steps->model = model_init(bigmem_new(model_size(&steps->config)), &steps->config);
	steps->tasks = g_array_new(FALSE, TRUE, sizeof(struct steps_task));
	steps->tasks_free = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	steps->mms = g_array_new(FALSE, TRUE, sizeof(struct steps_mm));
	steps->mms_free = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	steps->pids = g_hash_table_new(NULL, NULL);
	steps->numbers = g_hash_table_new(NULL, NULL);
	steps->given_up = g_hash_table_new(NULL, NULL);
	recorder->pid = pid_of_task;
	recorder->pid_context = steps;
	if (recorder->mms_count < MMS_START)
		recorder_grow(recorder, MMS_START);
}

void steps_tables_free(struct steps *steps)
{
	g_hash_table_unref(steps->given_up);
	g_hash_table_unref(steps->numbers);
	g_hash_table_unref(steps->pids);
	g_array_free(steps->mms_free, TRUE);
	g_array_free(steps->mms, TRUE);
	g_array_free(steps->tasks_free, TRUE);
	g_array_free(steps->tasks, TRUE);
	bigmem_free(steps->model, steps->model->size);
}

static uint32_t look_up(GHashTable *table, uint64_t key)
{
	if (key > UINT32_MAX)
		return UINT32_MAX;
	return GPOINTER_TO_UINT(g_hash_table_lookup(table, GUINT_TO_POINTER((guint)key))) - 1;
}

uint32_t steps_mm_of(const struct steps *steps, uint64_t number)
{
	return look_up(steps->numbers, number);
}

uint32_t steps_first_of(const struct steps *steps, uint64_t pid)
{
	return look_up(steps->pids, pid);
}

uint32_t steps_task_of(const struct steps *steps, uint64_t pid)
{
	uint32_t task = look_up(steps->pids, pid);

	return task == TASK_NONE || steps_task(steps, task)->gone ? TASK_NONE : task;
}

/* The last of @free, or one more in @all, at most @max of them. UINT32_MAX: there is no room. */
static uint32_t take(GArray *all, GArray *free, uint32_t max)
{
	uint32_t index;

	if (free->len == 0) {
		if (all->len == max)
			return UINT32_MAX;
		g_array_set_size(all, all->len + 1);
		return all->len - 1;
	}
	index = g_array_index(free, uint32_t, free->len - 1);
	g_array_set_size(free, free->len - 1);
	return index;
}

uint32_t steps_take_mm(struct steps *steps, uint32_t number)
{
	uint32_t mm = take(steps->mms, steps->mms_free, MODEL_MMS_MAX);

	if (mm == MM_NONE)
		return MM_NONE;
	if (mm >= steps->config.mms_count) {
		steps->config.mms_count = grown(steps->config.mms_count, MODEL_MMS_MAX);
		recorder_grow(steps->replay->recorder, steps->config.mms_count);
		grow_model(steps);
	}
	*steps_mm(steps, mm) = (struct steps_mm){ .number = number, .live = true };
	g_hash_table_insert(steps->numbers, GUINT_TO_POINTER(number), GUINT_TO_POINTER(mm + 1));
	return mm;
}

void steps_drop_mm(struct steps *steps, uint32_t mm)
{
	steps_mm(steps, mm)->live = false;
	g_hash_table_remove(steps->numbers, GUINT_TO_POINTER(steps_mm(steps, mm)->number));
	g_array_append_val(steps->mms_free, mm);
}

uint32_t steps_take_task(struct steps *steps, uint32_t pid)
{
	uint32_t task = take(steps->tasks, steps->tasks_free, MODEL_TASKS_MAX);

	if (task == TASK_NONE)
		return TASK_NONE;
	if (task >= steps->config.tasks_count) {
		steps->config.tasks_count = grown(steps->config.tasks_count, MODEL_TASKS_MAX);
		grow_model(steps);
	}
	*steps_task(steps, task) =
		(struct steps_task){ .pid = pid, .window_mm = MM_NONE, .shown = CID_UNSET };
	g_hash_table_insert(steps->pids, GUINT_TO_POINTER(pid), GUINT_TO_POINTER(task + 1));
	return task;
}

static void release_slot(struct steps *steps, uint32_t task)
{
	g_hash_table_remove(steps->pids, GUINT_TO_POINTER(steps_task(steps, task)->pid));
	steps_task(steps, task)->pid = 0;
	g_array_append_val(steps->tasks_free, task);
}

void steps_leave_group(struct steps *steps, uint32_t group)
{
	struct steps_task *first = steps_task(steps, group);

	if (--first->threads == 0 && first->gone)
		release_slot(steps, group);
}

void steps_drop_task(struct steps *steps, uint32_t task, uint32_t group)
{
	steps_task(steps, task)->gone = true;
	if (steps_task(steps, task)->threads == 0)
		release_slot(steps, task);
	if (group != task)
		steps_leave_group(steps, group);
}
