/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MADV_HUGEPAGE */
#include "sim/explore/state/pages.h"

#include <assert.h>
#include <sys/mman.h>

enum { RELEASE_BYTES = 4 << 20 };

void *pages_new(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	madvise(memory, bytes, MADV_HUGEPAGE); /* only a wish */
	return memory;
}

void pages_free(void *start, size_t bytes)
{
	munmap(start, bytes);
}

char *pages_release(char *from, const char *at)
{
	size_t bytes;

	assert(at >= from);
	bytes = (size_t)(at - from) / RELEASE_BYTES * RELEASE_BYTES;
	if (bytes > 0)
		munmap(from, bytes);
	return from + bytes;
}
