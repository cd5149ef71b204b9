/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_KINDS_H
#define CIDSIM_SIM_PLOT_KINDS_H

/*
 * The kinds of pictures, each in a file of its own, for the table in sim/plot/plot.c. Each makes
 * ready what its script in plots/ draws: data files, assignments. False sets @error.
 */

#include "sim/plot/job.h"

/* of a run: sim/plot/NAME.c */
bool plot_hysteresis(struct plot_job *job, GError **error);
bool plot_timeline(struct plot_job *job, GError **error);
bool plot_cpus(struct plot_job *job, GError **error);

/* of the file at @path of an exploration: sim/plot/matrix.c */
bool plot_matrix(const char *path, struct plot_page *page, GError **error);

/* of the scenario with [steps] at @path, or of the one that the run in directory @path played:
 * sim/plot/steps.c */
enum { PLOT_STEPS_MAX = 150 };
bool plot_steps(const char *path, struct plot_page *page, GError **error);

#endif
