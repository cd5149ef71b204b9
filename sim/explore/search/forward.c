/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/forward.h"

struct forward {
	const struct pack_layout *layout;
	const uint32_t *goal; /* the next state of the path */
	struct machine *after;
	struct explore_step step;
	bool found;
};

static void on_step(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct forward *forward = context;

	if (forward->found || pack_compare(forward->layout, key, forward->goal) != 0)
		return;
	forward->found = true;
	forward->step = *step;
	*forward->after = *next;
}

GArray *search_forward(struct expander *expander, const uint32_t *path, unsigned length)
{
	const struct pack_layout *layout = expander->layout;
	GArray *steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step));
	struct forward forward = { .layout = layout, .after = g_new(struct machine, 1) };

	expander_put(expander, layout->blank);
	for (unsigned i = 0; i < length; i++) {
		forward.goal = path + (size_t)(i + 1) * layout->words;
		forward.found = false;
		expander_steps(expander, on_step, &forward);
		g_assert(forward.found);
		g_array_append_val(steps, forward.step);
		expander_put(expander, forward.after);
	}
	g_free(forward.after);
	g_assert(steps->len == length);
	return steps;
}
