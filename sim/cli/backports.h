/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_BACKPORTS_H
#define CIDSIM_SIM_CLI_BACKPORTS_H

/* --with of `cidsim affected` and `explain`: commits that a kernel has beside those of its version. */

#include <glib.h>

/* Read the hashes of @with, with commas between; NULL: none. Returns an array of const struct
 * revision *, which the caller frees; NULL after a message of @command. */
GPtrArray *backports_read(const char *command, const char *with);

#endif
