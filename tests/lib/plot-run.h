/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_PLOT_RUN_H
#define CIDSIM_TESTS_LIB_PLOT_RUN_H

/* The directory of a run, in the folder of the test, and other files there. */

#include <glib.h>
#include <stdbool.h>

#define PLOT_RUN_SAMPLE CIDSIM_PLOTS_SOURCE "/sample"

/* Write @length bytes, -1: up to the NUL, to @name in @dir; makes folders. */
void plot_run_write(const char *dir, const char *name, const char *bytes, gssize length);

/* What is in @name in @dir; @length may be NULL. The caller frees it. */
char *plot_run_read(const char *dir, const char *name, gsize *length);
bool plot_run_exists(const char *dir, const char *name);

/* Copy the sample to @name in @dir, with @from in its report replaced by @to. */
void plot_run_copy(const char *dir, const char *name, const char *from, const char *to);

#endif
