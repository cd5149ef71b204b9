/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_PARTS_PRIVATE_H
#define CIDSIM_SIM_EXPLORE_STATE_PARTS_PRIVATE_H

/* What two sources share: parts.c cuts states, parts-change.c replaces one element of a part. */

#include <string.h>

#include "sim/explore/state/parts.h"

enum { ELEMENTS_PER_WORD = 4 };

static inline unsigned parts_element_words(unsigned count)
{
	return (count + ELEMENTS_PER_WORD - 1) / ELEMENTS_PER_WORD;
}

/* Elements as they lie in memory: their words are seen by this process only. */
static inline void parts_pack_elements(const element *elements, unsigned count, uint64_t *words)
{
	words[parts_element_words(count) - 1] = 0;
	memcpy(words, elements, count * sizeof(*elements));
}

#endif
