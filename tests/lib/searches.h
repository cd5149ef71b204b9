/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_SEARCHES_H
#define CIDSIM_TESTS_LIB_SEARCHES_H

/* Searches of any mode, what they must have found, and whether two of them are the same. */

#include "sim/explore/search/search.h"

enum {
	SEARCHES_MEMORY = 256 << 20,
	SEARCHES_STEPS = 4000000, /* of walks */
	SEARCHES_WALK = 200,      /* their length */
};

/* On one thread, for all safety properties and I3. */
struct search_options searches_options(
	const struct machine_config *config, enum search_mode mode);

/* Of the defect of that number in shipped_defects[], with the revision that has it. */
struct search_options searches_defect(unsigned defect, enum search_mode mode, bool reduced);

/* Three CPUs, three tasks and a fourth, in a revision that breaks nothing: 80889 states. */
struct machine_config searches_sound(void);

/* @result, of @options, is a violation, and its steps lead there. @what: who asks. */
void searches_violated(
	const struct search_result *result, const struct search_options *options, const char *what);

/* Both have seen and found the same. */
void searches_same(const struct search_result *a, const struct search_result *b);

#endif
