/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_SHEET_H
#define CIDSIM_SIM_PLOT_SHEET_H

/* What is made ready for gnuplot, whatever the picture is of: a directory with data files, and
 * the assignments that the scripts begin with. */

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

struct plot_sheet {
	unsigned width, height; /* pixels; 0: to be chosen by what makes ready */
	const char *work;       /* directory for the data */
	GString *assignments;   /* for the scripts */
};

/* Create file @name in work; NULL sets @error. */
FILE *plot_sheet_create(const struct plot_sheet *sheet, const char *name, GError **error);

/* Close @file and tell if all of it could be written. NULL is allowed, and a failure that the
 * opening has told. */
bool plot_sheet_close(FILE *file, GError **error);

#endif
