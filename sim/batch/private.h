/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BATCH_PRIVATE_H
#define CIDSIM_SIM_BATCH_PRIVATE_H

#include "sim/batch/batch.h"

/* What is wrong with a case, a line each, what matters most first; empty if nothing is. Free it
 * with g_ptr_array_unref(). */
GPtrArray *batch_findings(const struct batch_case *batch_case);

/* The command that runs the case again; NULL if it has no result. The caller frees it. */
char *batch_command(const struct batch_case *batch_case);

#endif
