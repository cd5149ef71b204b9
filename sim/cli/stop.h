/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_STOP_H
#define CIDSIM_SIM_CLI_STOP_H

/*
 * ^C, SIGTERM and SIGHUP while scenarios run: the run ends early and its files are finished, so
 * that the results so far are kept and no hidden file stays behind. Outside of runs these signals
 * do what they always do.
 */

#include <signal.h>
#include <stdbool.h>

/* From now on a signal asks to stop; the third one ends the program at once. A signal that was
 * ignored when the program began (nohup) stays so. Each stop_arm() has its stop_disarm(). */
void stop_arm(void);
void stop_disarm(void);

/* Whether a signal has come. */
bool stop_asked(void);

/* What to set when a signal comes, at once if one has come; until stop_forgets(). There are at most
 * STOP_FLAGS_MAX: one for each thread that runs scenarios. */
enum { STOP_FLAGS_MAX = 1024 };
void stop_sets(volatile sig_atomic_t *flag);
void stop_forgets(volatile sig_atomic_t *flag);

#endif
