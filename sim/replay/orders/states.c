/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/states.h"

#include <string.h>

#include "sim/base/hash.h"

enum {
	STATES_MIN = 64,         /* kept in any case */
	STATES_BYTES = 16 << 20, /* beyond these only STATES_MIN are kept */
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
		.list = g_ptr_array_new_with_free_func(g_free),
		.spare = g_ptr_array_new_with_free_func(g_free),
		.size = size_for(config),
		.limit = limit,
	};
	states->scratch = g_malloc0(states->size);
}

void states_clear(struct order_states *states)
{
	g_ptr_array_free(states->list, TRUE);
	g_ptr_array_free(states->spare, TRUE);
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
	struct order_state *state = states->spare->len ? g_ptr_array_steal_index_fast(states->spare,
								 states->spare->len - 1)
	                                               : g_malloc(states->size);

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
	g_ptr_array_add(states->spare, state);
}

void states_drop_all(struct order_states *states)
{
	while (states->list->len > 0)
		states_drop(states, g_ptr_array_steal_index(states->list, states->list->len - 1));
	g_assert(states->list->len == 0);
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
	g_ptr_array_set_size(states->spare, 0);
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

static void keep_first(struct order_states *states, guint kept)
{
	g_assert(kept <= states->list->len);
	while (states->list->len > kept)
		g_ptr_array_steal_index(states->list, states->list->len - 1);
}

void states_compact(struct order_states *states)
{
	guint kept = 0;

	for (guint i = 0; i < states->list->len; i++) {
		if (states->list->pdata[i])
			states->list->pdata[kept++] = states->list->pdata[i];
	}
	keep_first(states, kept);
}

uint32_t state_hash(const struct order_states *states, struct order_state *state)
{
	const char *at = (const char *)state + compared_from;
	size_t size = states->size - compared_from;
	uint64_t hash = 0, word;

	for (; size >= sizeof(word); size -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = hash_word(hash, word);
	}
	state->hash = (uint32_t)(hash ^ hash >> 32) | 1;
	return state->hash;
}

guint state_stored_hash(gconstpointer state)
{
	return ((const struct order_state *)state)->hash;
}

/* All states of a list have one size: that of their model. */
gboolean state_equal(gconstpointer a, gconstpointer b)
{
	const struct order_state *x = a, *y = b;

	return x->hash == y->hash &&
	       memcmp((const char *)x + compared_from, (const char *)y + compared_from,
		       offsetof(struct order_state, model) - compared_from + x->model.size) == 0;
}

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
	for (guint i = 0; i < list->len; i++)
		((struct order_state *)list->pdata[i])->place = i;
	g_ptr_array_sort(list, state_by_likelihood);
}

static void keep_first_of_equal(struct order_states *states)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(state_stored_hash, state_equal);
	guint kept = 0;

	for (guint i = 0; i < states->list->len; i++) {
		struct order_state *state = states->list->pdata[i];

		if (!state->hash)
			state_hash(states, state);
		if (g_hash_table_contains(seen, state)) {
			states_drop(states, state);
			continue;
		}
		g_hash_table_add(seen, state);
		states->list->pdata[kept++] = state;
	}
	keep_first(states, kept);
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
