/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_JOBS_H
#define CIDSIM_SIM_CLI_JOBS_H

#include <stdbool.h>

/* --jobs: @text is the number of threads, from 1 to CREW_JOBS_MAX; NULL = one for each processor
 * that this process may use. Sets *@jobs. False after a message of @command. */
bool jobs_read(const char *command, const char *text, unsigned *jobs);

/* The system gave @missing threads fewer: a message of @command, unless it is 0. */
void jobs_report_missing(const char *command, unsigned missing);

#endif
