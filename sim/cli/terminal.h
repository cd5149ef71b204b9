/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_TERMINAL_H
#define CIDSIM_SIM_CLI_TERMINAL_H

/* A view on the terminal that standard input and standard output are. */

#include "sim/step/view.h"

/* Are both one? */
bool terminal_is_there(void);

/* Show @view, and give it keys, until it is over, the terminal is gone, or a signal has come
 * (stop.h). Then the terminal is as it was. Returns an exit status, after a message if the terminal
 * cannot be used. */
int terminal_run(struct view *view);

#endif
