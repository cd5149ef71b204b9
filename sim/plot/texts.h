/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_TEXTS_H
#define CIDSIM_SIM_PLOT_TEXTS_H

/* Texts, each once, in the order in which they came: values of an axis, names of panels. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct plot_texts {
	GPtrArray *list;    /* char *, owned by it */
	GHashTable *places; /* text -> its position */
	bool numeric;       /* see plot_texts_sort() */
};

struct plot_texts *plot_texts_new(void);
void plot_texts_free(struct plot_texts *texts); /* NULL is allowed */

/* Whether @text is there, and where. */
bool plot_texts_find(const struct plot_texts *texts, const char *text, unsigned *position);
bool plot_texts_has(const struct plot_texts *texts, const char *text);

/* Append a copy of @text, if it is not there. Returns its position. */
unsigned plot_texts_add(struct plot_texts *texts, const char *text);

/* If all texts are integers, let them ascend and set numeric. */
void plot_texts_sort(struct plot_texts *texts);

/* A copy of all texts, NULL-terminated; freed by g_strfreev(). */
char **plot_texts_copy(const struct plot_texts *texts);

/* The integer that @text is, at most 2^32; false if it is none. */
bool plot_texts_integer(const char *text, uint64_t *value);

#endif
