/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_HASH_H
#define CIDSIM_SIM_BASE_HASH_H

/*
 * Hashes of 64 bits, the same on every machine. Digests that are printed or kept in files are made
 * with them: to change one is to change those.
 */

#include <stddef.h>
#include <stdint.h>

#include "sim/base/wide.h"

/* 2^64 by the golden ratio: odd, and without a pattern in its bits. */
#define HASH_GOLDEN UINT64_C(0x9e3779b97f4a7c15)

/* The hash of no bytes, to begin with. */
#define HASH_BYTES_START UINT64_C(0xcbf29ce484222325)

/* FNV-1a: @hash of what comes before, then of @length more bytes. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* A bijection in which every bit of @x changes about half of the bits of the result: the
 * finalizer of splitmix64 (Stafford's variant 13). 0 stays 0. */
static inline uint64_t hash_mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* @hash of what comes before, then of @word: one multiplication, so weaker, for long sequences. */
static inline uint64_t hash_word(uint64_t hash, uint64_t word)
{
	uint64_t mixed = (hash ^ word) * HASH_GOLDEN;

	return mixed ^ mixed >> 29;
}

/* Of two words, by one multiplication to 128 bits. */
static inline uint64_t hash_pair(uint64_t a, uint64_t b)
{
	struct wide product = wide_product(a ^ HASH_GOLDEN, b ^ UINT64_C(0xd1b54a32d192ed03));

	return product.low ^ product.high;
}

#endif
