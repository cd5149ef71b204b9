/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_RUN_REPORT_H
#define CIDSIM_SIM_PLOT_RUN_REPORT_H

/* Reads report.json, which is not trusted. */

#include "sim/plot/run.h"

/* Set what @run has from the report at @path; its mms are appended. False sets @error, and
 * the run is to be freed all the same. */
bool plot_run_read_report(struct plot_run *run, const char *path, GError **error);

#endif
