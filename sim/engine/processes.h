/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_PROCESSES_H
#define CIDSIM_SIM_ENGINE_PROCESSES_H

/* The processes of the scenario: the first task of each, and the groups that they begin with. */

#include <stdint.h>

struct engine;
struct scenario;

/* By process of the scenario: its first task, and its pid, because ids are used again. */
struct processes {
	uint32_t *main;
	uint32_t *pid;
	/* By mm of the scenario: the index of its first [ramp] and of its first [pool], or
	 * INDEX_NONE. */
	uint32_t *ramp;
	uint32_t *pool;
};

void processes_init(struct processes *processes, const struct scenario *scenario);
void processes_clear(struct processes *processes);

/* Process @process of scenario.mms[@mm] is there, as if forked from outside on an allowed CPU. */
void processes_start(struct engine *engine, uint32_t mm, uint32_t process);

/* The members of scenario.groups[@group] that process @process of its mm begins with. */
void processes_start_group(struct engine *engine, uint32_t group, uint32_t process);

#endif
