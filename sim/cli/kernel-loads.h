/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_KERNEL_LOADS_H
#define CIDSIM_SIM_CLI_KERNEL_LOADS_H

/* Loads for the code of a kernel: what shipped scenarios do, as the engine runs them with the
 * model. Who runs where, and when, is the engine's; what the code makes of it is the code's. */

#include "sim/cli/kernel-record.h"

struct kernel_loads {
	struct load loads[LOADS_MAX];
	struct kernel_record *records[LOADS_MAX]; /* what is in each */
	uint32_t count;
};

/* Run the scenarios. False after a message, and *@status. To be cleared with kernel_loads_clear(),
 * whatever the answer. */
bool kernel_loads_record(struct kernel_loads *loads, int *status);
void kernel_loads_clear(struct kernel_loads *loads);

#endif
