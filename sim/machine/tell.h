/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_MACHINE_TELL_H
#define CIDSIM_SIM_MACHINE_TELL_H

/*
 * The state of a machine for people: the mode and the pool, who holds the mutex, what each CPU runs
 * and holds, where the other tasks are. Words are written as in traces: "3" task-owned, "3c"
 * CPU-owned, "3t" in transit, "-" unset, "-t" unset in transit.
 */

#include "sim/machine/machine.h"

enum {
	TELL_COLUMNS = 76,  /* of a line at the most: reports indent by 4 */
	TELL_WORD_MAX = 16, /* bytes of a word as text, with its NUL */
};

/* Print @word into @buffer, and return that. */
const char *tell_word(cid_word word, char buffer[TELL_WORD_MAX]);

/* Lines, the last one without a line end. The caller frees them. */
char *tell_state(const struct machine *machine, const struct machine_config *config);

#endif
