/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_KERNEL_COMPARE_H
#define CIDSIM_SIM_CLI_KERNEL_COMPARE_H

/* `cidsim kernel compare`. */

#include <stdbool.h>
#include <stdint.h>

struct lockstep_log;
struct revision;

struct kernel_compare {
	uint64_t steps, seed, time_ns; /* steps: of each part; time_ns: of all, 0 = no limit */
	uint32_t jobs;
	const struct lockstep_log *replays; /* play only these events; NULL: compare */
	const struct revision *revision;    /* with them */
	const char *output;                 /* the file of what was found; NULL: none */
	bool json, quiet;
};

/* Compare the trees @a and @b. Returns the exit status. */
int kernel_compare(const char *a, const char *b, const struct kernel_compare *wanted);

#endif
