/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/requests.h"

static gpointer key_of(uint32_t task)
{
	g_assert(task != INDEX_NONE); /* the key would be NULL */
	return GUINT_TO_POINTER(task + 1);
}

void requests_init(struct requests *requests)
{
	requests->of_task = g_hash_table_new(NULL, NULL);
}

void requests_clear(struct requests *requests)
{
	g_assert(g_hash_table_size(requests->of_task) == 0);
	g_hash_table_destroy(requests->of_task);
}

void requests_add(
	struct requests *requests, uint32_t task, struct sim_task *t, const struct request *request)
{
	struct request *copy = g_memdup2(request, sizeof(*request));
	struct request *first = g_hash_table_lookup(requests->of_task, key_of(task));

	g_assert((first != NULL) == t->asked);
	copy->next = NULL;
	copy->last = copy;
	t->asked = 1;
	if (!first) {
		g_hash_table_insert(requests->of_task, key_of(task), copy);
		return;
	}
	g_assert(!first->last->next);
	first->last->next = copy;
	first->last = copy;
}

void requests_take(
	struct requests *requests, uint32_t task, struct sim_task *t, struct request *request)
{
	struct request *first = g_hash_table_lookup(requests->of_task, key_of(task));

	g_assert(t->asked && first);
	*request = *first;
	if (first->next) {
		first->next->last = first->last;
		g_hash_table_insert(requests->of_task, key_of(task), first->next);
	} else {
		g_hash_table_remove(requests->of_task, key_of(task));
	}
	t->asked = first->next != NULL;
	g_free(first);
}

void requests_forget(struct requests *requests, uint32_t task, struct sim_task *t)
{
	struct request request;

	while (t->asked)
		requests_take(requests, task, t, &request);
}
