/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bigmem.h"

#include "tests/lib/suite.h"

/* Below, at and above the size from which blocks are mapped. */
static const size_t sizes[] = { 1, 100, 4096, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 5 << 20 };

static bool is_all(const unsigned char *block, size_t from, size_t to, unsigned char value)
{
	for (size_t i = from; i < to; i++) {
		if (block[i] != value)
			return false;
	}
	return true;
}

TEST_ROWS(a_block_is_zero_aligned_and_writable_to_its_end, sizes)
{
	size_t size = sizes[_i];
	unsigned char *block = bigmem_new(size);

	ck_assert_uint_eq((uintptr_t)block % 64, 0);
	ck_assert(is_all(block, 0, size, 0));
	memset(block, 7, size);
	bigmem_free(block, size);
}

TEST(growing_keeps_what_was_there_and_adds_zeros)
{
	unsigned char *block = bigmem_new(sizes[0]);
	size_t old = sizes[0];

	memset(block, 7, old);
	for (size_t i = 1; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		block = bigmem_grow(block, old, sizes[i]);
		ck_assert(is_all(block, 0, old, 7));
		ck_assert(is_all(block, old, sizes[i], 0));
		memset(block, 7, sizes[i]);
		old = sizes[i];
	}
	bigmem_free(block, old);
}

TEST(nothing_can_be_freed_and_grown)
{
	unsigned char *block;

	bigmem_free(NULL, 0);
	bigmem_free(NULL, 4 << 20);
	block = bigmem_grow(NULL, 0, 3 << 20);
	ck_assert(is_all(block, 0, 3 << 20, 0));
	bigmem_free(block, 3 << 20);
}

TEST(large_blocks_ask_for_the_alignment_of_huge_pages)
{
	ck_assert_uint_eq(bigmem_alignment(1), 4096);
	ck_assert_uint_eq(bigmem_alignment((2 << 20) - 1), 4096);
	ck_assert_uint_eq(bigmem_alignment(2 << 20), 2 << 20);
}
