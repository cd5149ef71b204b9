/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_DAT_PRINT_H
#define CIDSIM_SIM_TRACE_DAT_PRINT_H

/* Records of a trace.dat as lines of text: the events that the readers of text understand, with
 * their fields by name. The rest is counted. */

#include <trace-cmd.h>

#include "sim/base/output.h"

struct dat_print;

/* @counts: times count events. @out and @tep stay the caller's, who keeps them longer. */
struct dat_print *dat_print_new(struct output *out, struct tep_handle *tep, bool counts);
void dat_print_free(struct dat_print *print);

/* Print @record, or count it; @number is its own, which begins the line. */
void dat_print_record(struct dat_print *print, const struct tep_record *record, uint64_t number);

/* Print the counts of what was not printed, one a line. */
void dat_print_ignored(struct dat_print *print);

#endif
