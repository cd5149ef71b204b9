/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/parts.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* Several elements at once, as keys: their order is that of the elements, 0 last. */
enum { LANES = 8, KEY_OF_0 = INT16_MAX, KEY_BEFORE = -1 };

typedef int16_t lanes __attribute__((vector_size(LANES * sizeof(int16_t))));

static inline int16_t key_of(element one)
{
	return (int16_t)((one - 1) & KEY_OF_0);
}

/* The keys of LANES elements, the first of them at @offset of @sorted. */
static inline lanes keys_at(const struct parts_sorted *sorted, size_t offset)
{
	lanes loaded;

	memcpy(&loaded, (const char *)sorted + offset, sizeof(loaded));
	return (loaded - 1) & KEY_OF_0;
}

/* Where @mask is set @yes, elsewhere @no. */
static inline lanes choose(lanes mask, lanes yes, lanes no)
{
	return (mask & yes) | (~mask & no);
}

/* In sorted keys, @from is taken out and @to put in: one piece of the result. @here is the piece;
 * @before and @next are what lies one place before and behind. What is between has moved by one. */
static inline lanes replace_lanes(
	lanes before, lanes here, lanes next, lanes from, lanes to, lanes down)
{
	lanes moved_down = choose(next < to, next, choose(here < to, to, here));
	lanes moved_up = choose(before < to, to, choose(before < from, before, here));

	return choose(
		down, choose(here < from, here, moved_down), choose(here < to, here, moved_up));
}

/* Of the first @count elements at @offset of @sorted, in the order of their numbers: @from is taken
 * out and @to put in; 0 is the end of the elements. */
static void replace(struct dictionary *all, const struct parts_sorted *sorted, size_t offset,
	unsigned count, element from, element to, struct parts_change *change)
{
	lanes out = (lanes){ 0 } + key_of(from), in = (lanes){ 0 } + key_of(to), down = out < in;
	lanes first = { KEY_BEFORE };

	for (unsigned i = 0; i < count; i += LANES, offset += LANES * sizeof(element)) {
		/* Loaded shifted: gcc without SSSE3 shifts lanes one by one. */
		lanes before = keys_at(sorted, offset - sizeof(element)) | first;
		lanes next = keys_at(sorted, offset + sizeof(element));
		lanes piece = replace_lanes(before, keys_at(sorted, offset), next, out, in, down);

		piece = (piece + 1) & KEY_OF_0;
		memcpy((element *)change->words + i, &piece, sizeof(piece));
		first = (lanes){ 0 };
	}
	change->all = all;
	change->hash = dictionary_seek(all, change->words);
}

void parts_change_cpu(struct parts *parts, const struct parts_sorted *sorted, element from,
	element to, struct parts_change *change)
{
	assert(from && to);
	replace(&parts->of[PART_CPUS], sorted, offsetof(struct parts_sorted, cpu),
		parts->layout->config.cpus_count, from, to, change);
}

void parts_change_task(struct parts *parts, const struct parts_sorted *sorted, element from,
	element to, struct parts_change *change)
{
	replace(&parts->of[PART_FLOATS], sorted, offsetof(struct parts_sorted, task),
		parts->layout->config.tasks_max, from, to, change);
}
