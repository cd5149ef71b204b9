/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_PLACES_H
#define CIDSIM_SIM_BASE_PLACES_H

/*
 * Where the files that ship with the program are: in share/cidsim beside the folder of the program,
 * so that an installation can be moved as a whole. The build makes such a folder too, with links
 * into the sources. If there is none, in the folder that was chosen for the installation.
 */

/* The folder @name ("scenarios") of what ships, without links in its path. NULL if there is none.
 * The caller frees it. */
char *place_shipped(const char *name);

#endif
