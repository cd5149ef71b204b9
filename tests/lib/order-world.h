/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_ORDER_WORLD_H
#define CIDSIM_TESTS_LIB_ORDER_WORLD_H

/* One mm of a trace on 4 CPUs, with the states that it may be in. */

#include "sim/replay/orders/hidden.h"
#include "sim/replay/replay.h"

enum { ORDER_WORLD_CPUS = 4, ORDER_WORLD_WIDE = 17 };

struct order_world {
	struct replay_options options;
	struct replay replay;
	struct order_mm *mm;
};

/* As revision 7.1, with at most @orders_max states. */
struct order_world *order_world_new(uint32_t orders_max);
/* The same with ORDER_WORLD_WIDE CPUs. */
struct order_world *order_world_new_wide(uint32_t orders_max);
/* Of a trace that shows each step. */
struct order_world *order_world_new_whole(const char *revision);
void order_world_free(struct order_world *w);

/* The actor of the switch on @cpu. */
struct order_actor orders_on_cpu(uint32_t cpu);
/* The task of @cpu leaves for @next; none of the hidden steps is taken. */
void orders_begin_switch(struct order_world *w, uint32_t cpu, uint32_t prev, uint32_t next);
/* All of them are. */
void orders_end_switch(struct order_world *w, uint32_t cpu);
/* Both. */
void orders_run(struct order_world *w, uint32_t cpu, uint32_t prev, uint32_t next);

/* A fork as far as its decision; the first task is its own parent. Returns the child. */
uint32_t orders_begin_fork(struct order_world *w, uint32_t parent);
void orders_end_fork(struct order_world *w);
/* Tasks 0 to @count - 1; the first one runs on CPU 0. */
void orders_fork_tasks(struct order_world *w, uint32_t count);

/* The model of the state @index, and the word of @task in it. */
const struct model *orders_model_at(const struct order_world *w, guint index);
cid_word orders_word_of(const struct order_world *w, guint state, uint32_t task);

#endif
