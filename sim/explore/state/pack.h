/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_PACK_H
#define CIDSIM_SIM_EXPLORE_STATE_PACK_H

/*
 * A machine as a few 32-bit words, and back. Values that are never read again are left out, and
 * states that differ only in names become the same words:
 *
 * - never read again: a number in a CPU word that does not own it; the number in a CPU-owned word
 *   of a task that does not run; where the initiator began; the queue of a task that floats;
 * - tasks are numbered by their place on the list of users, the newest first, or, where walks take
 *   them in any order (config.any_task_order), by where they are and what they hold;
 * - CPUs, where walks take them in any order (config.any_cpu_order), by what they own and run,
 *   those that the tasks are allowed on at the start before the others.
 *
 * With both orders "any", renaming CPUs or tasks changes no step, so states that differ by a
 * renaming have the same future: that is the symmetry reduction. Without, numbers are kept.
 *
 * The words are fields of fixed width one after the other:
 *
 *     the mm | how often each operation may still happen | CPU ... | task ... | depth + 1
 *
 * A CPU is its phase, its word, what it may not have seen, and, where numbers of tasks matter, who
 * runs there; otherwise the first tasks are those that run, in the order of the CPUs. A task is its
 * operation, its word, its thread group, its partner, and its queue if that matters.
 */

#include <string.h>

#include "sim/machine/machine.h"

enum {
	PACK_WORDS_MAX = 16,
	PACK_CODES_MAX = 64,
	PACK_DEPTH_BITS = 9, /* the highest ones of the last word: depth + 1; 0 = no state */
	PACK_DEPTH_MAX = (1 << PACK_DEPTH_BITS) - 2,
};

/* How wide each part is, and what codes mean; made once for an exploration. */
struct pack_layout {
	struct machine_config config;
	unsigned words; /* 32-bit words of a state, depth included */
	unsigned cpu_word_bits, task_bits, cursor_bits, thrs_bits, budget_bits, found_bits;
	unsigned pc_bits, word_bits, group_bits, where_bits;
	unsigned mm_bits, left_at, cpus_at, tasks_at; /* where the parts begin */
	unsigned cpu_bits, cpu_field_bits;            /* content, content and who runs there */
	unsigned task_content_bits, task_field_bits;  /* content, all */
	unsigned left_bits[MACHINE_OPS];
	uint8_t ops[MACHINE_OPS]; /* that may happen at all */
	unsigned ops_count;
	uint8_t pc_code[PC_COUNT], pc_of[PC_COUNT];
	uint8_t word_base[8];     /* by the flags of a word: its code less its number */
	uint8_t cpu_word_base[8]; /* the same for CPU words ... */
	uint8_t cpu_word_mask[8]; /* ... and what of the number is kept */
	cid_word word_of[PACK_CODES_MAX], cpu_word_of[PACK_CODES_MAX];
	uint32_t max_cids[2][MACHINE_TASKS_MAX + 1]; /* allowed as at the start, or all; by users */
	uint8_t cpu_at[MACHINE_CPUS_MAX]; /* the CPU of a machine that is read, by its place */
	bool cpu_numbers; /* a CPU word that does not own its number is read all the same (B4) */
	bool floats;      /* machine_floats() */
	bool partners, walked_cpus, walked_tasks, passes, views, affinities;
	struct machine *blank; /* a machine as it begins, to be copied */
};

/* False if a state of @config does not fit, or it has no start. Else to be freed by
 * pack_layout_free(). */
bool pack_layout_init(struct pack_layout *layout, const struct machine_config *config);
void pack_layout_free(struct pack_layout *layout);

/* Write @machine into layout.words words at @key; its depth is 0. */
void pack_write(const struct pack_layout *layout, const struct machine *machine, uint32_t *key);

/* What was read, kept to write what is one step further. */
struct pack_contents {
	uint64_t mm;
	uint64_t key[PACK_WORDS_MAX / 2 + 1];
	uint64_t cpu[MACHINE_CPUS_MAX]; /* fields */
	uint64_t task[MACHINE_TASKS_MAX];
	uint16_t runs; /* tasks that do */
	bool holds;    /* some rq lock is held */
};

/* Read @key into @machine, a copy of layout.blank or what it became. What the words leave out has
 * the values that pack_write() would leave out. Returns the CPUs and tasks that are like the one
 * before them, in the order of the words. */
struct machine_twins pack_read(const struct pack_layout *layout, const uint32_t *key,
	struct machine *machine, struct pack_contents *contents);

/*
 * The same as pack_write(), faster: @machine is what @step with @outcome has made of @before, which
 * pack_read() has read with @contents.
 */
void pack_write_after(const struct pack_layout *layout, const struct machine *machine,
	const struct machine *before, const struct pack_contents *contents,
	const struct explore_step *step, enum step_outcome outcome, uint32_t *key);

/* Copy the @words of a state: a few, mostly, so not a call of memcpy(). */
static inline void pack_copy(uint32_t *to, const uint32_t *from, unsigned words)
{
	switch (words) {
	case 3:
		memcpy(to, from, 3 * sizeof(*to));
		break;
	case 4:
		memcpy(to, from, 4 * sizeof(*to));
		break;
	case 5:
		memcpy(to, from, 5 * sizeof(*to));
		break;
	default:
		memcpy(to, from, words * sizeof(*to));
	}
}

static inline unsigned pack_depth(const struct pack_layout *layout, const uint32_t *key)
{
	return (key[layout->words - 1] >> (32 - PACK_DEPTH_BITS)) - 1;
}

static inline void pack_set_depth(const struct pack_layout *layout, uint32_t *key, unsigned depth)
{
	uint32_t *last = &key[layout->words - 1];

	*last = (*last & (UINT32_MAX >> PACK_DEPTH_BITS)) | (depth + 1) << (32 - PACK_DEPTH_BITS);
}

/* The order of packed states, their depth left out: below 0, 0, above 0 as @a is before @b, the
 * same, after it. */
static inline int pack_compare(
	const struct pack_layout *layout, const uint32_t *a, const uint32_t *b)
{
	const uint32_t mask = UINT32_MAX >> PACK_DEPTH_BITS;
	unsigned last = layout->words - 1;

	for (unsigned i = 0; i < last; i++) {
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	if ((a[last] & mask) == (b[last] & mask))
		return 0;
	return (a[last] & mask) < (b[last] & mask) ? -1 : 1;
}

#endif
