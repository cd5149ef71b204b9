/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_GNUPLOT_H
#define CIDSIM_SIM_PLOT_GNUPLOT_H

/*
 * Runs gnuplot on a directory of data that we made. What it is told are the scripts in plots/,
 * and before them assignments of numbers and quoted strings; it prints the picture to its standard
 * output, so that no name of a file has to be told.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum plot_format { PLOT_SVG, PLOT_PNG, PLOT_PDF, PLOT_FORMATS };

/* "svg", "png", "pdf": also how the name of such a file ends. */
const char *plot_format_to_string(enum plot_format format);

/* The format that the ending of @path means; PLOT_FORMATS if none. */
enum plot_format plot_format_of(const char *path);

/* Append "NAME = number" to the assignments. @name is one of ours. */
void plot_set_number(GString *assignments, const char *name, uint64_t value);

/* Append "NAME = text", quoted. @text can be anything: what is not printable is replaced, and if it
 * has more than @letters_max letters it is cut, with an ellipsis. */
void plot_set_text(GString *assignments, const char *name, const char *text, unsigned letters_max);

/* The directory of the scripts: CIDSIM_PLOTS in the environment, else where they are installed,
 * else the source tree. NULL sets @error. The caller frees it. */
char *plot_scripts_dir(GError **error);

/*
 * Let gnuplot draw and put the picture at @path, whole or not at all.
 * @scripts: plot_scripts_dir(); @script: "timeline.gp"; @work: its working directory, with the data
 * and params.gp. On FALSE @error is set and what was at @path is as it was.
 */
bool plot_gnuplot(const char *scripts, const char *script, const char *work,
	enum plot_format format, const char *path, GError **error);

#endif
