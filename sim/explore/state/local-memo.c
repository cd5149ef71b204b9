/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/local-private.h"

/* Where answers are kept. */

void local_forget_answers(struct local *local)
{
	for (uint32_t mm = 0; mm < local->memo_count; mm++)
		g_free(local->memo[mm].slots);
	g_free(local->memo);
	local->memo = NULL;
	local->memo_count = local->memo_used = 0;
	g_array_set_size(local->answers, ANSWERS_FIRST);
}

static void make_slots(struct memo_table *table, uint32_t count)
{
	table->mask = count - 1;
	table->slots = g_new0(struct memo_slot, count);
}

struct memo_table *local_table(struct local *local, uint32_t mm)
{
	uint32_t before = local->memo_count;

	if (mm >= before) {
		local->memo_count = mm + mm / 2 + 64;
		local->memo = g_renew(struct memo_table, local->memo, local->memo_count);
		memset(local->memo + before, 0,
			(local->memo_count - before) * sizeof(*local->memo));
	}
	if (!local->memo[mm].slots)
		make_slots(&local->memo[mm], MEMO_TABLE_MIN);
	return &local->memo[mm];
}

void local_keep(struct local *local, struct memo_table *table, actor_key key, uint32_t first)
{
	struct memo_table old = *table;

	*local_slot(table, key) = (struct memo_slot){ key, first };
	local->memo_used++;
	if (++table->used <= table->mask / 4 * 3)
		return;
	make_slots(table, 2 * (old.mask + 1));
	for (uint32_t i = 0; i <= old.mask; i++) {
		if (old.slots[i].key)
			*local_slot(table, old.slots[i].key) = old.slots[i];
	}
	g_free(old.slots);
}

void local_seek_answers(struct local *local, const struct view *view)
{
	const struct memo_table *table = local_table(local, view->sorted.mm);

	for (unsigned i = 0; i < view->groups_count; i++)
		__builtin_prefetch(&table->slots[local_slot_first(table, view->groups[i].key)]);
}

unsigned local_find_answers(struct local *local, struct view *view)
{
	const struct memo_table *table = local_table(local, view->sorted.mm);
	unsigned missing = 0;

	for (unsigned i = 0; i < view->groups_count; i++) {
		struct group *group = &view->groups[i];
		const struct memo_slot *slot = local_slot(table, group->key);

		group->first = slot->first;
		missing += slot->key == 0;
		view->asks |= slot->first == ANSWERS_EVERYWHERE;
		__builtin_prefetch(&g_array_index(local->answers, struct answer, slot->first));
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

void local_make_wanted(struct local *local)
{
	for (unsigned i = 0; i < local->wanted_count; i++)
		parts_touch(&local->wanted[i].change);
	for (unsigned i = 0; i < local->wanted_count; i++) {
		struct wanted *wanted = &local->wanted[i];

		wanted->result = parts_changed(&wanted->change);
		if (wanted->result)
			*wanted->edit = (struct edit){ wanted->key, wanted->comes, wanted->result };
	}
}
