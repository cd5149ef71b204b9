/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <sys/statvfs.h>

#include "sim/base/failure.h"
#include "sim/base/wide.h"
#include "sim/explore/search/disk-private.h"

enum {
	ONE = 1 << 16,
	ESTIMATE_PART = 16 /* the whole search is estimated when it has 1/16 of the room there is */
};

/* Bytes that are free for us; UINT64_MAX: the system does not say. */
static uint64_t free_bytes(const struct disk *disk)
{
	struct statvfs fs;

	if (statvfs(disk->folder, &fs) != 0)
		return UINT64_MAX;
	return (uint64_t)fs.f_bavail * fs.f_frsize;
}

bool disk_needs(const struct disk *disk, uint64_t bytes, const char *for_what, GError **error)
{
	uint64_t there = free_bytes(disk);
	g_autofree char *needed = g_format_size_full(bytes, G_FORMAT_SIZE_IEC_UNITS);
	g_autofree char *free_text = g_format_size_full(there, G_FORMAT_SIZE_IEC_UNITS);

	if (bytes <= there)
		return true;
	return failure_environment(error,
		"%s: %s need at least %s, and %s are free; make room, or take another folder",
		disk->folder, for_what, needed, free_text);
}

/* States of the level of @depth. */
static uint64_t level_states(const struct breadth_search *search, unsigned depth)
{
	uint64_t states = 0;

	for (guint i = 0; i < search->lists->len; i++) {
		const struct state_list *list = g_ptr_array_index(search->lists, i);

		states += list->depth == depth ? list->count : 0;
	}
	return states;
}

/* Factors are in units of 1/ONE. */
uint64_t disk_estimate(uint64_t all, uint64_t first, uint64_t second, uint64_t third)
{
	uint64_t before = wide_scaled(second, ONE, first), growth = wide_scaled(third, ONE, second);
	uint64_t slower = wide_scaled(growth, ONE, MAX(before, 1)), level = third;

	while (level > 0 && slower < ONE && all < UINT64_MAX / 4) {
		growth = wide_scaled(growth, slower, ONE);
		level = wide_scaled(level, growth, ONE);
		all += level;
	}
	return all;
}

uint64_t disk_estimate_least(uint64_t all, uint64_t second, uint64_t third)
{
	return third > second ? wide_scaled(wide_scaled(all, second, third), second, third) : all;
}

uint64_t disk_still_needs(const struct disk_growth *seen, uint64_t there)
{
	uint64_t all, least;

	if (seen->third == 0 || seen->taken < there / ESTIMATE_PART)
		return 0;
	all = disk_estimate(seen->states, seen->first, seen->second, seen->third);
	least = disk_estimate_least(all, seen->second, seen->third);
	return least > seen->states ? wide_scaled(seen->taken, least - seen->states, seen->states)
	                            : 0;
}

bool disk_has_room(struct disk *disk, const struct breadth_search *search, GError **error)
{
	struct disk_growth seen = {
		.taken = disk->bytes,
		.states = search->states,
		.first = search->depth < 2 ? 0 : level_states(search, search->depth - 1),
		.second = search->level,
		.third = search->next,
	};

	if (seen.first == 0)
		return true;
	return disk_needs(
		disk, disk_still_needs(&seen, free_bytes(disk)), "the states to come", error);
}
