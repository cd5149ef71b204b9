/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_SHOWN_H
#define CIDSIM_SIM_REPLAY_ORDERS_SHOWN_H

/*
 * Steps that an event shows one by one, of an mm of which events show each step (order_mm.stepwise):
 * they are taken in the one state that there is. Each function returns false if the step cannot be
 * taken; then no state is left.
 */

#include "sim/replay/orders/mm.h"

/* The walk of the current op takes one step: that for @task (TASK_NONE: nobody of the mm), of a
 * walk over the CPUs that of @cpu. */
bool order_walk_step(struct order_mm *mm, uint32_t task, uint32_t cpu);

/* The current op is past its decision and its walk, so that what is left can be its end. */
bool order_op_may_end(const struct order_mm *mm);

/* Who leaves @cpu, where a switch is pending, has left: of the two halves the first is taken. */
bool order_switch_leaves(struct order_mm *mm, uint32_t cpu);

/* The get of the switch that is pending on @cpu begins to spin; that of the current op. */
bool order_switch_spins(struct order_mm *mm, uint32_t cpu);
bool order_op_spins(struct order_mm *mm);

/* The get that spins in the switch on @cpu gives up; that of the current op. */
bool order_switch_gives_up(struct order_mm *mm, uint32_t cpu);
bool order_op_gives_up(struct order_mm *mm);

#endif
