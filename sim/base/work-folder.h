/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_WORK_FOLDER_H
#define CIDSIM_SIM_BASE_WORK_FOLDER_H

/* A temporary folder for files of ours. */

#include <glib.h>

/* Make one. NULL sets @error (FAILURE). */
char *work_folder_new(GError **error);

/* Remove it, or a folder in it, with all that is there, and free @work. Links are not followed. */
void work_folder_remove(char *work);

/* Remove all that work_folder_new() has made in this process and that are still there, up to 16.
 * For a process that ends because it gets no memory: nothing is freed, and GLib is not used. */
void work_folders_remove(void);

#endif
