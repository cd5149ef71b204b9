/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_PAGE_H
#define CIDSIM_SIM_PLOT_PAGE_H

/* What is made ready for gnuplot, for each kind of picture: a directory with data files, and
 * the assignments that the scripts begin with. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
	PLOT_SIZE_MIN = 240, /* pixels */
	PLOT_SIZE_MAX = 8192,
};

struct plot_page {
	unsigned width, height; /* pixels; 0: to be chosen by what makes ready */
	const char *work;       /* directory for the data */
	const char *prefix;     /* of the names of data files; NULL: none */
	GString *assignments;   /* for the scripts */
	const char *script;     /* that draws it, "timeline.gp" */
};

/* Append "NAME = number" to the assignments. @name is one of ours. */
void plot_set_number(const struct plot_page *page, const char *name, uint64_t value);

/* Append "NAME = text", quoted. @text can be anything: what is not printable is replaced, and if it
 * has more than @letters_max letters (at least 1) it is cut, with an ellipsis. */
void plot_set_text(
	const struct plot_page *page, const char *name, const char *text, unsigned letters_max);

/* The same for the name STEM_INDEX. */
void plot_set_number_at(
	const struct plot_page *page, const char *stem, unsigned index, uint64_t value);
void plot_set_text_at(const struct plot_page *page, const char *stem, unsigned index,
	const char *text, unsigned letters_max);

/* Create file @name in work; NULL sets @error. */
FILE *plot_page_create(const struct plot_page *page, const char *name, GError **error);

/* Close @file. False and @error if not all of it could be written. NULL is allowed: false, as the
 * opening has set @error. */
bool plot_page_close(FILE *file, GError **error);

#endif
