/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_REPORT_H
#define CIDSIM_SIM_RECORD_REPORT_H

/*
 * The result of a run, for people: when each mm changed its mode and why, how long the windows were
 * and what happened in them, span against optimum, what it cost, what broke, what was expected.
 * Of played steps the story instead of numbers: there they mean little.
 * Plain text of at most 80 columns (paths and long names make it wider), the same in every locale.
 */

#include <glib.h>

#include "sim/record/record.h"
#include "sim/scenario/scenario.h"

/* Append the report to @text. It ends with the command that makes it again, and the commit. */
void report_print(GString *text, const struct record_result *result);

/* The time @ns of @result, and a length of time. Of a trace whose clock counts events, and of
 * played steps, one of them is 1 us of the records: "event 31", "7 events"; "step 4", "1 step". The
 * caller frees it. */
char *report_instant(const struct record_result *result, uint64_t ns);
char *report_length(const struct record_result *result, uint64_t ns);

/* When the expectation of @verdict failed, and what happened then: "failed at 41.200 ms: fork by
 * pid 119 on CPU 2"; "known only at the end". NULL if that is not known. The caller frees it. */
char *report_failed(const struct record_result *result, const struct record_verdict *verdict);

/* The comparison that has made @flip: "5 users > max_cids 4". The caller frees it. */
char *report_why(const struct record_mode_switch *flip);

/* The part about the mms: a table each for modes, CIDs, windows and costs. Of many mms the sum and
 * those worth a look. */
void report_accounts(GString *text, const struct record_result *result);

/* That part and, where there are any, the lists of mode switches and windows. */
void report_body(GString *text, const struct record_result *result);

/* The steps that were played, as a story: each with what it changed, and which property breaks
 * where. */
void report_steps(GString *text, const struct record_result *result);

/* The command that makes the same again: "cidsim", "run", the path, options. Of a trace no
 * seed. The caller frees it with g_strfreev(). */
char **report_command_words(const struct scenario *scenario);

/* The same as one line, quoted for a shell. The caller frees it. */
char *report_command(const struct scenario *scenario);

/* The flags of the protocol that the scenario sets otherwise than its revision has them:
 * "transit-to-task=off ...", "" if there are none. The caller frees it. */
char *report_flags(const struct scenario *scenario);

/* "7.1", or "7.1 with " and those flags. The caller frees it. */
char *report_revision(const struct scenario *scenario);

#endif
