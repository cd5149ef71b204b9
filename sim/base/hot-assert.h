/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_HOT_ASSERT_H
#define CIDSIM_SIM_BASE_HOT_ASSERT_H

/*
 * hot_assert() is assert() in functions that are called at each event, where asking costs a tenth
 * of the time: a release build leaves it out. The builds that are tested have it, and what is asked
 * less often is assert() or g_assert(), in all builds.
 */

#include <assert.h>

#ifdef CIDSIM_RELEASE
#define hot_assert(expression) ((void)sizeof(!(expression)))
#else
#define hot_assert(expression) assert(expression)
#endif

#endif
