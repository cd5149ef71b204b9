/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_MACHINE_DESCRIBE_H
#define CIDSIM_SIM_MACHINE_DESCRIBE_H

/*
 * Machines and their steps for people. Words of CIDs are written as in traces: "3" task-owned, "3c"
 * CPU-owned, "3t" in transit, "-" unset, "-t" unset in transit.
 */

#include <glib.h>

#include "sim/machine/machine.h"

enum {
	DESCRIBE_COLUMNS = 76,  /* of a line at the most: reports indent by 4 */
	DESCRIBE_WORD_MAX = 16, /* bytes of a word as text, with its NUL */
};

/* Print @word into @buffer, and return that. */
const char *describe_word(cid_word word, char buffer[DESCRIBE_WORD_MAX]);

/* The mode and the pool, who holds the mutex, what each CPU runs and holds, where the other tasks
 * are: lines, the last one without a line end. The caller frees them. */
char *describe_state(const struct machine *machine, const struct machine_config *config);

/* One step in words: "CPU1 switches to T0". @before is the machine that takes it. The caller frees
 * it. */
char *describe_step(const struct machine *before, const struct explore_step *step);

/* What differs between two machines, as "mode task -> cpu+t", "T0 0 -> 0t"; strings, maybe none. */
GPtrArray *describe_changes(const struct machine *before, const struct machine *after);

/* Append step @number, which has made @after of @before: in words, then what it changed. Each line is
 * indented by 2. */
void describe_one(GString *text, guint number, const struct explore_step *step,
	const struct machine *before, const struct machine *after);

/* What else the words of a path say. */
struct describe_notes {
	guint first; /* the first step that is shown; 0 or 1: all are */
	/* the lines that follow step @number, 0: the start; "": none. NULL: never any */
	const char *(*after)(void *context, guint number);
	void *context;
};

/* Append @steps, of a machine of @config, to @text: each in words with what it changed, and the
 * state at the start and at the end. Each line is indented by 2. @notes: NULL is allowed. */
void describe_path(GString *text, const struct machine_config *config, const GArray *steps,
	const struct describe_notes *notes);

/* Append @steps as the lines of [steps], each with its words and changes as a comment. */
void describe_steps(GString *text, const struct machine_config *config, const GArray *steps);

#endif
