/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_DESCRIBE_H
#define CIDSIM_SIM_ENGINE_DESCRIBE_H

/* The state of an mm for people, in lines without a line end at the last; the caller frees them. */

#include <stdbool.h>
#include <stdint.h>

struct engine;

/* Who spins for a number of @mm and cannot get it (all who spin if @freed is NULL), who holds what,
 * who waits for what. @freed: by CPU, those whose spin may yet end. */
char *describe_spins(struct engine *engine, uint32_t mm, const bool *freed);

/* How @mm stands: who runs with which word, who holds which CID. */
char *describe_mm(struct engine *engine, uint32_t mm);

#endif
