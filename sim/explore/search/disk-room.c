/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <sys/statvfs.h>

#include "sim/base/failure.h"
#include "sim/base/wide.h"
#include "sim/explore/search/disk-private.h"

enum {
	ONE = 1 << 16,
	ESTIMATE_STATES = 100000 /* of a level, from which the whole search is estimated */
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

/* @a * @b / @c */
static uint64_t scaled(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t rest;

	return wide_quotient(wide_product(a, b), c, &rest).low;
}

/* Factors are in units of 1/ONE. */
uint64_t disk_estimate(uint64_t all, uint64_t first, uint64_t second, uint64_t third)
{
	uint64_t before = scaled(second, ONE, first), growth = scaled(third, ONE, second);
	uint64_t slower = scaled(growth, ONE, MAX(before, 1)), level = third;

	while (level > 0 && slower < ONE && all < UINT64_MAX / 4) {
		growth = scaled(growth, slower, ONE);
		level = scaled(level, growth, ONE);
		all += level;
	}
	return all;
}

uint64_t disk_estimate_least(uint64_t all, uint64_t second, uint64_t third)
{
	return third > second ? scaled(scaled(all, second, third), second, third) : all;
}

bool disk_has_room(struct disk *disk, const struct breadth_search *search, GError **error)
{
	uint64_t third = search->next, all, least;
	g_autofree char *what = NULL;

	if (third < ESTIMATE_STATES || search->depth < 2)
		return true;
	all = disk_estimate(
		search->states, level_states(search, search->depth - 1), search->level, third);
	least = disk_estimate_least(all, search->level, third);
	if (least <= search->states)
		return true;
	what = g_strdup_printf(
		"%" PRIu64 " to %" PRIu64 " million states", least / 1000000, all / 1000000);
	return disk_needs(
		disk, scaled(disk->bytes, least - search->states, search->states), what, error);
}
