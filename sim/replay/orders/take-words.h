/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_TAKE_WORDS_H
#define CIDSIM_SIM_REPLAY_ORDERS_TAKE_WORDS_H

/* Words of a trace, the kernel's 32 bits, are taken over into a state. A trace may have any. */

#include "sim/replay/orders/states.h"

/* Can a word of @model be @word? */
bool word_fits(const struct model *model, uint32_t word);

/* The number of @word is taken in the pool from now on. True for an unset one; false if it cannot
 * be: it does not fit, or the number is taken already. */
bool word_hold(struct model *model, uint32_t word);

/* A word that was not known is @word, of @cpu; or of @task, per CPU, where no task owns a number.
 * False if that cannot be in @state; then the state is half changed and must be ruled out. */
bool state_take_cpu_word(struct order_state *state, uint32_t cpu, uint32_t word);
bool state_take_task_word(struct order_state *state, uint32_t task, uint32_t word);

#endif
