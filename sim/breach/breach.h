/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BREACH_BREACH_H
#define CIDSIM_SIM_BREACH_BREACH_H

/*
 * The first event after which an expectation that fails could not hold any more. A run keeps only
 * totals, so that it is quick. So a run that has failed is made again: the same scenario gives the
 * same events. Two more runs find the event, one in pieces of BREACH_PIECE events, which finds the
 * piece, and one that looks after each event of that piece and has the event log on there.
 */

#include "sim/record/record.h"

enum { BREACH_PIECE = 4096 };

/*
 * Set failed, failed_ns and failed_by of the verdicts of @result that failed. For those on broken
 * properties, which are all that [steps] can have, it needs no other run. Before: @result is that
 * of a whole run of its scenario. @goes_on is asked every few milliseconds; once it is false the
 * rest of the verdicts stays as it is.
 */
void breach_find(struct record_result *result, bool (*goes_on)(void *context), void *context);

#endif
