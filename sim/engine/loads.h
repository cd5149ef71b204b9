/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_LOADS_H
#define CIDSIM_SIM_ENGINE_LOADS_H

/*
 * The online CPUs by load, the number of tasks that run or wait there: the least and the most
 * loaded are found without looking at every CPU. Of CPUs with the same load the latest one with
 * that load stands first, except that idle CPUs are found by the lowest index.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sim/scenario/scenario.h"

#define LOADS_NONE UINT32_MAX

struct loads {
	uint32_t cpus_count;
	uint32_t levels;          /* heads allocated */
	uint32_t *head;           /* by load: first CPU of the list */
	uint32_t *next, *prev;    /* by CPU */
	uint32_t *load;           /* by CPU; LOADS_NONE = offline */
	uint32_t lowest, highest; /* loads; meaningless while no CPU is online */
	uint32_t online;
	uint64_t *idle;         /* CPUs with load 0, and over it ... */
	uint64_t *idle_summary; /* ... a bit per word */
};

struct loads *loads_new(uint32_t cpus_count);
void loads_free(struct loads *loads);

/* @cpu comes online with @load, or goes offline. */
void loads_add(struct loads *loads, uint32_t cpu, uint32_t load);
void loads_remove(struct loads *loads, uint32_t cpu);

/* The load of @cpu, which is online, changes by one. */
void loads_up(struct loads *loads, uint32_t cpu);
void loads_down(struct loads *loads, uint32_t cpu);

/* An idle CPU of @set (NULL = any), the lowest; LOADS_NONE if there is none. */
uint32_t loads_idle(const struct loads *loads, const struct cpu_set *set);

/* The least loaded CPU of @set (NULL = any); LOADS_NONE if none of @set is online. */
uint32_t loads_least(const struct loads *loads, const struct cpu_set *set);

/* The most loaded CPU, and after it the others in falling order; LOADS_NONE at the end. */
uint32_t loads_most(const struct loads *loads);
uint32_t loads_after(const struct loads *loads, uint32_t cpu);

/* Asserts that the lists, the marks of idle CPUs and the lowest and highest load say the same: for
 * tests, and where it is asked rarely. */
void loads_assert(const struct loads *loads);

#endif
