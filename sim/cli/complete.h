/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_COMPLETE_H
#define CIDSIM_SIM_CLI_COMPLETE_H

/*
 * Completions: what may stand in place of a word of a command line, for the small scripts of
 * completions/, which know no word themselves.
 *
 * The words of a help say what an argument or the value of an option is: "REVISION|all" is the name
 * of a revision, or all; "on|off" is one of these. The table in complete.c has those words in
 * capitals for which something can be offered; for others, such as N, there is nothing.
 *
 * The result has a line for each word that begins like the last one, maybe with a tabulator and an
 * explanation behind it. In place of files there is a line ":files", ":files .csv" (those whose
 * names end so), or ":folders"; the shell lists them.
 */

#include "sim/cli/help.h"

/* Append the lines for the last of @words, NULL-terminated, which follow the name of the command.
 * bash takes "=" for a word of its own. */
void complete_words(GString *text, const struct help *help, char **words);

/* Append a line if @word begins with @typed; @explanation may be NULL. */
void complete_offer(GString *text, const char *typed, const char *word, const char *explanation);

#endif
