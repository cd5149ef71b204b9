/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_SIZES_H
#define CIDSIM_TESTS_LIB_SIZES_H

/* Small machines to be searched, as tables have them: the known defects, and some of each kind. */

#include "sim/explore/search/search.h"
#include "tests/lib/machines.h"

enum {
	ALL = CHECK_ALL_SAFETY | CHECK_I3 | EXPLORE_RETURN | EXPLORE_STALL | EXPLORE_STUCK,
	FORKS = MACHINE_FORKS,
	CLONE_VMS = MACHINE_CLONE_VMS,
	VFORKS = MACHINE_VFORKS,
	EXITS = MACHINE_EXITS,
	EXECS = MACHINE_EXECS,
	FAILED_EXECS = MACHINE_FAILED_EXECS,
	AFFINITIES = MACHINE_AFFINITIES,
};

struct machine_size {
	uint8_t cpus, allowed, tasks; /* allowed: CPUs from 0 on */
	uint8_t may[MACHINE_OPS];
	bool weak;
};

enum { SIZES_SMALL = 9, SIZES_DEFECTS = 9 };

extern const struct machine_size small_sizes[SIZES_SMALL];

/* The known defects: where each is, how far from the start, and where it is no longer. */
extern const struct known_defect {
	const char *name, *revision, *absent; /* absent: NULL = nowhere yet */
	struct machine_size size;
	unsigned check;
	int length, exact; /* reduced, and not */
} known_defects[SIZES_DEFECTS];

/* The reduced machine of @size, in the kernel's order. */
struct machine_config sizes_config(const char *revision, const struct machine_size *size);

/* From now on names of CPUs, and if it can be those of tasks, do not matter. */
void sizes_rename(struct machine_config *config);

/* Breadth first, in 1 GiB; the result is to be freed. */
struct search_result *sizes_search(
	const struct machine_config *config, unsigned check, unsigned jobs);

/* Of a search on one thread, which is decided: the length of the path to a violation; -1: none. */
int sizes_length(const struct machine_config *config, unsigned check);

#endif
