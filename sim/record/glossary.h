/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_GLOSSARY_H
#define CIDSIM_SIM_RECORD_GLOSSARY_H

/* What the columns of a report mean: --explain of run and replay, and docs/report.md. */

#include <glib.h>

/* Append to @report, of a run or a replay, a line for each column of its tables, table by table. A
 * table is known by the line above it. */
void glossary_print(GString *report);

#endif
