/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/pack-fields.h"

/* Names */

/* In the order of the list, from the newest on. */
static void order_by_list(struct writer *w)
{
	uint32_t count = 0, task = w->mm->newest;

	if (task == TASK_NONE)
		return;
	do {
		assert(task < w->layout->config.tasks_max);
		if (has_place(w, task)) {
			w->task_name[task] = (uint8_t)count;
			w->tasks[count++] = (uint8_t)task;
		}
		task = w->model_tasks[task].older;
	} while (task != w->mm->newest);
	w->placed = count;
}

/* For @task, which has no place on the list: its content, and which user waits for its vfork. */
static uint64_t other_content(const struct writer *w, uint32_t task)
{
	uint64_t content = task_content(w, task) << 8;

	for (uint32_t user = 0; w->layout->partners && user < w->layout->config.tasks_max; user++) {
		if (w->machine->pc[user] == PC_WAITS && w->machine->partner[user] == task)
			content |= w->task_name[user] + 1u;
	}
	return content;
}

/* Behind them those that have no place on it, by what they are in the middle of and where. */
static void order_others(struct writer *w)
{
	uint32_t count = w->placed, first = count;
	uint64_t key[MACHINE_TASKS_MAX];

	for (uint32_t task = 0; task < w->layout->config.tasks_max; task++) {
		uint32_t at = count;

		if (has_place(w, task))
			continue;
		key[task] =
			w->machine->pc[task] == PC_FREE ? UINT64_MAX : other_content(w, task) << 8;
		if (w->machine->pc[task] != PC_FREE && (is_running(w, task) || sits(w, task)))
			key[task] |= (w->cpu_name[w->model_tasks[task].cpu] + 1u) << 1 |
			             is_running(w, task);
		for (; at > first && key[w->tasks[at - 1]] > key[task]; at--)
			w->tasks[at] = w->tasks[at - 1];
		w->tasks[at] = (uint8_t)task;
		count++;
	}
	assert(count == w->layout->config.tasks_max);
}

/* The walk waits for the rq lock of @task's CPU. */
static bool is_waited_for(const struct writer *w, uint32_t task)
{
	return w->machine->waiting && w->mm->phase == PHASE_WALK_TASKS && w->mm->cursor == task;
}

/* What distinguishes tasks before all have their names: of two with the same value it does not
 * matter which is which. */
static uint64_t distinction(const struct writer *w, uint32_t task)
{
	if (w->layout->config.any_task_order)
		return task_content(w, task) << 1 | is_waited_for(w, task);
	if (has_place(w, task))
		return w->task_name[task];
	return other_content(w, task) + MACHINE_TASKS_MAX;
}

static void sort(uint8_t *sorted, const uint64_t *key, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t j = i;

		for (; j > 0 && key[sorted[j - 1]] > key[i]; j--)
			sorted[j] = sorted[j - 1];
		sorted[j] = (uint8_t)i;
	}
}

/* What CPUs are ordered by: what is on them, then who sits there. */
struct cpu_rank {
	uint64_t key;
	uint32_t count;
	uint64_t sitting[MACHINE_TASKS_MAX]; /* distinctions, sorted */
};

static bool is_after(const struct cpu_rank *a, const struct cpu_rank *b)
{
	if (a->key != b->key)
		return a->key > b->key;
	if (a->count != b->count)
		return a->count > b->count;
	for (uint32_t i = 0; i < a->count; i++) {
		if (a->sitting[i] != b->sitting[i])
			return a->sitting[i] > b->sitting[i];
	}
	return false;
}

static uint64_t cpu_rank_key(const struct writer *w, uint32_t cpu)
{
	uint32_t curr = w->model_cpus[cpu].curr;
	uint64_t key = (uint64_t) !(w->layout->config.allowed >> cpu & 1) << 63;

	if (w->machine->waiting && w->mm->phase == PHASE_WALK_CPUS && w->mm->cursor == cpu)
		key |= UINT64_C(1) << 62;
	key |= cpu_content(w, cpu) << 40;
	return curr == TASK_NONE ? key : key | distinction(w, curr);
}

