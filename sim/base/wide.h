/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_WIDE_H
#define CIDSIM_SIM_BASE_WIDE_H

/*
 * Numbers of 128 bits, for products and sums that 64 bits cannot hold. Compilers have such a type
 * for machines of 64 bits only; the results are the same without it.
 */

#include <stdbool.h>
#include <stdint.h>

struct wide {
	uint64_t low, high;
};

static inline struct wide wide_of(uint64_t value)
{
	return (struct wide){ .low = value };
}

static inline struct wide wide_product(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 native;
	native product = (native)a * b;

	return (struct wide){ (uint64_t)product, (uint64_t)(product >> 64) };
#else
	uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX);
	uint64_t middle = (a >> 32) * (b & UINT32_MAX) + (low >> 32);
	uint64_t other = (a & UINT32_MAX) * (b >> 32) + (middle & UINT32_MAX);

	return (struct wide){ other << 32 | (low & UINT32_MAX),
		(a >> 32) * (b >> 32) + (middle >> 32) + (other >> 32) };
#endif
}

/* The high 64 bits of the product: @a as a fraction of 2^64, times @b. */
static inline uint64_t wide_product_high(uint64_t a, uint64_t b)
{
	return wide_product(a, b).high;
}

/* The sum, modulo 2^128. */
static inline struct wide wide_sum(struct wide a, struct wide b)
{
	uint64_t low = a.low + b.low;

	return (struct wide){ low, a.high + b.high + (low < b.low) };
}

/* The difference, modulo 2^128. */
static inline struct wide wide_difference(struct wide a, struct wide b)
{
	return (struct wide){ a.low - b.low, a.high - b.high - (a.low < b.low) };
}

/* Whether @a is below @b. */
static inline bool wide_below(struct wide a, struct wide b)
{
	return a.high < b.high || (a.high == b.high && a.low < b.low);
}

/* @a shifted right by @bits, at most 63. */
static inline struct wide wide_shifted(struct wide a, unsigned bits)
{
	return bits == 0 ? a : (struct wide){ a.low >> bits | a.high << (64 - bits), a.high >> bits };
}

/* @a / @divisor, rounded down; *@rest is what is left. The divisor is not 0. */
struct wide wide_quotient(struct wide a, uint64_t divisor, uint64_t *rest);

/* @a * @b / @divisor, rounded down, at most UINT64_MAX. The divisor is not 0. */
uint64_t wide_scaled(uint64_t a, uint64_t b, uint64_t divisor);

#endif
