/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/order-world.h"

#include <check.h>

#include "sim/replay/kernels.h"
#include "sim/replay/orders/search.h"

enum { MM = 0 };

static struct order_world *new_world(
	const char *revision, const char *cpus, uint32_t orders_max, bool whole)
{
	char *strings = "";
	const struct trace_info info = { .kernel = strings,
		.workload = strings,
		.revision = strings,
		.flags = strings,
		.possible = g_array_new(FALSE, FALSE, sizeof(uint32_t)) };
	const struct scenario_overrides overrides = { .revision = revision };
	struct order_world *w = g_new0(struct order_world, 1);

	w->options.orders_max = orders_max;
	w->replay.options = &w->options;
	w->replay.scenario = machine_of_trace("trace", &info, cpus, &overrides, NULL);
	ck_assert_ptr_nonnull(w->replay.scenario);
	w->replay.verdict = verdict_new();
	w->mm = whole ? order_mm_new_whole(w->replay.scenario, NULL)
	              : order_mm_new(w->replay.scenario, orders_max, NULL);
	g_array_free(info.possible, TRUE);
	return w;
}

struct order_world *order_world_new(uint32_t orders_max)
{
	return new_world("7.1", "0-3", orders_max, false);
}

struct order_world *order_world_new_wide(uint32_t orders_max)
{
	return new_world("7.1", "0-16", orders_max, false);
}

struct order_world *order_world_new_whole(const char *revision)
{
	return new_world(revision, "0-3", 1, true);
}

void order_world_free(struct order_world *w)
{
	order_mm_free(w->mm);
	verdict_free(w->replay.verdict);
	scenario_free(w->replay.scenario);
	g_free(w);
}

struct order_actor orders_on_cpu(uint32_t cpu)
{
	return (struct order_actor){ .kind = ACTOR_SWITCH, .index = cpu, .line = cpu };
}

void orders_begin_switch(struct order_world *w, uint32_t cpu, uint32_t prev, uint32_t next)
{
	order_mm_add_switch(w->mm, cpu, prev, next, cpu + 1);
}

void orders_end_switch(struct order_world *w, uint32_t cpu)
{
	order_settle(w->mm, orders_on_cpu(cpu));
	w->mm->switches[cpu].pending = false;
	for (guint i = 0; i < w->mm->pending->len; i++) {
		if (g_array_index(w->mm->pending, uint32_t, i) == cpu) {
			g_array_remove_index(w->mm->pending, i);
			break;
		}
	}
}

void orders_run(struct order_world *w, uint32_t cpu, uint32_t prev, uint32_t next)
{
	orders_begin_switch(w, cpu, prev, next);
	orders_end_switch(w, cpu);
}

uint32_t orders_begin_fork(struct order_world *w, uint32_t parent)
{
	uint32_t child = order_mm_add_task(w->mm, 100 + w->mm->pids->len, 100, 0);

	w->mm->current = (struct order_op){ .kind = ORDER_FORK,
		.id = ++w->mm->last_op,
		.pid = 100,
		.initiator = parent,
		.task = child };
	order_settle_decision(w->mm);
	w->mm->current.released = true;
	return child;
}

void orders_end_fork(struct order_world *w)
{
	order_settle(w->mm, (struct order_actor){ .kind = ACTOR_CURRENT });
	w->mm->current.id = 0;
	for (guint i = 0; i < states_count(&w->mm->states); i++)
		state_changes(states_at(&w->mm->states, i))->current_done = 0;
}

void orders_fork_tasks(struct order_world *w, uint32_t count)
{
	orders_begin_fork(w, TASK_NONE);
	orders_end_fork(w);
	orders_run(w, 0, TASK_NONE, 0);
	for (uint32_t task = 1; task < count; task++) {
		ck_assert_uint_eq(orders_begin_fork(w, 0), task);
		orders_end_fork(w);
	}
}

const struct model *orders_model_at(const struct order_world *w, guint index)
{
	return &((const struct order_state *)states_at(&w->mm->states, index))->model;
}

cid_word orders_word_of(const struct order_world *w, guint state, uint32_t task)
{
	return model_task_const(orders_model_at(w, state), task)->cid;
}
