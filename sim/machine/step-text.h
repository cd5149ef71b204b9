/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_MACHINE_STEP_TEXT_H
#define CIDSIM_SIM_MACHINE_STEP_TEXT_H

/* Steps as text: the syntax of [steps], of counterexamples and of reports. See step.h. */

#include "sim/machine/step.h"

enum { STEP_TEXT_MAX = 48 }; /* bytes of a step as text, with its NUL */

/*
 * Read @text, words with blanks between them, on a machine of @cpus_count CPUs whose tasks are
 * T0 to T(@tasks_max - 1); both at most 255. Returns NULL, and *@step is set, nobody stuck; or a
 * message "what is wrong, what would be right", which the caller frees, and *@step is as it was.
 * Whether the step can be taken is for machine_refuses() to say.
 */
char *step_read(
	const char *text, uint32_t cpus_count, uint32_t tasks_max, struct explore_step *step);

/* Print @step into @buffer: step_read() gets the same from it, but for who is stuck. */
void step_print(const struct explore_step *step, char buffer[STEP_TEXT_MAX]);

/* The word of @verb, such as "give-up". */
const char *step_verb_to_string(enum step_verb verb);

/* MODE_* bits as they are written: "task", "task+t", "cpu", "cpu+t". */
const char *step_mode_to_string(uint8_t mode);

#endif
