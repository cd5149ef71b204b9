/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_RUN_ONE_H
#define CIDSIM_SIM_CLI_RUN_ONE_H

/* One run of `cidsim run`. */

#include "sim/base/crew.h"
#include "sim/cli/command.h"
#include "sim/record/event-log.h"
#include "sim/record/record.h"
#include "sim/record/sinks.h"

/* How far a run is, for another thread. */
struct run_watch {
	_Atomic uint64_t now_ms, end_ms; /* simulated; the run ends there at the latest */
};

struct run_options {
	char *log_limit, *log_from, *log_to;
	char *seed, *revision, *output, *log, *seeds, *bytes_per_cid, *jobs, *junit;
	char *shrink, *shrink_runs;
	char **set;
	gboolean json, quiet, verbose, tap, explain;
	gboolean timeline, compact;
	char *from, *to; /* of the timeline */
	gboolean no_expect;
	struct run_watch *watch;  /* written during a run of the engine; NULL: nobody asks */
	unsigned threads;         /* read off jobs */
	uint64_t shrink_runs_max; /* read off shrink_runs */
	bool brief; /* only the verdict is wanted: nobody asks when an expectation failed */
	struct log_options log_options; /* read by run_read_log(); zeros: the default */
};

/* Load one to be run. NULL after messages, and *@status; so for one that can only be explored. */
struct scenario *run_load(const char *path, const struct run_options *options, int *status);

/* The scenario's file name without .scn: the name of its folder and of its row. The caller frees
 * it. */
char *run_name(const char *path);

/*
 * Run @scenario, with files in the folder @dir unless that is NULL, in any thread. @crew is the one
 * that the thread works for, NULL = none: if it is to stop, the run is interrupted. Returns
 * EXIT_OK, EXIT_FAILED, EXIT_UNDECIDED, EXIT_USAGE or EXIT_ENVIRONMENT, the latter three after a
 * message;
 * *@result, to be freed, is NULL if there is none or its files could not be written.
 */
int run_scenario(const struct scenario *scenario, const char *dir,
	const struct run_options *options, struct crew *crew, struct record_result **result);

/* Read the options of the event log. False after a message. */
bool run_read_log(struct run_options *options);

/* What makes the event log of @scenario again is part of its command. */
void run_ask_log(struct scenario *scenario, const struct run_options *options);

/* How large the event log will be, estimated from its first part. Zeros are the beginning. */
struct run_log_estimate {
	unsigned looks;     /* at a log that is being written */
	uint64_t bytes, ns; /* at the first look */
};

/* Look at the size of the event log: to be called now and then during a run, at equal numbers of
 * events. The third look prints the estimate if it is large; the others print nothing. */
void run_estimate_log(struct run_log_estimate *estimate, const struct sinks *sinks, uint64_t now_ns,
	const struct scenario *scenario, const struct run_options *options);

/* Print that the event log has ended at @at_ns, at its limit, and how large all of it is. */
void run_report_cut(
	const struct record_result *result, const struct run_options *options, uint64_t at_ns);

/* Append report or JSON, as the options say. */
void run_print(
	GString *text, const struct record_result *result, const struct run_options *options);

#endif
