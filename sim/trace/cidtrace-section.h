/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_CIDTRACE_SECTION_H
#define CIDSIM_SIM_TRACE_CIDTRACE_SECTION_H

/* Words of a line in the compact form, one after the other. What is wrong or missing is an error of
 * the trace: @what, in messages, says what the word is for. */

#include "sim/trace/reader.h"

enum { CIDTRACE_MM = 1 }; /* address of the mm of the trace */

/* A section of a line, up to its bar. */
struct section {
	const struct trace *trace;
	const char *name; /* for messages */
	char *at;
};

/* The next word, cut off with NUL; "" = there are no more. */
char *section_take(struct section *section);

/* Whether all that is left is "?". */
bool section_is_unknown(const struct section *section);

/* False and @error if there are more words. */
bool section_check_end(struct section *section, GError **error);

/* @word is wrong, or missing if it is "": @right would be right. Returns false. */
bool section_fail(const struct section *section, const char *word, const char *what,
	const char *right, GError **error);

/* A decimal number up to @max. */
bool section_take_number(
	struct section *section, const char *what, uint64_t max, uint64_t *number, GError **error);
bool section_take_number32(
	struct section *section, const char *what, uint32_t max, uint32_t *number, GError **error);

/* PID, PID:WORD or PID:WORD:ACTIVE of a task of the mm, or "." for another one. */
bool section_take_task(
	struct section *section, const char *what, struct trace_task *task, GError **error);

/* Hexadecimal, of any length, to @words, which has room for TRACE_MASK_WORDS; "?" and "-" = not
 * known. */
bool section_take_bits(struct section *section, const char *what, uint64_t *words,
	struct trace_bits *bits, GError **error);

/* "3" task-owned, "3c" CPU-owned, "3t" in transit, "-" unset, "?" not known. Returns where it ends,
 * NULL if it is none of these. */
const char *section_scan_cid(const char *at, uint32_t *word);

#endif
