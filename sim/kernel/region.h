/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_REGION_H
#define CIDSIM_SIM_KERNEL_REGION_H

/*
 * A region: the lines of a file of a kernel that are compiled with CONFIG_SCHED_MM_CID, from the
 * #if that asks for it to its #else, #elif or #endif.
 */

#include <glib.h>
#include <stdbool.h>

struct region {
	char *text; /* its lines, the #if and its end not among them; the caller frees it */
	guint line; /* of its first one, from 1 */
	guint lines;
};

/* Find in @text the first region that has @name as a word. False, and *@region is as it was, if
 * there is none. *@marked: whether any line asks for CONFIG_SCHED_MM_CID. A region that the text
 * does not end goes to the end of the text. */
bool region_find(const char *text, const char *name, struct region *region, bool *marked);

/* Is @name in @text, with no letter, digit or underscore around it? */
bool region_has_word(const char *text, const char *name);

#endif
