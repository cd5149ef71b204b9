/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_IMPORT_RT_APP_H
#define CIDSIM_SIM_IMPORT_RT_APP_H

/*
 * A load of rt-app (JSON) as the text of a scenario: its threads are tasks of one mm, with their
 * instances, delays, affinities, phases of runs and sleeps, and forks. docs/rt-app.md says what
 * becomes of each key, and what is left out.
 */

#include <stddef.h>

#include "sim/base/faults.h"

/*
 * The scenario of the @length bytes of @text, which come from @path, on @cpus possible CPUs; 0: as
 * many as the affinities need, at least 4. NULL after faults. @left_out gets a message (char *, to
 * be freed) for what the scenario does not have, in the order of the lines.
 */
char *rt_app_import(const char *path, const char *text, size_t length, uint32_t cpus,
	struct faults *faults, GPtrArray *left_out);

#endif
