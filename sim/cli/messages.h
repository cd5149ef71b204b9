/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_MESSAGES_H
#define CIDSIM_SIM_CLI_MESSAGES_H

/* Messages on standard error. */

#include <glib.h>

/* "cidsim: text" and a line end on standard error; what it has of a user's text is made clean. */
void command_error(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Of work on several threads: from now on the messages of this thread are not printed but added to
 * @messages, which owns its strings; NULL: they are printed. Returns what it was so far. */
GPtrArray *messages_keep(GPtrArray *messages);

/* Print those that were kept. One about an option ("--set …") is printed only once, however many
 * scenarios it is for. */
void messages_print(const GPtrArray *messages);

#endif
