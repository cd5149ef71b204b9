/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_HOT_ASSERT_H
#define CIDSIM_SIM_BASE_HOT_ASSERT_H

/*
 * hot_assert() is assert() for functions that are called at each event. There, assertions cost a
 * tenth of the time, so a release build leaves them out. The builds that are tested have them.
 * Functions that are called less often use assert() or g_assert(), which all builds have.
 */

#include <assert.h>

#ifdef CIDSIM_RELEASE
#define hot_assert(expression) ((void)sizeof(!(expression)))
#else
#define hot_assert(expression) assert(expression)
#endif

#endif
