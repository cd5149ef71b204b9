/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_PACK_PRIVATE_H
#define CIDSIM_SIM_EXPLORE_STATE_PACK_PRIVATE_H

/* The widths and codes that layout, writing and reading share. */

#include "sim/explore/state/pack.h"

/* Phases of a CPU as packed; spinning: + the mode that the switch has read. */
enum { PHASE_IDLES, PHASE_RUNS, PHASE_BETWEEN, PHASE_SPINS, PHASE_CODES = PHASE_SPINS + 4 };

enum {
	PACK_FLAGS_SHIFT = 13, /* of a word: its flags are above */
	PACK_PHASE_BITS = 3,
	PACK_MODE_BITS = 2,
	PACK_MM_PHASE_BITS = 3,
	PACK_FAULT_BITS = 2,
};
_Static_assert(PHASE_CODES <= 1 << PACK_PHASE_BITS, "phases fit");

/* Is a task at @pc a user? */
static inline bool pack_is_user(enum machine_pc pc)
{
	const unsigned inactive = 1u << PC_FREE | 1u << PC_EXITS | 1u << PC_DEAD | 1u << PC_LEAVES |
	                          1u << PC_LEAVES_TO_FAIL | 1u << PC_EXEC | 1u << PC_EXEC_TO_FAIL;

	return !(inactive >> pc & 1);
}

/* Does its place on the list matter? Where a walk goes over the whole system, the place of a task
 * whose exec will fail matters, too. */
static inline bool pack_has_place(const struct pack_layout *layout, enum machine_pc pc)
{
	return pack_is_user(pc) ||
	       (layout->passes && (pc == PC_LEAVES_TO_FAIL || pc == PC_EXEC_TO_FAIL));
}

static inline uint64_t pack_mask(unsigned bits)
{
	return bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

/* The @bits (at most 64) at @at of the packed @words. */
static inline uint64_t pack_get(const uint64_t *words, unsigned at, unsigned bits)
{
	unsigned word = at / 64, shift = at % 64;
	uint64_t value = words[word] >> shift;

	if (shift + bits > 64)
		value |= words[word + 1] << (64 - shift);
	return value & pack_mask(bits);
}

/* The words of @key, 64 bits at a time. */
static inline void pack_words(
	const struct pack_layout *layout, const uint32_t *key, uint64_t *words)
{
	for (unsigned i = 0; i < layout->words; i += 2) {
		words[i / 2] = key[i];
		if (i + 1 < layout->words)
			words[i / 2] |= (uint64_t)key[i + 1] << 32;
	}
}

/* By the fields of the mm before and after a step: is the mode the same, or a change of it under
 * way? Then nobody whom the step does not touch owns the wrong way round now (I5). */
static inline bool pack_keeps_order(uint64_t before, uint64_t after)
{
	const uint64_t phase = pack_mask(PACK_MM_PHASE_BITS) << PACK_MODE_BITS;

	return after & phase || (!(before & phase) && !((before ^ after) & MODE_PER_CPU));
}

#endif
