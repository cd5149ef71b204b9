/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_RANDOM_STEPS_H
#define CIDSIM_TESTS_LIB_RANDOM_STEPS_H

/* Random scenarios with [steps]: a walk over whatever can be taken. */

#include <glib.h>

#include "sim/scenario/scenario.h"

/* The scenario that @seed names; @revision may have lines of [protocol] behind it. */
GString *steps_generate(uint64_t seed, const char *revision, bool weak);

#endif
