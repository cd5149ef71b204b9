/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_ORDERS_CHECK_H
#define CIDSIM_TESTS_LIB_ORDERS_CHECK_H

/* What a run of random orders is asked between its steps and at its end, beyond check_mm(). */

#include "tests/lib/orders.h"

/* How many mms were asked for I7, and how many could not be. */
struct orders_quiet {
	uint64_t asked, crowded;
};

/*
 * I3: is there a get which spins, and can its spin not end, whatever happens next? Tries on a copy
 * of @original all that could free a number. Never with gets that give up.
 */
bool orders_is_stuck(const struct orders *original);

/* Has the twin answered otherwise than the first state, or does anything that can be seen differ?
 */
bool orders_twin_differs(const struct orders *o);

/*
 * At the end, with nothing broken: finishes what is under way, lets every user run again and again,
 * and returns the properties that are broken then, I7 among them. Adds to @tally.
 */
unsigned orders_check_quiet(struct orders *o, struct orders_quiet *tally);

#endif
