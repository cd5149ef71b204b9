/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/halves-private.h"

/* Where answers are kept. */

enum { HALF_SLOTS_MIN = 1 << 10 };

static void make_slots(struct halves *halves, uint64_t count)
{
	halves->mask = count - 1;
	halves->slots = g_new0(struct half_slot, count);
}

void halves_forget(struct halves *halves)
{
	g_free(halves->slots);
	make_slots(halves, HALF_SLOTS_MIN);
	halves->used = 0;
	g_array_set_size(halves->answers, HALF_FIRST);
	/* Edits go by the numbers of answers. */
	memset(halves->left_edits, 0, LEFT_EDITS * sizeof(struct edit));
}

static inline uint64_t first_slot(const struct halves *halves, const struct question *question)
{
	return hash_pair(question->who, question->fields) & halves->mask;
}

void halves_seek(const struct halves *halves, const struct question *question)
{
	__builtin_prefetch(&halves->slots[first_slot(halves, question)]);
}

static inline struct half_slot *slot_of(
	const struct halves *halves, uint64_t at, uint64_t who, uint64_t fields)
{
	struct half_slot *slot = &halves->slots[at];

	while (slot->answer && (slot->who != who || slot->fields != fields))
		slot = &halves->slots[++at & halves->mask];
	return slot;
}

void halves_keep(struct halves *halves, const struct question *question)
{
	uint64_t before = halves->mask;
	struct half_slot *old = halves->slots;

	*slot_of(halves, first_slot(halves, question), question->who, question->fields) =
		(struct half_slot){ question->who, question->fields, question->answer };
	if (++halves->used <= halves->mask / 2)
		return;
	make_slots(halves, 2 * (before + 1));
	for (uint64_t i = 0; i <= before; i++) {
		struct question kept = { .who = old[i].who, .fields = old[i].fields };

		if (old[i].answer)
			*slot_of(halves, first_slot(halves, &kept), kept.who, kept.fields) = old[i];
	}
	g_free(old);
}

unsigned halves_find(struct halves *halves, struct half_view *view)
{
	unsigned missing = 0;

	for (unsigned i = view->first; i < view->end; i++) {
		struct question *question = &halves->questions[i];

		question->answer = slot_of(
			halves, first_slot(halves, question), question->who, question->fields)
		                           ->answer;
		missing += question->answer == 0;
		view->asks_all |= question->answer == HALF_EVERYWHERE;
	}
	return missing;
}
