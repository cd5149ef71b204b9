/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/local-private.h"

/* Where answers are kept. */

void local_forget(struct local *local)
{
	memset(local->slots, 0, (local->mask + 1) * sizeof(*local->slots));
	g_array_set_size(local->answers, 0);
	local->used = 0;
}

void local_grow_memo(struct local *local)
{
	uint64_t mask = 2 * local->mask + 1;
	struct memo_slot *slots = g_new0(struct memo_slot, mask + 1);

	for (uint64_t i = 0; i <= local->mask; i++) {
		if (local->slots[i].key)
			*local_slot(slots, mask, local->slots[i].key) = local->slots[i];
	}
	g_free(local->slots);
	local->slots = slots;
	local->mask = mask;
}

unsigned local_find_answers(struct local *local)
{
	unsigned missing = 0;

	for (unsigned i = 0; i < local->groups_count; i++) {
		struct group *group = &local->groups[i];

		group->slot = local_slot(local->slots, local->mask, group->key);
		missing += group->slot->key == 0;
	}
	return missing;
}

const struct machine *local_machine(struct local *local, state_id id)
{
	uint32_t key[PACK_WORDS_MAX];

	if (((local->read ^ id) & ~PARTS_JUDGED) != 0) {
		parts_key(local->parts, id, key);
		expander_read(&local->expander, key);
		local->read = id;
	}
	return local->expander.base;
}
