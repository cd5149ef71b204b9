/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_HELP_H
#define CIDSIM_SIM_CLI_HELP_H

/*
 * Help of a command as text for a terminal, and as a man page in mdoc, from one description.
 *
 * A description is UTF-8 text. Lines that begin with two blanks are printed as they are; other
 * lines that follow each other are a paragraph, which is filled anew. A paragraph may begin with
 * "Commands:", "Environment:", "Files:", "Exit status:" or "Examples:", in this order: there begins
 * a section of the man page. What is between backticks is bold there.
 */

#include <glib.h>

struct help {
	const char *name;            /* of the command; NULL: the program */
	const char *arguments;       /* "PICTURE DIR…"; "check TREE…" begins with a verb */
	const char *description;     /* NULL: none */
	const GOptionEntry *entries; /* NULL: none */
};

/* Append usage, options and description to @text, in lines of 80 columns. */
void help_plain(GString *text, const struct help *help);

/* Append the same as mdoc, the sections from SYNOPSIS on. */
void help_man(GString *text, const struct help *help);

/* Append what comes before: the title, and NAME. @name is that of the page, @summary one line. */
void help_man_begin(GString *text, const char *name, const char *summary);

/* Append what comes after: SEE ALSO with @pages, "cidsim-run 1", NULL-terminated. */
void help_man_end(GString *text, const char *const *pages);

#endif
