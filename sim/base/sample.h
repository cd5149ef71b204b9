/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_SAMPLE_H
#define CIDSIM_SIM_BASE_SAMPLE_H

/* Distributions of durations, sampled with integers only: the same on every machine. */

#include <stdint.h>

#include "sim/base/prng.h"

enum sample_kind { SAMPLE_CONSTANT, SAMPLE_UNIFORM, SAMPLE_EXPONENTIAL, SAMPLE_BIMODAL };

/* What each kind reads of the fields, in ns:
 * constant: a; uniform: a..b, both included; exponential: mean a, up to 2^48, cut at 64 * a;
 * bimodal: b with probability weight / 2^32, otherwise a. */
struct sample {
	enum sample_kind kind;
	uint32_t weight;
	uint64_t a, b;
};

/* Draw a duration in ns (0 is possible). Costs one draw of @prng, none if constant. */
uint64_t sample_draw(const struct sample *sample, struct prng *prng);

/* -ln(u / 2^64) in units of 2^-40, 2e-6 too large at most; 0 counts as 1. Apart for the tests. */
uint64_t sample_minus_ln(uint64_t u);

#endif
