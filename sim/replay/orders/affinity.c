/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/internal.h"

static uint64_t *dense_mask(const struct orders *orders, const struct trace_bits *bits)
{
	const struct scenario *scenario = orders->replay->scenario;
	uint64_t *mask = g_new0(uint64_t, (scenario->cpus_count + 63) / 64);
	uint32_t count = 0;

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

static uint32_t weight(const struct orders *orders, const uint64_t *mask)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < (orders->replay->scenario->cpus_count + 63) / 64; i++)
		count += (uint32_t)__builtin_popcountll(mask[i]);
	return count;
}

/* The mask that a new mm begins with: that of who makes it, or any of the weight that is told. */
uint64_t *affinity_first_mask(struct orders *orders, const struct trace_event *event, bool *guessed)
{
	const struct seen_task *parent = tasks_find(orders, event->pid);
	uint32_t cpus = orders->replay->scenario->cpus_count;
	uint32_t told = event->mm.known ? event->mm.allowed_count : 0;
	uint64_t *mask;

	if (event->allowed.words)
		return dense_mask(orders, &event->allowed);
	if (parent && parent->mask && (!told || told == weight(orders, parent->mask)))
		return g_memdup2(parent->mask, (cpus + 63) / 64 * sizeof(*mask));
	if (told == 0 || told >= cpus)
		return NULL;
	*guessed = true;
	mask = g_new0(uint64_t, (cpus + 63) / 64);
	for (uint32_t cpu = 0; cpu < told; cpu++)
		mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
	return mask;
}

/* A change is over. */
static void settle(
	struct orders *orders, struct order_mm *mm, uint32_t index, const struct trace_event *event)
{
	order_settle(mm, (struct order_actor){ .kind = ACTOR_AFFINITY,
				 .index = index,
				 .line = mm->affinities[index].line });
	mm->affinities_used &= ~(1U << index);
	if (states_count(&mm->states) == 0)
		orders_stuck(orders, mm, event, "affinity change");
	else
		tell_update(orders, mm);
}

void on_affinity(struct orders *orders, const struct trace_event *event)
{
	uint32_t index;
	struct seen_task *task = tasks_known(orders, &event->task, event);
	g_autofree uint64_t *mask = event->mask.words ? dense_mask(orders, &event->mask) : NULL;

	if (!mask)
		return;
	if (task || tasks_find(orders, event->task.pid)) {
		struct seen_task *t = tasks_find(orders, event->task.pid);

		g_free(t->mask);
		t->mask = g_memdup2(
			mask, (orders->replay->scenario->cpus_count + 63) / 64 * sizeof(*mask));
	}
	orders->replay->recorder->result->affinity_changes++;
	if (!task || !task->mm || task->mm->adopts)
		return;
	orders_remember(orders, task->mm, event);
	index = order_mm_add_affinity(task->mm,
		(struct order_affinity){
			.pid = event->pid, .task = task->task, .mask = mask, .line = event->line });
	if (task->mm->predicted && index < ORDER_AFFINITIES_MAX)
		settle(orders, task->mm, index, event);
}

void on_affinity_end(struct orders *orders, const struct trace_event *event)
{
	struct order_mm *mm = users_mm(orders, event);

	if (!mm || mm->adopts)
		return;
	orders_remember(orders, mm, event);
	for (uint32_t i = 0; i < ORDER_AFFINITIES_MAX; i++) {
		struct order_affinity *a = &mm->affinities[i];

		if (!(mm->affinities_used >> i & 1) || a->pid != event->pid)
			continue;
		a->weight = event->mm.known ? event->mm.allowed_count : ORDER_WEIGHT_OF_MASK;
		settle(orders, mm, i, event);
	}
}
