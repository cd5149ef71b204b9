/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_EXPECT_H
#define CIDSIM_SIM_RECORD_EXPECT_H

/* Judges the expectations of a scenario: they make it a test. */

#include "sim/record/recorder.h"

/* The next instant for which an expectation is not judged yet; UINT64_MAX if there is none. */
uint64_t expect_next_ns(struct recorder *recorder);

/* Judge the expectations for the next instant by the values of now. There must be a next instant.
 */
void expect_judge_instant(struct recorder *recorder);

/* Judge all others, at the end of the run. Afterwards the verdicts stand in the order of lines. */
void expect_judge_end(struct recorder *recorder);

/* Whether @expect can hold no more, whatever follows, by the totals of @result so far. Always false
 * of one that only its instant or the end of the run decides. */
bool expect_has_failed(const struct record_result *result, const struct scenario_expect *expect);

#endif
