/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_PRNG_H
#define CIDSIM_SIM_BASE_PRNG_H

/*
 * Random numbers: one stream per entity, all from the run's seed. A stream is a counter that is
 * hashed with the stream's key, so it costs 4 bytes to keep and streams never overlap in use.
 * The algorithm is part of the promise that seeds repeat: changing it changes every digest.
 */

#include <stdint.h>

#include "sim/base/hash.h"
#include "sim/base/hot-assert.h"
#include "sim/base/wide.h"

struct prng {
	uint64_t key;     /* from prng_key(): derived, not kept per task */
	uint32_t counter; /* draws so far */
};

/* What all keys of a run with @seed have in common. */
static inline uint64_t prng_seed(uint64_t seed)
{
	/* The odd constant keeps seed 0 away from 0, which hash_mix() leaves as it is. */
	return hash_mix(seed + HASH_GOLDEN);
}

/* Key of the stream of entity @entity; @mixed is what prng_seed() returns for the run. Distinct
 * entities have distinct keys. */
static inline uint64_t prng_key_of(uint64_t mixed, uint64_t entity)
{
	/* Every step is a bijection of the entity, hence distinct keys. The inner mixes keep seed
	 * 1, entity 2 from being seed 2, entity 1. */
	return hash_mix(hash_mix(mixed + entity) + mixed);
}

static inline uint64_t prng_key(uint64_t seed, uint64_t entity)
{
	return prng_key_of(prng_seed(seed), entity);
}

/* Next 64 random bits of the stream. It repeats after 2^32 draws. */
static inline uint64_t prng_next(struct prng *prng)
{
	/* The step is the key's own, made odd, so that no two streams can run in parallel with a
	 * lag, as they could with a common step. */
	uint64_t step = prng->key | 1;

	return hash_mix((prng->key << 32 | prng->key >> 32) + step * prng->counter++);
}

/* Uniform in [0, bound) for bound in 1..2^63, by multiply-high; one draw. */
static inline uint64_t prng_below(struct prng *prng, uint64_t bound)
{
	hot_assert(bound >= 1 && bound <= UINT64_C(1) << 63);

	return wide_product_high(prng_next(prng), bound);
}

#endif
