/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_GNUPLOT_H
#define CIDSIM_SIM_PLOT_GNUPLOT_H

/*
 * Runs gnuplot on a directory of data that we made. It reads the scripts in plots/, and
 * before them assignments of numbers and quoted strings; it prints the picture to its standard
 * output, so that it needs no name of a file.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum plot_format { PLOT_SVG, PLOT_PNG, PLOT_PDF, PLOT_FORMATS };

/* "svg", "png", "pdf": also how the name of such a file ends. */
const char *plot_format_to_string(enum plot_format format);

/* The format that the ending of @path means; PLOT_FORMATS if none. */
enum plot_format plot_format_of(const char *path);

/* The directory of the scripts: CIDSIM_PLOTS in the environment, else that of place_shipped().
 * NULL sets @error. The caller frees it. */
char *plot_scripts_dir(GError **error);

/*
 * Let gnuplot draw and put the picture at @path, as sim/base/output.h does: complete or not at all,
 * a link stays one, a pipe is written to.
 * @scripts: plot_scripts_dir(); @script: "timeline.gp"; @work: its working directory, with the data
 * and params.gp. On FALSE @error is set and what was at @path is as it was.
 */
bool plot_gnuplot(const char *scripts, const char *script, const char *work,
	enum plot_format format, const char *path, GError **error);

#endif
