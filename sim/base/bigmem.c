/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE
#include "sim/base/bigmem.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20, PAGE = 4096, CACHE_LINE = 64 };

static size_t mapped_size(size_t size)
{
	g_assert(size > 0 && size <= SIZE_MAX - HUGE_PAGE);
	return (size + HUGE_PAGE - 1) & ~(size_t)(HUGE_PAGE - 1);
}

size_t bigmem_alignment(size_t size)
{
	return size < HUGE_PAGE ? PAGE : HUGE_PAGE;
}

void bigmem_advise(void *block, size_t size)
{
	g_assert(block && (uintptr_t)block % PAGE == 0);
	/* Only a wish: without huge pages all is the same, but slower. */
	if (size >= HUGE_PAGE)
		madvise(block, size & ~(size_t)(HUGE_PAGE - 1), MADV_HUGEPAGE);
}

/* Huge pages need an aligned range: map one more and give back what is left over. */
static void *map(size_t size)
{
	size_t all = size + HUGE_PAGE, before;
	char *block = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	g_assert(size > 0 && size % HUGE_PAGE == 0);
	if (block == MAP_FAILED)
		g_error("no memory for %" G_GSIZE_FORMAT " bytes", size);
	before = -(size_t)block & (HUGE_PAGE - 1);
	if (before > 0)
		munmap(block, before);
	munmap(block + before + size, HUGE_PAGE - before);
	bigmem_advise(block + before, size);
	return block + before;
}

void *bigmem_new(size_t size)
{
	return size < HUGE_PAGE ? g_aligned_alloc0(1, MAX(size, 1), CACHE_LINE)
	                        : map(mapped_size(size));
}

void bigmem_free(void *block, size_t size)
{
	if (size < HUGE_PAGE)
		g_aligned_free(block);
	else if (block)
		munmap(block, mapped_size(size));
}

void *bigmem_grow(void *block, size_t old_size, size_t size)
{
	g_assert(old_size <= size && (block || old_size == 0));
	void *grown = bigmem_new(size);

	if (block)
		memcpy(grown, block, old_size);
	bigmem_free(block, old_size);
	return grown;
}
