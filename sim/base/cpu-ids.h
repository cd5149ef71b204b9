/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_CPU_IDS_H
#define CIDSIM_SIM_BASE_CPU_IDS_H

/* Sets of CPU ids, and their lists as the kernel writes them. */

#include <stdbool.h>
#include <stdint.h>

enum {
	CPU_IDS_MAX = 8192,       /* CPU ids are below it */
	CPU_IDS_TEXT_MAX = 65536, /* bytes of a list: enough for each id by itself */
};

struct cpu_ids {
	uint32_t count; /* bits that are set */
	uint64_t words[CPU_IDS_MAX / 64];
};

bool cpu_ids_has(const struct cpu_ids *ids, uint32_t id);
void cpu_ids_add(struct cpu_ids *ids, uint32_t id);

/* The set as a list, like "0-3,8"; "" if it is empty. The caller frees it. */
char *cpu_ids_to_string(const struct cpu_ids *ids);

/* Read a list of at least one id, in any order: "0-3,8,16-63:1/4". FIRST-LAST:USED/GROUP is, of
 * each GROUP CPUs from FIRST on, the first USED. NULL, or a message as from the readers of
 * sim/base/values.h, and *@ids is as it was. */
char *cpu_ids_read(const char *text, struct cpu_ids *ids);

#endif
