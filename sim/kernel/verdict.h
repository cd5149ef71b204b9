/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_VERDICT_H
#define CIDSIM_SIM_KERNEL_VERDICT_H

/* The report of a check, as text and as JSON. */

#include "sim/kernel/check.h"

/* "agrees", "violated", ... */
const char *kernel_verdict_to_string(enum kernel_verdict verdict);

/* Append the report about the tree @name. It has no time in it. */
void kernel_verdict_print(GString *text, const char *name, const struct kernel_report *report);

/* The same as an object on a line, with the milliseconds that it took. */
void kernel_verdict_json(
	GString *text, const char *name, const struct kernel_report *report, uint64_t milliseconds);

#endif
