/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_STEP_FILM_STEPS_H
#define CIDSIM_SIM_STEP_FILM_STEPS_H

/* The steps of a small machine: those of [steps], and what is chosen instead or after them.
 * Position N is after the Nth step. */

#include "sim/machine/machine.h"
#include "sim/scenario/scenario.h"
#include "sim/step/film.h"

/* The film of @scenario, which has [explore] and maybe [steps], and must live as long. *@refusal,
 * for the caller to free, is "LINE: which step cannot be taken and why", and the film ends before
 * it; NULL: all can. */
struct film *film_steps_new(const struct scenario *scenario, char **refusal);

enum { FILM_CHOICES_MAX = 2 * MACHINE_STEPS_MAX };

/* The steps that can be taken here, into @steps, room for FILM_CHOICES_MAX. Returns how many. */
unsigned film_steps_choices(const struct film *film, struct explore_step *steps);

/* The step that the film takes next; NULL at the end. */
const struct explore_step *film_steps_next(const struct film *film);

/* Why @step cannot be taken here; NULL, and the film takes it next, and what it had instead is cut
 * off. The caller frees the text. */
char *film_steps_choose(struct film *film, const struct explore_step *step);

/* @step, which can be taken here, in words. The caller frees them. */
char *film_steps_words(const struct film *film, const struct explore_step *step);

/* Append a scenario whose [steps] are those up to here, and which expects what is broken here. */
void film_steps_write(const struct film *film, GString *text);

#endif
