/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_STEP_FILM_H
#define CIDSIM_SIM_STEP_FILM_H

/*
 * What can be walked through: a chain of positions, from 0, the start. A film goes forwards only,
 * or back to the start; it is the same each time. walkthrough.h goes anywhere in it.
 *
 *     position 0 --next--> 1 --next--> 2 ... last
 *          ^                            |
 *          +----------- rewind ---------+
 *
 * Two films: the steps of a small machine (film-steps.h), what a run records (film-run.h).
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What happens at a position. */
enum {
	MARK_FLIP = 1,      /* the mode changes */
	MARK_OPEN = 2,      /* a transit window opens */
	MARK_CLOSE = 4,     /* ... closes */
	MARK_VIOLATION = 8, /* a property breaks, or a spin is found that cannot end */
};

struct film {
	const struct film_kind *kind;
	uint64_t position;
	uint64_t time_ns;
	unsigned marks; /* of this position */
	uint64_t last;  /* how many positions follow the start; UINT64_MAX: not known yet */
};

struct film_kind {
	/* To position 0. */
	void (*rewind)(struct film *film);
	/* To the next position; false, and only film.last may have changed, if there is none. */
	bool (*next)(struct film *film);
	/* Append what has led to this position, each line indented by 2; and the state here,
	 * without indent. */
	void (*describe)(struct film *film, GString *happened, GString *state);
	/* Append the time of this position, as "3.084 ms"; nothing if times mean nothing. */
	void (*time)(const struct film *film, GString *text);
	void (*free)(struct film *film);
};

#endif
