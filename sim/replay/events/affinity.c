/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/events/handlers.h"

#include "sim/replay/orders/search.h"
#include "sim/replay/process/difference.h"
#include "sim/replay/process/observe.h"
#include "sim/replay/process/records.h"
#include "sim/replay/process/tasks.h"

static uint64_t *dense_mask(const struct tables *tables, const struct trace_bits *bits)
{
	const struct scenario *scenario = tables->replay->scenario;
	uint64_t *mask = g_new0(uint64_t, (scenario->cpus_count + 63) / 64);
	uint32_t count = 0;

	g_assert(bits->words);
	for (uint32_t cpu = 0; cpu < scenario->cpus_count; cpu++) {
		uint32_t id = scenario->cpu_ids[cpu];

		if (id / 64 < bits->words_count && bits->words[id / 64] >> id % 64 & 1) {
			mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
			count++;
		}
	}
	if (count > 0)
		return mask;
	g_free(mask);
	return NULL;
}

static uint32_t weight(const struct tables *tables, const uint64_t *mask)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < (tables->replay->scenario->cpus_count + 63) / 64; i++)
		count += (uint32_t)__builtin_popcountll(mask[i]);
	g_assert(count <= tables->replay->scenario->cpus_count);
	return count;
}

uint64_t *affinity_first_mask(struct tables *tables, const struct trace_event *event, bool *guessed)
{
	const struct seen_task *parent = tables_find(tables, event->pid);
	uint32_t cpus = tables->replay->scenario->cpus_count;
	uint32_t count = event->mm.known ? event->mm.allowed_count : 0;
	uint64_t *mask;

	g_assert(!*guessed);
	if (event->allowed.words)
		return dense_mask(tables, &event->allowed);
	if (parent && parent->mask && (!count || count == weight(tables, parent->mask)))
		return g_memdup2(parent->mask, (cpus + 63) / 64 * sizeof(*mask));
	if (count == 0 || count >= cpus)
		return NULL;
	*guessed = true;
	mask = g_new0(uint64_t, (cpus + 63) / 64);
	for (uint32_t cpu = 0; cpu < count; cpu++)
		mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
	return mask;
}

/* A change is over. */
static void settle(struct tables *tables, struct process *process, uint32_t index,
	const struct trace_event *event)
{
	g_assert(process->mm->affinities_used >> index & 1);
	order_settle(process->mm, (struct order_actor){ .kind = ACTOR_AFFINITY,
					  .index = index,
					  .line = process->mm->affinities[index].line });
	process->mm->affinities_used &= ~(1U << index);
	if (states_count(&process->mm->states) == 0)
		process_stuck(tables, process, event, "affinity change");
	else
		records_update(tables, process);
}

void on_affinity(struct tables *tables, const struct trace_event *event)
{
	uint32_t index;
	struct seen_task *task = tasks_known(tables, &event->task, event);
	g_autofree uint64_t *mask = event->mask.words ? dense_mask(tables, &event->mask) : NULL;

	if (!mask)
		return;
	if (task || tables_find(tables, event->task.pid)) {
		struct seen_task *t = tables_find(tables, event->task.pid);

		g_free(t->mask);
		t->mask = g_memdup2(
			mask, (tables->replay->scenario->cpus_count + 63) / 64 * sizeof(*mask));
	}
	tables->replay->recorder->result->affinity_changes++;
	if (!task || !task->process || process_is_unknown(task->process))
		return;
	process_remember(task->process, event);
	index = order_mm_add_affinity(task->process->mm,
		(struct order_affinity){
			.pid = event->pid, .task = task->task, .mask = mask, .line = event->line });
	if (task->process->at_once && index < ORDER_AFFINITIES_MAX)
		settle(tables, task->process, index, event);
}

void on_affinity_end(struct tables *tables, const struct trace_event *event)
{
	struct process *process = tables_process(tables, event);

	if (!process || process_is_unknown(process))
		return;
	process_remember(process, event);
	for (uint32_t i = 0; i < ORDER_AFFINITIES_MAX; i++) {
		struct order_affinity *a = &process->mm->affinities[i];

		if (!(process->mm->affinities_used >> i & 1) || a->pid != event->pid)
			continue;
		a->weight = event->mm.known ? event->mm.allowed_count : ORDER_WEIGHT_OF_MASK;
		settle(tables, process, i, event);
	}
}
