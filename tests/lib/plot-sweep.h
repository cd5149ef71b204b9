/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_PLOT_SWEEP_H
#define CIDSIM_TESTS_LIB_PLOT_SWEEP_H

/* Result files of sweeps to draw. */

#include <glib.h>

#include "tests/lib/sweep-text.h"

/* Add a row; @axes: "4,8"; @values: " revision=7.0 forks=12" for what is not the default. */
void plot_sweep_add_row(GString *rows, const char *axes, const char *values);

/* The head of a file with the axes @axes, without the column @left_out unless that is NULL. The caller
 * frees it. */
char *plot_sweep_head(const char *axes, const char *left_out);

/* Write @name in @dir with the axes @axes and @rows, which is emptied. */
void plot_sweep_write(const char *dir, const char *name, const char *axes, GString *rows);

/* @buckets are @expected, "8:1 16:5" from edges to counts. */
void plot_sweep_assert_histogram(const GArray *buckets, const char *expected);

#endif
