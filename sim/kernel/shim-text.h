/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_SHIM_TEXT_H
#define CIDSIM_SIM_KERNEL_SHIM_TEXT_H

/* The files of shim/, and code.h, as text: embed.sh writes them into the program. */

#include <stddef.h>

struct shim_text {
	const char *name;         /* "names.h" */
	const char *const *lines; /* NULL ends them */
};

/* Ended by one without name. */
extern const struct shim_text shim_texts[];

#endif
