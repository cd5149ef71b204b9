/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_SWEEP_H
#define CIDSIM_SIM_PLOT_SWEEP_H

/* A picture of sweeps, of each kind: its files, its titles. */

#include "sim/plot/sweep-page.h"

/* Read @files, at least one, and make ready the picture @kind of them. False sets @error. */
bool plot_sweep_make_ready(const struct plot_sweep_kind *kind, const char *const *files,
	size_t files_count, struct plot_page *page, GError **error);

#endif
