/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_WORDS_H
#define CIDSIM_SIM_REPLAY_ORDERS_WORDS_H

/* Words of a trace, the kernel's 32 bits, as text and as the model has them. */

#include "model/cid.h"

enum { WORD_TEXT_MAX = 64 };

/* "0x40000001 (CPU-owned 1)". Returns @text. */
char *word_print(uint32_t word, char text[WORD_TEXT_MAX]);

/* The word of the model that @kernel is; false if it cannot have it. */
bool word_from_kernel(uint32_t kernel, cid_word *word);

#endif
