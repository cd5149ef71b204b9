/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_AFFINITY_H
#define CIDSIM_SIM_ENGINE_AFFINITY_H

/* Affinity changes, and the deferred work that they leave to a kernel thread. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct engine;

struct affinities {
	uint32_t kworker; /* TASK_NONE until there is work */
	GArray *work;     /* mms with deferred work, in order; the first may be MM_NONE: cancelled */
	GArray *late;     /* struct late_affinity: changes that wait for a lock */
};

void affinities_init(struct affinities *affinities);
void affinities_clear(struct affinities *affinities);

/* The affinity of @task is @mask, at once; while a switch spins that holds a lock which this needs,
 * it is changed later. */
void affinity_set(struct engine *engine, uint32_t task, uint32_t mask);

/* No CPU that @task may run on is online: the kernel lets it run anywhere. */
void affinity_break(struct engine *engine, uint32_t task);

/* The last user of @mm has left, on @cpu: work of it that has not begun is cancelled. */
void affinity_cancel_work(struct engine *engine, uint32_t mm, uint32_t cpu);

/* The kernel thread begins with the next work. False: all of it was cancelled. */
bool affinity_next_work(struct engine *engine);

/* The work that the kernel thread has done on @cpu is over. */
void affinity_end_work(struct engine *engine, uint32_t cpu);

/* A spin has ended: changes that waited are tried again. */
void affinity_set_late(struct engine *engine);

#endif
