/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_KERNEL_COMPARE_H
#define CIDSIM_SIM_CLI_KERNEL_COMPARE_H

/* `cidsim kernel compare`. */

#include <stdbool.h>
#include <stdint.h>

struct kernel_compare {
	uint64_t steps, seed, time_ns; /* steps: of each part; time_ns: of all, 0 = no limit */
	uint32_t jobs;
	bool json, quiet;
};

/* Compare the trees @a and @b. Returns the exit status. */
int kernel_compare(const char *a, const char *b, const struct kernel_compare *wanted);

#endif
