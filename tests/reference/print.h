/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_REFERENCE_PRINT_H
#define CIDSIM_TESTS_REFERENCE_PRINT_H

/* The lines that the reference reads; driver.c has their form. */

#include "tests/reference/world.h"

/* "WORDS": the step; @drawn: with what is open in it (child, new_mm, mask, sees). */
void print_choice(const struct choice *c, bool drawn);

/* ";ANSWER;" */
void print_answer(struct step step);

/* "STATE" and a line end. */
void print_state(const struct world *world);

/* The whole line: what each mm breaks, and what is possible. */
void print_possible(struct world *world);

#endif
