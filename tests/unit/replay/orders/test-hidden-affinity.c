/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The hidden step of an affinity change, also where the trace shows the weight of masks only. */

#include "model/mm.h"
#include "sim/replay/orders/hidden-kinds.h"
#include "tests/lib/order-world.h"
#include "tests/lib/suite.h"

enum { MM = 0 };

static struct order_world *w;

/* An mm that may run on CPU 0 and 1, with one task. */
static void set_up(void)
{
	const uint64_t mask = 3;

	w = order_world_new(64);
	order_mm_free(w->mm);
	w->mm = order_mm_new(w->replay.scenario, 64, &mask);
	orders_fork_tasks(w, 1);
}

static void tear_down(void)
{
	order_world_free(w);
}

SUITE(.before = set_up, .after = tear_down);

static struct order_state *state(void)
{
	return states_first(&w->mm->states);
}

static uint32_t allowed(void)
{
	return model_mm_const(&state()->model, MM)->allowed_count;
}

static uint32_t begin(uint64_t mask)
{
	return order_mm_add_affinity(
		w->mm, (struct order_affinity){ .pid = 100, .task = 0, .mask = &mask });
}

/* Proves that a change is taken once, and what it touches before and after. */
TEST(a_wider_mask_is_taken_once)
{
	uint32_t index = begin(4), limit = UINT32_MAX;

	ck_assert_uint_eq(hidden_affinity_touches(w->mm, state(), index, &limit),
		(unsigned)(LOCKED | CHANGES_MAX));
	ck_assert_uint_eq(limit, 1);
	ck_assert(hidden_take_affinity(w->mm, state(), index));
	ck_assert_uint_eq(allowed(), 3);
	ck_assert(state()->affinities_done >> index & 1);
	ck_assert_uint_eq(hidden_affinity_touches(w->mm, state(), index, &limit), 0);
	ck_assert(!hidden_take_affinity(w->mm, state(), index));
}

/* Proves that a mask which adds no CPU is a step that others do not see. */
TEST(a_narrower_mask_touches_nothing)
{
	uint32_t index = begin(1), limit = UINT32_MAX;

	ck_assert_uint_eq(hidden_affinity_touches(w->mm, state(), index, &limit), 0);
	ck_assert_uint_eq(limit, UINT32_MAX);
	ck_assert(hidden_take_affinity(w->mm, state(), index));
	ck_assert_uint_eq(allowed(), 2);
}

/* Proves that a mask of which the weight is not known yet waits, and that any of that weight does
 * afterwards. */
TEST(a_weight_stands_for_a_mask)
{
	uint32_t index = begin(4), limit = UINT32_MAX;

	w->mm->mask_guessed = true;
	ck_assert(!hidden_take_affinity(w->mm, state(), index));
	ck_assert_uint_eq(hidden_affinity_touches(w->mm, state(), index, &limit), (unsigned)LOCKED);
	w->mm->affinities[index].weight = 4;
	ck_assert(hidden_take_affinity(w->mm, state(), index));
	ck_assert_uint_eq(allowed(), 4);
}

/* Proves that the change waits for the rq lock of who runs, and that one who does not run is
 * queued where a lock is free. */
TEST(a_change_needs_a_rq_lock)
{
	uint32_t index = begin(4), task, before;

	model_cpu(&state()->model, 0)->phase = CPU_SPINS;
	ck_assert(!hidden_take_affinity(w->mm, state(), index));
	ck_assert_uint_eq(state()->affinities_done, 0);
	task = order_mm_add_task(w->mm, 101, 100, 0);
	ck_assert(hidden_queue_where_free(state(), task, &before));
	ck_assert_uint_eq(before, 0);
	ck_assert_uint_eq(model_task_const(&state()->model, task)->cpu, 1);
	for (uint32_t cpu = 0; cpu < ORDER_WORLD_CPUS; cpu++)
		model_cpu(&state()->model, cpu)->phase = CPU_BETWEEN;
	ck_assert(!hidden_queue_where_free(state(), task, &before));
}
