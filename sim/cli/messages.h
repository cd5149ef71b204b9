/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_MESSAGES_H
#define CIDSIM_SIM_CLI_MESSAGES_H

/* Messages on standard error. */

#include <glib.h>
#include <stdbool.h>

/* "cidsim: text" and a line end on standard error; what it has of a user's text is made clean. */
void command_error(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* What a reader of sim/base/values.h or the like says of the value of @option ("--time") of
 * @command: @wrong, freed, becomes a message. Returns whether it is NULL. */
bool command_accepts(const char *command, const char *option, char *wrong);

/* Of work on several threads: from now on the messages of this thread are not printed but added to
 * @messages, which owns its strings; NULL: they are printed. Returns what it was so far. */
GPtrArray *messages_keep(GPtrArray *messages);

/* Print those that were kept. One about an option ("--set …") is printed only once, however many
 * scenarios it is for. */
void messages_print(const GPtrArray *messages);

#endif
