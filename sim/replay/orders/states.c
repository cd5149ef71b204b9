/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/states.h"

#include <string.h>

#include "sim/base/hash.h"

enum {
	STATES_MIN = 64,         /* kept in any case */
	STATES_BYTES = 16 << 20, /* beyond these only STATES_MIN are kept */
	SLOTS_MIN = 64,
};

static const size_t compared_from = offsetof(struct order_state, holder);

static size_t size_for(const struct model_config *config)
{
	return offsetof(struct order_state, model) + model_size(config);
}

/* The model reports a flip: kept, for the records ask for it later. */
static void observed(struct model_observer *observer, const struct model_event *event)
{
	struct order_state *state = (struct order_state *)observer;

	if (event->kind == EVENT_FLIPPED)
		state->flip = *event;
	if (state->listener)
		state->listener->event(state->listener, state, event);
}

void states_init(struct order_states *states, const struct model_config *config, uint32_t limit)
{
	g_assert(limit > 0);
	*states = (struct order_states){
		.list = g_ptr_array_new(),
		.taken = g_ptr_array_new(),
		.size = size_for(config),
		.limit = limit,
	};
	states->scratch = g_malloc0(states->size);
}

static void free_spare(struct order_states *states)
{
	while (states->spare) {
		struct order_state *state = states->spare;

		states->spare = state->below;
		g_free(state);
	}
}

void states_clear(struct order_states *states)
{
	states_drop_all(states);
	g_ptr_array_free(states->list, TRUE);
	g_ptr_array_free(states->taken, TRUE);
	free_spare(states);
	g_free(states->marks.slots);
	g_free(states->marks.used);
	g_free(states->scratch);
}

struct order_state *states_new_state(
	const struct order_states *states, const struct model_config *config)
{
	struct order_state *state = g_malloc0(states->size);

	g_assert(size_for(config) == states->size);
	state->observer.event = observed;
	model_init(&state->model, config);
	return state;
}

struct order_state *states_copy(struct order_states *states, const struct order_state *from)
{
	struct order_state *state = states->spare;

	if (state)
		states->spare = state->below;
	else
		state = g_malloc(states->size);
	g_assert(from != state);
	memcpy(state, from, states->size);
	return state;
}

void states_add(struct order_states *states, struct order_state *state)
{
	g_assert(state);
	g_ptr_array_add(states->list, state);
}

void states_drop(struct order_states *states, struct order_state *state)
{
	g_assert(state);
	state->below = states->spare;
	states->spare = state;
}

void states_drop_all(struct order_states *states)
{
	while (states->list->len > 0)
		states_drop(states, g_ptr_array_steal_index(states->list, states->list->len - 1));
	g_assert(states->list->len == 0);
}

const GPtrArray *states_take_all(struct order_states *states)
{
	GPtrArray *taken = states->list;

	states->list = states->taken;
	states->taken = taken;
	g_ptr_array_set_size(states->list, 0);
	return taken;
}

void states_grow(struct order_states *states, const struct model_config *config)
{
	g_assert(size_for(config) > states->size);
	states->size = size_for(config);
	for (guint i = 0; i < states->list->len; i++) {
		struct order_state *old = states->list->pdata[i];
		struct order_state *state = g_malloc0(states->size);

		memcpy(state, state_changes(old), offsetof(struct order_state, model));
		model_grow(&state->model, config, &old->model);
		states->list->pdata[i] = state;
		g_free(old);
	}
	free_spare(states);
	g_free(states->scratch);
	states->scratch = g_malloc0(states->size);
}

void states_rule_out(struct order_states *states, guint index, bool out)
{
	g_assert(index < states->list->len);
	if (!out)
		return;
	states_drop(states, states->list->pdata[index]);
	states->list->pdata[index] = NULL;
}

void states_compact(struct order_states *states)
{
	guint kept = 0;

	for (guint i = 0; i < states->list->len; i++) {
		if (states->list->pdata[i])
			states->list->pdata[kept++] = states->list->pdata[i];
	}
	g_ptr_array_set_size(states->list, (gint)kept);
}

/* The hash of @state by what makes states equal, never 0. The head of its model, before the arrays,
 * is left out: it is nearly the same in all states. The hashes of all pairs of words are added, so
 * that the CPU can work at several at once; each has its place mixed in, so that order counts. */
