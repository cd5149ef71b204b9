/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_MMS_H
#define CIDSIM_SIM_ENGINE_MMS_H

/* The mms of a run: creation, accounts, end. The owner of the mutex of an mm: mutex.h. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct engine;

struct sim_mm {
	uint32_t mutex_owner;                 /* task; TASK_NONE */
	uint32_t waiters_first, waiters_last; /* tasks blocked on the mutex, in order */
	uint32_t tasks;        /* that have it as their mm, and deferred work for it */
	uint32_t spinners;     /* CPUs that spin for a number of it */
	uint32_t declared;     /* index in scenario.mms */
	uint32_t process;      /* which of its processes; INDEX_NONE: made later */
	uint32_t serial;       /* no other mm of the run has it */
	unsigned broken;       /* CHECK_* bits already reported */
	bool invariant_broken; /* reported */
	uint32_t next_free;
};

struct mms {
	struct sim_mm *table; /* as many as the model has room for */
	uint32_t used, free;
	uint32_t next_serial;
	GHashTable *late_accounts; /* declared mm, by fork or exec -> account */
};

void mms_init(struct engine *engine);
void mms_clear(struct engine *engine);

/* An mm, made on @cpu by a fork from an mm in mode @parent_mode (MODE_*; 0: by an exec or from
 * outside), whose records go to @account. Returns MM_NONE if there are too many. */
uint32_t mms_new(struct engine *engine, uint32_t account, uint32_t declared, uint32_t process,
	uint32_t mask, uint32_t cpu, uint8_t parent_mode);

/* Another mm like scenario.mms[@declared], made by an exec or a fork. */
uint32_t mms_new_late(struct engine *engine, uint32_t declared, bool exec, uint32_t mask,
	uint32_t cpu, uint8_t parent_mode);

/* @mm has one task, or deferred work, more or less, on @cpu. It ends with the last one. */
void mms_get(struct engine *engine, uint32_t mm);
void mms_put(struct engine *engine, uint32_t mm, uint32_t cpu);

#endif
