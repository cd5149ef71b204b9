/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_ENTRIES_H
#define CIDSIM_SIM_CLI_ENTRIES_H

/* Look-ups in the table of a command's options. @entries may be NULL, which is an empty table. */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* The option called @name[0..@length), its long name. NULL: none. */
const GOptionEntry *entry_find(const GOptionEntry *entries, const char *name, size_t length);

/* The length of "-qj" in "-qj1": options of one letter up to the first that takes a value. 0 if
 * there is an unknown one or none takes a value. @argument begins with '-'. */
size_t entry_letters_length(const GOptionEntry *entries, const char *argument);

/* The option whose value is the argument after @argument ("--seed", "-qs"). NULL: the next argument
 * is one of its own. */
const GOptionEntry *entry_taking_next(const GOptionEntry *entries, const char *argument);

/* An option of one value that @argument gives, with its value ("--seed=1") or before it. NULL: it
 * gives none. */
const GOptionEntry *entry_given(const GOptionEntry *entries, const char *argument);

#endif