static uint32_t hash_of(const struct order_states *states, const struct order_state *state)
{
	const char *at = (const char *)(&state->model + 1);
	size_t left = states->size - (size_t)(at - (const char *)state);
	uint64_t place = 0, words[2];
	uint64_t hash =
		hash_pair(state->holder, (uint64_t)state->affinities_done << 16 |
						 (uint64_t)state->stage << 8 | state->current_done);

	for (; left >= sizeof(words); at += sizeof(words), left -= sizeof(words)) {
		memcpy(words, at, sizeof(words));
		hash += hash_pair(words[0] ^ place, words[1]);
		place += HASH_GOLDEN;
	}
	g_assert(left == 0 || left == sizeof(words[0]));
	if (left > 0) {
		memcpy(words, at, sizeof(words[0]));
		hash += hash_pair(words[0] ^ place, 0);
	}
	hash = hash_mix(hash);
	return (uint32_t)(hash ^ hash >> 32) | 1;
}

/* All states of a list have one size: that of their model. */
static bool are_equal(
	const struct order_states *states, const struct order_state *a, const struct order_state *b)
{
	return a->hash == b->hash &&
	       memcmp((const char *)a + compared_from, (const char *)b + compared_from,
		       states->size - compared_from) == 0;
}

/* Marks */

/* The slot where a state equal to @state is, or would be. */
static uint32_t find_slot(const struct order_states *states, const struct order_state *state)
{
	const struct order_marks *marks = &states->marks;
	uint32_t slot = state->hash >> 1 & (marks->size - 1); /* the last bit is always set */

	g_assert(state->hash != 0 && marks->count < marks->size);
	while (marks->slots[slot] && !are_equal(states, marks->slots[slot], state))
		slot = (slot + 1) & (marks->size - 1);
	return slot;
}

/* Twice as many slots. */
static void grow_marks(struct order_states *states)
{
	struct order_marks *marks = &states->marks, old = *marks;

	marks->size = MAX(SLOTS_MIN, old.size * 2);
	marks->slots = g_new0(struct order_state *, marks->size);
	marks->used = g_new(uint32_t, marks->size / 2);
	for (uint32_t i = 0; i < old.count; i++) {
		struct order_state *state = old.slots[old.used[i]];

		marks->used[i] = find_slot(states, state);
		marks->slots[marks->used[i]] = state;
	}
	g_free(old.slots);
	g_free(old.used);
}

struct order_state *states_mark(struct order_states *states, struct order_state *state)
{
	struct order_marks *marks = &states->marks;
	uint32_t slot;

	if (marks->count == marks->size / 2)
		grow_marks(states);
	if (!state->hash)
		state->hash = hash_of(states, state);
	slot = find_slot(states, state);
	if (marks->slots[slot])
		return marks->slots[slot];
	marks->slots[slot] = state;
	marks->used[marks->count++] = slot;
	return NULL;
}

void states_unmark_all(struct order_states *states, bool drop)
{
	struct order_marks *marks = &states->marks;

	for (; marks->count > 0; marks->count--) {
		struct order_state **slot = &marks->slots[marks->used[marks->count - 1]];

		if (drop)
			states_drop(states, *slot);
		*slot = NULL;
	}
}

/* Tidying */

gint state_by_likelihood(gconstpointer a, gconstpointer b)
{
	const struct order_state *x = *(struct order_state *const *)a;
	const struct order_state *y = *(struct order_state *const *)b;

	if (x->inversions != y->inversions)
		return x->inversions < y->inversions ? -1 : 1;
	if (x->waits != y->waits)
		return x->waits < y->waits ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* g_ptr_array_sort() is not stable by its contract: ties go by the place that they had. */
static void sort(GPtrArray *list)
{
	bool sorted = true;

	for (guint i = 0; i < list->len; i++) {
		((struct order_state *)list->pdata[i])->place = i;
		sorted &= i == 0 || state_by_likelihood(&list->pdata[i - 1], &list->pdata[i]) < 0;
	}
	if (!sorted)
		g_ptr_array_sort(list, state_by_likelihood);
}

static void keep_first_of_equal(struct order_states *states)
{
	guint kept = 0;

	g_assert(states_marked(states) == 0);
	for (guint i = 0; i < states->list->len; i++) {
		struct order_state *state = states->list->pdata[i];

		if (states_mark(states, state))
			states_drop(states, state);
		else
			states->list->pdata[kept++] = state;
	}
	states_unmark_all(states, false);
	g_ptr_array_set_size(states->list, (gint)kept);
}

uint32_t states_limit(const struct order_states *states)
{
	size_t fit = MAX(STATES_MIN, STATES_BYTES / states->size);

	return (uint32_t)MIN(fit, states->limit);
}

void states_tidy(struct order_states *states)
{
	uint32_t limit = states_limit(states);

	if (states->list->len > 1) {
		sort(states->list);
		keep_first_of_equal(states);
	}
	while (states->list->len > limit) {
		states->cut = true;
		states_drop(states, g_ptr_array_steal_index(states->list, states->list->len - 1));
	}
	states->most = MAX(states->most, states->list->len);
	g_assert(states->list->len <= limit);
}
