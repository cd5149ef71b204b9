/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_RANDOM_SCENARIO_H
#define CIDSIM_TESTS_LIB_RANDOM_SCENARIO_H

/* Random small scenarios. A seed names one for good: who changes the generator changes all of them.
 */

#include <glib.h>
#include <stdint.h>

/* Faults that a scenario may have among its actions. */
enum { FAILED_FORK = 1, FAILED_EXEC = 2 };

/*
 * The scenario that @seed names, as text: of @revision, which may be followed by lines of the group
 * [protocol], with the @faults that it may have and the value @check of the key check. The caller
 * frees it.
 */
GString *generate(uint64_t seed, const char *revision, unsigned faults, const char *check);

#endif
