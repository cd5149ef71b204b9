/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_CHECK_H
#define CIDSIM_MODEL_CHECK_H

/*
 * What must always hold, as functions over a state. Source: docs/protocol.md, section 8.
 */

#include "model/state.h"

enum {
	CHECK_I1 = 1 << 1, /* two running active tasks have the same number */
	CHECK_I2 = 1 << 2, /* a number or a bit operation outside [0, possible) */
	CHECK_I3 = 1 << 3, /* a spin that cannot end; needs to know what can run, so not here */
	CHECK_I4 = 1 << 4, /* bits set differ from numbers held */
	CHECK_I5 = 1 << 5, /* a word is owned the wrong way round with no change under way */
	CHECK_I6 = 1 << 6, /* an inactive task holds a CID */
	CHECK_I7 = 1 << 7, /* a number >= max_cids is held though all has been quiet */
	CHECK_I8 = 1 << 8, /* user space sees a number that is not below possible, or not its own */
	CHECK_ALL_SAFETY = CHECK_I1 | CHECK_I2 | CHECK_I4 | CHECK_I5 | CHECK_I6 | CHECK_I8,
};

/* Which of the safety properties I1, I2, I4, I5, I6 and I8 are broken in @mm, as CHECK_* bits; 0
 * for an mm without users. Costs O(users + possible CPUs). @seen is scratch memory of at least
 * (possible + 63) / 64 words of 64 bits. */
unsigned check_mm(const struct model *model, uint32_t mm, uint64_t *seen);

/* CHECK_I7 if a user of @mm holds a number at or above max_cids, otherwise 0. To be called only
 * where I7 must hold: no change of users or mode since every user was last switched in. */
unsigned check_quiet(const struct model *model, uint32_t mm);

/* "I1" ... "I8" for one CHECK_* bit. */
const char *check_to_string(unsigned bit);

/* What the property says, one line. */
const char *check_describe(unsigned bit);

#endif
