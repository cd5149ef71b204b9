/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_AXES_FIXTURE_H
#define CIDSIM_TESTS_LIB_AXES_FIXTURE_H

/* The axes of a sweep, from a scenario and options, as `cidsim sweep` makes them. */

#include <glib.h>
#include <stdint.h>

#include "sim/sweep/axes.h"

/* What the last axes_make() made; @overrides are set before it. */
extern struct axes_fixture {
	GPtrArray *errors; /* char * */
	struct scenario *scenario;
	struct sweep_axes *axes; /* NULL: refused */
	struct scenario_overrides overrides;
	struct sweep_source source;
} fixture;

/* [machine] 8 CPUs, [mm app], [ramp r]. */
extern const char axes_app[];

/* Before and after each test. */
void axes_start(void);
void axes_stop(void);

/* As --vary NAME=VALUES, or as the short option @option; for the next axes_make(). */
void axes_add_option(const char *option, const char *name, const char *values);

/* Make the axes of @text, of the overrides and of the options that were added. */
void axes_make(const char *text);

void axes_accept(const char *text);

/* One thing is wrong, reported as @message. */
void axes_refuse(const char *text, const char *message);

/* The settings of a point; to be freed by g_strfreev(). */
char **axes_settings_at(const struct sweep_axes *axes, uint64_t point);

/* The settings of a point, joined with " | ". */
void axes_assert_settings(uint64_t point, const char *expected);

#endif
