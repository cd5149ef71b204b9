/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/halves-private.h"

/* Other numbers for tasks, in the halves of a state. */

void halves_rename(const struct pack_layout *layout, const struct half_view *view,
	struct half_move move, uint64_t *left, uint64_t *right)
{
	unsigned bits = layout->task_field_bits;

	for (unsigned at = 0; at < layout->tasks_at; at += 64)
		left[at / 64] = view->left->words[at / 64];
	for (unsigned cpu = 0; cpu < layout->config.cpus_count; cpu++) {
		unsigned curr = view->left->curr[cpu];
		unsigned at = layout->cpus_at + cpu * layout->cpu_field_bits + layout->cpu_bits;

		if (curr != NO_TASK)
			halves_edit(left, halves_edit_of(at, layout->task_bits,
						  curr ^ halves_renamed(move, curr)));
	}
	for (unsigned at = 0; at < layout->config.tasks_max * bits; at += 64)
		right[at / 64] = 0;
	for (unsigned task = 0; task < layout->config.tasks_max; task++)
		halves_edit(right,
			halves_edit_of(halves_renamed(move, task) * bits, bits, view->task[task]));
}
