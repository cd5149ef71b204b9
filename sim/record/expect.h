/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_EXPECT_H
#define CIDSIM_SIM_RECORD_EXPECT_H

/* Judges the expectations of a scenario: they make it a test. */

#include "sim/record/recorder.h"

/* The first instant after @after_ns that an expectation is about; UINT64_MAX if there is none.
 * expect_first_ns(): the first of all. */
uint64_t expect_first_ns(const struct scenario *scenario);
uint64_t expect_next_ns(const struct scenario *scenario, uint64_t after_ns);

/* Judge the expectations at the instant @at_ns by the values of now. */
void expect_judge_instant(struct recorder *recorder, uint64_t at_ns);

/* Judge all others, at the end of the run. Afterwards the verdicts stand in the order of lines. */
void expect_judge_end(struct recorder *recorder);

/* Whether @expect can hold no more, whatever follows, by the totals of @result so far. Always false
 * of one that only its instant or the end of the run decides. */
bool expect_has_failed(const struct record_result *result, const struct scenario_expect *expect);

#endif
