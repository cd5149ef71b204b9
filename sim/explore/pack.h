/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_PACK_H
#define CIDSIM_SIM_EXPLORE_PACK_H

/*
 * A machine as a few 32-bit words, and back. What cannot matter any more is left out, and states
 * that differ by names only become the same words:
 *
 * - a number that a CPU word still carries but does not own, that of a CPU-owned word of a task
 *   that does not run, where the initiator began, where a task sits that sits nowhere in
 *   particular: never read again;
 * - tasks are numbered by their place in the list of users, the newest first, or, where walks take
 *   them in any order (config.any_task_order), by where they are and what they hold;
 * - CPUs, where walks take them in any order (config.any_cpu_order), by what they own and run,
 *   those that the tasks are allowed on at the start apart from the others.
 *
 * With both orders "any", renaming CPUs or tasks changes no step, so states that differ by a
 * renaming have the same future: that is the symmetry reduction. Without, numbers are kept.
 */

#include "sim/explore/machine.h"

enum {
	PACK_WORDS_MAX = 16,
	PACK_DEPTH_BITS = 10, /* the highest ones of the last word: depth + 1; 0 = no state */
	PACK_DEPTH_MAX = (1 << PACK_DEPTH_BITS) - 2,
};

/* How wide each part is; made once for an exploration. */
struct pack_layout {
	struct machine_config config;
	unsigned words; /* 32-bit words of a state, depth included */
	unsigned number_bits, cpu_bits, task_bits, cursor_bits, thrs_bits, budget_bits, found_bits;
	unsigned pc_bits, word_bits, group_bits;
	unsigned left_bits[MACHINE_OPS];
	uint8_t pc_code[PC_COUNT], pc_of[PC_COUNT];
	bool cpu_numbers; /* a CPU word that does not own its number is read all the same (B4) */
	bool partners, walked_cpus, walked_tasks, passes, views, affinities;
	struct machine *blank; /* a machine as it begins, to be copied */
};

/* False if a state of @config does not fit. Else to be freed by pack_layout_free(). */
bool pack_layout_init(struct pack_layout *layout, const struct machine_config *config);
void pack_layout_free(struct pack_layout *layout);

/* What pack_read() has numbered how. */
struct pack_names {
	uint8_t cpu[MACHINE_CPUS_MAX];   /* packed index -> CPU of the machine */
	uint8_t task[MACHINE_TASKS_MAX]; /* packed index -> task of the machine */
};

/* Write @machine into layout.words words at @key; its depth is 0. @names may be NULL. */
void pack_write(const struct pack_layout *layout, const struct machine *machine, uint32_t *key,
	struct pack_names *names);

/* Read @key into @machine. What it leaves out has the values that pack_write() would leave out.
 * Returns the CPUs and tasks that are like the one before them. */
struct machine_twins pack_read(
	const struct pack_layout *layout, const uint32_t *key, struct machine *machine);

static inline unsigned pack_depth(const struct pack_layout *layout, const uint32_t *key)
{
	return (key[layout->words - 1] >> (32 - PACK_DEPTH_BITS)) - 1;
}

static inline void pack_set_depth(const struct pack_layout *layout, uint32_t *key, unsigned depth)
{
	uint32_t *last = &key[layout->words - 1];

	*last = (*last & (UINT32_MAX >> PACK_DEPTH_BITS)) | (depth + 1) << (32 - PACK_DEPTH_BITS);
}

#endif
