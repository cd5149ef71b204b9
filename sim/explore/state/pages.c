/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MADV_HUGEPAGE */
#include "sim/explore/state/pages.h"

#include <assert.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	RELEASE_BYTES = 4 << 20,
	HUGE_BYTES = 2 << 20,
};

static char *map(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* Memory that begins where a huge page may. */
static char *map_aligned(size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), before, after;
	char *all;

	bytes = (bytes + page - 1) / page * page;
	all = map(bytes + HUGE_BYTES);
	if (!all)
		return NULL;
	before = -(uintptr_t)all % HUGE_BYTES;
	after = HUGE_BYTES - before;
	if (before > 0)
		munmap(all, before);
	munmap(all + before + bytes, after);
	madvise(all + before, bytes, MADV_HUGEPAGE); /* only a wish */
	return all + before;
}

void *pages_new(size_t bytes)
{
	return bytes < HUGE_BYTES ? map(bytes) : map_aligned(bytes);
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
