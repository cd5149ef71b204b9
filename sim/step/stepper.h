/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_STEP_STEPPER_H
#define CIDSIM_SIM_STEP_STEPPER_H

/*
 * What a user does with a walkthrough: commands, as text. A terminal turns keys into them
 * (view.h), a pipe has one a line.
 *
 *     next [N | MARK]           forwards: N positions, or to the next flip, open, close, violation
 *     back [N | MARK]           backwards
 *     go N | TIME | start | end
 *     show                      the state again
 *     list, pick N | STEP       of [explore] and [steps]: what can be taken here, and take one
 *     write FILE                ... what was taken, as a scenario with [steps]
 *     help, quit
 */

#include "sim/step/walkthrough.h"
#include "sim/scenario/scenario.h"

struct stepper {
	const struct scenario *scenario;
	struct walkthrough *walk;
	bool has_steps;  /* its film is film-steps.h */
	GString *answer; /* of the last command */
};

enum stepper_answer {
	STEPPER_MOVED,   /* the position is to be shown; answer: why it is not the one asked for */
	STEPPER_LISTS,   /* what can be taken is to be shown */
	STEPPER_ANSWERS, /* answer has a text, lines */
	STEPPER_BAD,     /* no such command, or it cannot be done; answer says what can */
	STEPPER_FAILED,  /* a file could not be written; answer says why */
	STEPPER_QUITS,
};

/* At the start of @film, which becomes the stepper's; the rest is borrowed. @stop: see
 * walkthrough_new(). */
void stepper_init(struct stepper *stepper, const struct scenario *scenario, struct film *film,
	bool (*stop)(void));
void stepper_clear(struct stepper *stepper);

/* Do the command @line; blanks around it, an empty one and "# …" mean nothing (STEPPER_ANSWERS,
 * without a text). */
enum stepper_answer stepper_do(struct stepper *stepper, const char *line);

/* Append where the stepper is: "step 3 of 12", what happened there, the state. Lines that differ
 * from the state before begin with ">". */
void stepper_show(const struct stepper *stepper, GString *text);

/* Append "step 3 of 12", with its time if it has one. */
void stepper_show_place(const struct stepper *stepper, GString *text);

/* Append what can be taken here, a line each: its number, words, the step as [steps] has it. "*"
 * stands before the one that comes next. */
void stepper_show_choices(struct stepper *stepper, GString *text);

#endif
