/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_VERDICT_H
#define CIDSIM_SIM_KERNEL_VERDICT_H

/* The report of a check, as text and as JSON. */

#include "sim/base/json-write.h"
#include "sim/kernel/check.h"

/* "agrees", "violated", ... */
const char *kernel_verdict_to_string(enum kernel_verdict verdict);

/* Append the report about the tree @name. It has no time in it. */
void kernel_verdict_print(GString *text, const char *name, const struct kernel_report *report);

/* The same as an object on a line, with the milliseconds that it took. */
void kernel_verdict_json(
	GString *text, const char *name, const struct kernel_report *report, uint64_t milliseconds);

/* What other reports about trees have, too. */

/* Append "  name         words", in as many lines as they need. */
void kernel_print_row(GString *text, const char *name, const char *words);

/* "I4, I5" of CHECK_* bits, and as an array. The caller frees the text. */
char *kernel_properties(unsigned broken);
void kernel_add_properties(struct json *json, const char *name, unsigned broken);

/* "kernel/sched/core.c:10944: ", "" if it is not known. The caller frees it. */
char *kernel_place(const struct difference *difference);

/* An object: "step", "file", "line", "what". */
void kernel_add_difference(struct json *json, uint64_t step, const struct difference *difference);

/* Append what leads to @finding. Of a long story there is only the end. */
void kernel_print_story(GString *text, const struct lockstep_finding *finding);

#endif
