/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_RUN_REPORT_H
#define CIDSIM_SIM_PLOT_RUN_REPORT_H

/* Reads report.json, which is not trusted. */

#include <json-glib/json-glib.h>

#include "sim/plot/run.h"

/* All of the report at @path: its root is an object. NULL sets @error. The caller unrefs it. */
JsonParser *plot_run_parse_report(const char *path, GError **error);

/* Set what @run has from the report at @path; its mms are appended. False sets @error, and
 * the run is to be freed all the same. */
bool plot_run_read_report(struct plot_run *run, const char *path, GError **error);

#endif
