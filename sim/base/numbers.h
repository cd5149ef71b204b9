/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_NUMBERS_H
#define CIDSIM_SIM_BASE_NUMBERS_H

/* Arithmetic on integers that 64 bits are too few for. */

#include <stdint.h>

/* ISO C has no 128-bit integers; both compilers do. */
__extension__ typedef unsigned __int128 uint128;

/* @numerator / @denominator, rounded to nearest, at most UINT64_MAX; 0 if @denominator is 0. The
 * numerator is below 2^127. */
uint64_t number_divide(uint128 numerator, uint64_t denominator);

/* @numerator * @scale / @denominator, rounded likewise. So shares and ratios are printed without
 * floating point. */
uint64_t number_ratio(uint64_t numerator, uint64_t denominator, uint32_t scale);

#endif
