/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_BANDS_H
#define CIDSIM_SIM_PLOT_BANDS_H

/* The mode of an mm over time, as what lies behind a picture. */

#include "sim/plot/job.h"

/* Write the bands of per-CPU mode of the job's mm to "bands.dat", and from where on the mm is known
 * to assignment KNOWN. */
bool plot_bands(const struct plot_job *job, GError **error);

#endif
