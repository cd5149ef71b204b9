/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_TEXT_PREFIX_H
#define CIDSIM_SIM_TRACE_TEXT_PREFIX_H

/*
 * What is before the name of an event in a line of text:
 *
 *     COMM-PID (TGID) [CPU] FLAGS SECONDS.FRACTION: EVENT: …      tracefs, FLAGS or none
 *     COMM-PID [CPU] FLAGS SECONDS.FRACTION: EVENT: …             trace-cmd report, FLAGS or none
 *     COMM-PID CPUFLAGS SECONDS.FRACTION: EVENT: …                trace-cmd report -l
 *     COMM PID [CPU] SECONDS.FRACTION: EVENT: …                   perf script, perf sched script
 *     COMM TGID/PID [CPU] SECONDS.FRACTION: EVENT: …              perf script -F +pid
 *
 * A comm may have blanks and all the punctuation above in it. perf writes the PID -1 where the task
 * is gone already.
 */

#include <stdbool.h>
#include <stdint.h>

enum { TEXT_PREFIX_COMM_COLUMNS = 16 }; /* both writers align comms to the right in so many */

struct text_prefix {
	const char *comm; /* comm_length bytes, blanks around it and all */
	uint32_t comm_length;
	uint32_t pid, tgid, cpu; /* pid: TRACE_PID_UNKNOWN where it is -1; tgid 0 = not known */
	uint64_t time_ns;        /* of a counter: 1000 times the number */
	bool counts;             /* the time has no fraction */
	const char *rest;        /* the name of the event */
};

/* Returns NULL, or what was expected instead of @line, a static text. */
const char *text_prefix_parse(const char *line, struct text_prefix *prefix);

#endif
