/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/parts-private.h"

#include <assert.h>

/* Several elements at once, as keys: their order is that of the elements, 0 last. */
enum { LANES = 8, KEY_OF_0 = INT16_MAX, KEY_BEFORE = -1 };

typedef int16_t lanes __attribute__((vector_size(LANES * sizeof(int16_t))));

static inline int16_t key_of(element one)
{
	return (int16_t)((one - 1) & KEY_OF_0);
}

static inline lanes load(const int16_t *keys)
{
	lanes loaded;

	memcpy(&loaded, keys, sizeof(loaded));
	return loaded;
}

/* Where @mask is set @yes, elsewhere @no. */
static inline lanes choose(lanes mask, lanes yes, lanes no)
{
	return (mask & yes) | (~mask & no);
}

/* In sorted keys, @from is taken out and @to put in: one piece of the result. Before and after its
 * place are those at @at; what lies between has moved by one. */
static inline lanes replace_lanes(const int16_t *at, lanes from, lanes to, lanes down)
{
	lanes here = load(at), next = load(at + 1), before = load(at - 1);
	lanes moved_down = choose(next < to, next, choose(here < to, to, here));
	lanes moved_up = choose(before < to, to, choose(before < from, before, here));

	return choose(
		down, choose(here < from, here, moved_down), choose(here < to, here, moved_up));
}

/* Of the first @count elements, in the order of their numbers: @from is taken out and @to put in; 0
 * is the end of the elements. */
static void replace(struct dictionary *all, const element *of, unsigned count, element from,
	element to, struct parts_change *change)
{
	lanes out = (lanes){ 0 } + key_of(from), in = (lanes){ 0 } + key_of(to), down = out < in;
	int16_t keys[1 + PARTS_ELEMENTS_MAX + 1] = { KEY_BEFORE };
	element result[PARTS_ELEMENTS_MAX];

	for (unsigned i = 0; i < PARTS_ELEMENTS_MAX; i++)
		keys[1 + i] = key_of(of[i]);
	keys[1 + PARTS_ELEMENTS_MAX] = KEY_OF_0;
	for (unsigned i = 0; i < count; i += LANES) {
		lanes piece = (replace_lanes(keys + 1 + i, out, in, down) + 1) & KEY_OF_0;

		memcpy(result + i, &piece, sizeof(piece));
	}
	parts_pack_elements(result, count, change->words);
	change->all = all;
	change->hash = dictionary_seek(all, change->words);
}

void parts_change_cpu(struct parts *parts, const struct parts_sorted *sorted, element from,
	element to, struct parts_change *change)
{
	assert(from && to);
	replace(&parts->of[PART_CPUS], sorted->cpu, parts->layout->config.cpus_count, from, to,
		change);
}

void parts_change_task(struct parts *parts, const struct parts_sorted *sorted, element from,
	element to, struct parts_change *change)
{
	replace(&parts->of[PART_FLOATS], sorted->task, parts->layout->config.tasks_max, from, to,
		change);
}
