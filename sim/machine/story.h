/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_MACHINE_STORY_H
#define CIDSIM_SIM_MACHINE_STORY_H

/*
 * A counterexample for people: each step in words, what it changed, before and after, and how
 * things stand at the end. Words of CIDs are written as tell_word() does.
 */

#include <glib.h>

#include "sim/machine/machine.h"

/* One step in words: "CPU1 switches to T0". @before is the machine that takes it. The caller frees
 * it. */
char *story_step(const struct machine *before, const struct explore_step *step);

/* What differs between two machines, as "mode task -> cpu+t", "T0 0 -> 0t"; strings, maybe none. */
GPtrArray *story_changes(const struct machine *before, const struct machine *after);

/* Append the story of @steps, of a machine of @config, to @text, each line indented by 2. */
void story_tell(GString *text, const struct machine_config *config, const GArray *steps);

/* Append @steps as the lines of [steps], each with its words and changes as a comment. */
void story_list(GString *text, const struct machine_config *config, const GArray *steps);

#endif
