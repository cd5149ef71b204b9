/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_FAILURE_H
#define CIDSIM_SIM_BASE_FAILURE_H

/*
 * A GError that says whose failure it is: the user's or the machine's. The message begins with the
 * name of the file that it is about. All functions return false, to be passed on.
 */

#include <glib.h>
#include <stdbool.h>

enum failure {
	FAILURE_INPUT,       /* what was asked, or what was read, is wrong */
	FAILURE_ENVIRONMENT, /* disk full, not writable, a program is missing */
};

#define FAILURE failure_quark()
GQuark failure_quark(void);

/* Set @error, which may be NULL. */
bool failure_input(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
bool failure_environment(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* "PATH: what the system says about errno @number": the machine's, also if there is no such file. */
bool failure_file(GError **error, const char *path, int number);

/* Pass on @fault, taken, of another domain: the machine's. */
bool failure_take(GError **error, GError *fault);

/* Pass on @fault, taken, as it is; NULL is allowed. Returns whether there is none. */
bool failure_pass(GError **error, GError *fault);

#endif