static void order_cpus(struct writer *w)
{
	const struct machine_config *config = &w->layout->config;
	struct cpu_rank rank[MACHINE_CPUS_MAX];

	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++) {
		rank[cpu].key = cpu_rank_key(w, cpu);
		rank[cpu].count = 0;
	}
	for (uint32_t task = 0; task < config->tasks_max; task++) {
		struct cpu_rank *at = &rank[w->model_tasks[task].cpu];

		if (sits(w, task))
			insert(at->sitting, at->count++, distinction(w, task));
	}
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++) {
		uint32_t i = cpu;

		for (; i > 0 && is_after(&rank[w->cpus[i - 1]], &rank[cpu]); i--)
			w->cpus[i] = w->cpus[i - 1];
		w->cpus[i] = (uint8_t)cpu;
	}
}

/* By where they are, in the order of the CPUs, and what they hold. */
static void order_tasks_by_content(struct writer *w)
{
	enum { RUNS, SITS, FLOATS, NONE };
	uint32_t tasks = w->layout->config.tasks_max;
	uint64_t key[MACHINE_TASKS_MAX];

	for (uint32_t task = 0; task < tasks; task++) {
		uint64_t where = w->cpu_name[w->model_tasks[task].cpu], kind = FLOATS;

		if (w->machine->pc[task] == PC_FREE) {
			kind = NONE;
			where = 0;
		} else if (is_running(w, task)) {
			kind = RUNS;
		} else if (sits(w, task)) {
			kind = SITS;
		} else {
			where = 0;
		}
		key[task] = kind << 62 | where << 56 | task_content(w, task);
		if (is_waited_for(w, task))
			key[task] |= UINT64_C(1) << 55;
	}
	sort(w->tasks, key, tasks);
}

static void name(const uint8_t *of, uint32_t count, uint8_t *names)
{
	for (uint32_t i = 0; i < count; i++)
		names[of[i]] = (uint8_t)i;
}

static void order(struct writer *w)
{
	const struct machine_config *config = &w->layout->config;

	if (!config->any_task_order)
		order_by_list(w);
	if (config->any_cpu_order) {
		order_cpus(w);
	} else {
		for (uint8_t cpu = 0; cpu < config->cpus_count; cpu++)
			w->cpus[cpu] = cpu;
	}
	name(w->cpus, config->cpus_count, w->cpu_name);
	if (config->any_task_order)
		order_tasks_by_content(w);
	else
		order_others(w);
	name(w->tasks, config->tasks_max, w->task_name);
}

static uint64_t cpu_field(const struct writer *w, uint32_t cpu)
{
	uint32_t curr = w->model_cpus[cpu].curr;
	uint64_t field = cpu_content(w, cpu);

	if (!w->layout->config.any_task_order && curr != TASK_NONE)
		field |= (uint64_t)w->task_name[curr] << w->layout->cpu_bits;
	return field;
}

static uint64_t task_field(const struct writer *w, uint32_t task)
{
	const struct pack_layout *layout = w->layout;
	uint64_t field = task_content(w, task);
	unsigned at = layout->task_content_bits;

	if (layout->partners) {
		if (has_partner(w, task))
			field |= (uint64_t)w->task_name[w->machine->partner[task]] << at;
		at += layout->task_bits;
	}
	if (sits(w, task))
		field |= (w->cpu_name[w->model_tasks[task].cpu] + UINT64_C(1)) << at;
	return field;
}

static void write_all(struct writer *w, uint32_t *key)
{
	const struct pack_layout *layout = w->layout;
	struct bits bits = { .part = 0 };

	order(w);
	put_bits(&bits, mm_field(w, cursor_code(w, w->cpu_name, w->task_name)), layout->mm_bits);
	put_left(&bits, w);
	for (uint32_t i = 0; i < layout->config.cpus_count; i++)
		put_bits(&bits, cpu_field(w, w->cpus[i]), layout->cpu_field_bits);
	for (uint32_t i = 0; i < layout->config.tasks_max; i++)
		put_bits(&bits, task_field(w, w->tasks[i]), layout->task_field_bits);
	finish_key(layout, &bits, key);
}

void pack_write(const struct pack_layout *layout, const struct machine *machine, uint32_t *key)
{
	struct writer w;

	writer_init(&w, layout, machine);
	write_all(&w, key);
}
