/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/prng.h"

uint64_t prng_key(uint64_t seed, uint64_t entity)
{
	/* Every step is a bijection of the entity, hence distinct keys. The odd constant (2^64 by
	 * the golden ratio) keeps seed 0 away from 0, which hash_mix() leaves as it is; the inner
	 * mixes keep seed 1, entity 2 from being seed 2, entity 1. */
	uint64_t mixed = hash_mix(seed + HASH_GOLDEN);

	return hash_mix(hash_mix(mixed + entity) + mixed);
}
