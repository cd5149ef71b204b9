/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_MESSAGE_H
#define CIDSIM_SIM_KERNEL_MESSAGE_H

/* What a compiler said, for who has the tree. */

#include <glib.h>
#include <stdbool.h>

/* Set @error, an input failure of the tree @name, by the first error in @said, of gcc or clang. If
 * that is a name that is not known: "the shim lacks NAME". Returns false. */
bool message_of_compiler(const char *said, const char *name, GError **error);

#endif
