/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SHRINK_DRAFT_H
#define CIDSIM_SIM_SHRINK_DRAFT_H

/* A scenario file whose groups, keys and values are changed one at a time: changes that do not help
 * are taken back. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct draft_entry {
	char *key, *value;
	uint32_t line; /* in the text that was read */
	bool gone;     /* left out */
	bool fixed;    /* must stay as it is */
};

struct draft_group {
	char *name;
	GPtrArray *entries; /* struct draft_entry */
	bool gone, fixed;
};

struct draft {
	GPtrArray *groups; /* struct draft_group */
};

/* Read @text, a key file without faults. */
struct draft *draft_new(const char *text);
void draft_free(struct draft *draft);

/* What there is now, without comments; the keys of [steps] are numbered anew. The caller frees it.
 */
char *draft_print(const struct draft *draft);

/* Put the groups into the order in which people read them: machine and protocol first, actions by
 * their time, expectations last. */
void draft_sort(struct draft *draft);

/* How many groups and keys there are now: lines of the file, without empty ones. */
guint draft_lines(const struct draft *draft);

/* The entry that stood in @line; NULL if there is none. Its group is put into *@group. */
struct draft_entry *draft_find(
	const struct draft *draft, uint32_t line, struct draft_group **group);

/* @key of the group @name, unless one of them is gone; NULL: it is not there. */
struct draft_entry *draft_get(const struct draft *draft, const char *name, const char *key);

/* Whether it is a group of this kind: the first word of its name. */
bool draft_is_kind(const struct draft_group *group, const char *kind);

/* Add a key to the group @name, which is added if need be. Returns it. */
struct draft_entry *draft_add(
	struct draft *draft, const char *name, const char *key, const char *value);

#endif
