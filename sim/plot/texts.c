/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/texts.h"

#include <string.h>

#include "sim/base/values.h"

struct plot_texts *plot_texts_new(void)
{
	struct plot_texts *texts = g_new0(struct plot_texts, 1);

	texts->list = g_ptr_array_new_with_free_func(g_free);
	texts->places = g_hash_table_new(g_str_hash, g_str_equal);
	return texts;
}

void plot_texts_free(struct plot_texts *texts)
{
	if (!texts)
		return;
	g_hash_table_unref(texts->places);
	g_ptr_array_unref(texts->list);
	g_free(texts);
}

bool plot_texts_find(const struct plot_texts *texts, const char *text, unsigned *position)
{
	gpointer place = NULL;
	bool found = g_hash_table_lookup_extended(texts->places, text, NULL, &place);

	*position = GPOINTER_TO_UINT(place);
	g_assert(!found || *position < texts->list->len);
	return found;
}

bool plot_texts_has(const struct plot_texts *texts, const char *text)
{
	return g_hash_table_contains(texts->places, text);
}

unsigned plot_texts_add(struct plot_texts *texts, const char *text)
{
	unsigned position;

	g_assert(!texts->numeric);
	if (plot_texts_find(texts, text, &position))
		return position;
	position = texts->list->len;
	g_ptr_array_add(texts->list, g_strdup(text));
	g_hash_table_insert(
		texts->places, texts->list->pdata[position], GUINT_TO_POINTER(position));
	return position;
}

char **plot_texts_copy(const struct plot_texts *texts)
{
	char **copy = g_new0(char *, texts->list->len + 1);

	for (unsigned i = 0; i < texts->list->len; i++)
		copy[i] = g_strdup(texts->list->pdata[i]);
	return copy;
}

bool plot_texts_integer(const char *text, uint64_t *value)
{
	g_autofree char *wrong = value_read_count(text, value);

	return !wrong && *value <= (UINT64_C(1) << 32);
}

static int compare_integers(gconstpointer a, gconstpointer b)
{
	uint64_t x = 0, y = 0;

	plot_texts_integer(*(char *const *)a, &x);
	plot_texts_integer(*(char *const *)b, &y);
	/* "8" and "08" are two values */
	return x < y ? -1 : x > y ? 1 : strcmp(*(char *const *)a, *(char *const *)b);
}

void plot_texts_sort(struct plot_texts *texts)
{
	GPtrArray *list = texts->list;
	uint64_t value;

	for (unsigned i = 0; i < list->len; i++)
		if (!plot_texts_integer(list->pdata[i], &value))
			return;
	g_ptr_array_sort(list, compare_integers);
	for (unsigned i = 0; i < list->len; i++)
		g_hash_table_insert(texts->places, list->pdata[i], GUINT_TO_POINTER(i));
	texts->numeric = true;
	g_assert(g_hash_table_size(texts->places) == list->len);
}
