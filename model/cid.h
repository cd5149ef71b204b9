/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_CID_H
#define CIDSIM_MODEL_CID_H

/*
 * A word: what a task and a CPU hold of a CID. Source: docs/protocol.md, section 2.
 *
 * The kernel's word has 32 bits, the flags in 31..29. Numbers stay below 8192 here, so the same
 * word fits in 16 bits with the flags in 15..13: cid_to_kernel() is a shift, and half the memory.
 */

#include <stdbool.h>
#include <stdint.h>

typedef uint16_t cid_word;

enum {
	CID_UNSET = 0x8000,   /* holds nothing */
	CID_ONCPU = 0x4000,   /* the CPU owns the number */
	CID_TRANSIT = 0x2000, /* held for now by a running task, given back when it schedules out */
	CID_NUMBER = 0x1fff,
	CID_FLAGS = CID_UNSET | CID_ONCPU | CID_TRANSIT,
	CID_NUMBERS_MAX = CID_NUMBER + 1,
};

/* The flag bits of the kernel's 32-bit word. */
#define CID_KERNEL_UNSET UINT32_C(0x80000000)
#define CID_KERNEL_ONCPU UINT32_C(0x40000000)
#define CID_KERNEL_TRANSIT UINT32_C(0x20000000)

static inline bool cid_is_task_owned(cid_word word)
{
	return !(word & CID_FLAGS);
}

static inline bool cid_is_cpu_owned(cid_word word)
{
	return word & CID_ONCPU;
}

static inline bool cid_is_in_transit(cid_word word)
{
	return word & CID_TRANSIT;
}

static inline bool cid_is_unset(cid_word word)
{
	return word & CID_UNSET;
}

/* The word as the kernel stores it. */
static inline uint32_t cid_to_kernel(cid_word word)
{
	return (word & CID_NUMBER) | (uint32_t)(word & CID_FLAGS) << 16;
}

/* The kernel's @word as it is here. Its number must be below CID_NUMBERS_MAX. */
static inline cid_word cid_from_kernel(uint32_t word)
{
	return (cid_word)((word & CID_NUMBER) | (word >> 16 & CID_FLAGS));
}

/* The number in @word as the kernel reads it: without ONCPU and TRANSIT, so UNSET reads as a
 * number of 2^31 and more. It is also what rseq shows to user space. */
static inline uint32_t cid_number(cid_word word)
{
	return (word & CID_NUMBER) | (uint32_t)(word & CID_UNSET) << 16;
}

#endif
