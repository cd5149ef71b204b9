/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_STATISTICS_H
#define CIDSIM_SIM_SWEEP_STATISTICS_H

/*
 * Mean, standard deviation and confidence interval of a sample, in integers throughout: the same
 * on every machine. Values come one by one and are not kept; their order does not matter. Nothing
 * is rounded but the results, each once, from the exact value to the nearest millionth, halves
 * away from zero.
 */

#include <stdint.h>

#include "sim/base/wide.h"

#define SWEEP_VALUE_LIMIT (INT64_C(1) << 62) /* every value is below it in size */
#define SWEEP_SAMPLE_MAX (UINT64_C(1) << 40) /* values in a sample */

/* What is kept of the values so far. A sample of none is all zeros. */
struct sweep_sample {
	uint64_t count;
	struct wide above, below; /* sums of those above 0, and of those below it, without sign */
	struct wide squares;      /* their sum, and the bits from 2^128 on */
	uint64_t squares_high;
};

/* What is known of a sample. All in the unit of the values, which are millionths. */
struct sweep_statistics {
	uint64_t count;
	int64_t mean;
	uint64_t sd;  /* of the sample, with count - 1; 0 below two values */
	struct wide ci95; /* half the width of the 95 % confidence interval of the mean (Student's
	                       t), from the unrounded sd; 0 below two values; below 2^66: of two
	                       values it is up to 12.7 times the greater */
};

/* Add a value. At most SWEEP_SAMPLE_MAX of them. */
void sweep_sample_add(struct sweep_sample *sample, int64_t value);

/* The statistics of the values so far. */
struct sweep_statistics sweep_sample_statistics(const struct sweep_sample *sample);

/* Student's t for 95 %, two-sided, and @degrees degrees of freedom, at least 1, in thousandths
 * rounded to nearest; between the rows of the table (30 and up) the value of the row below, so that
 * no interval is too narrow. */
unsigned sweep_student_t(uint64_t degrees);

#endif
