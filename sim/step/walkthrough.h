/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_STEP_WALKTHROUGH_H
#define CIDSIM_SIM_STEP_WALKTHROUGH_H

/*
 * Goes forwards and backwards in a film. Memory is bounded: the words of the last positions are
 * kept, so that a step back is at once. What is further back is made again from the start.
 */

#include "sim/step/film.h"

/* A position in words. */
struct moment {
	uint64_t position;
	unsigned marks;
	char *time;     /* "" if times mean nothing */
	char *happened; /* lines */
	char *state;    /* lines */
};

struct walkthrough;

/* At the start of @film, which becomes the walkthrough's. @stop, which may be NULL, is asked now
 * and then: true ends what is under way, at any position. */
struct walkthrough *walkthrough_new(struct film *film, bool (*stop)(void));
void walkthrough_free(struct walkthrough *walk);

/* Where it is; and the state at the position before, "" at the start. Valid until the next call of
 * a function below. */
const struct moment *walkthrough_here(const struct walkthrough *walk);
const char *walkthrough_before(const struct walkthrough *walk);

/* How many positions there are after the start; UINT64_MAX: not known yet. */
uint64_t walkthrough_last(const struct walkthrough *walk);

/* Go to @position, or to the last one if it is not there: then false. */
bool walkthrough_go(struct walkthrough *walk, uint64_t position);

/* Go to the last position that is not after @time_ns. False if that is the last one of all. */
bool walkthrough_go_time(struct walkthrough *walk, uint64_t time_ns);

/* Go to the next, or the previous, position that has one of @marks. False, and it stays, if there
 * is none. */
bool walkthrough_find(struct walkthrough *walk, unsigned marks, bool forwards);

/* The film, brought to where the walkthrough is: to ask more of it, or to change what follows. */
struct film *walkthrough_film(struct walkthrough *walk);

/* What follows this position has changed, in the film: what was known of it is forgotten. */
void walkthrough_changed(struct walkthrough *walk);

#endif
