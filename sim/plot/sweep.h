/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_SWEEP_H
#define CIDSIM_SIM_PLOT_SWEEP_H

/* A picture of sweeps: its files, its titles, its marks. */

#include "sim/plot/page.h"
#include "sim/plot/sweep-view.h"

/* Read @files, at least one, and make ready the picture of them that @view says. @page gets
 * its script. False sets @error. */
bool plot_sweep_make_ready(const struct plot_view *view, const char *const *files,
	size_t files_count, struct plot_page *page, GError **error);

#endif
