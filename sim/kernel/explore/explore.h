/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_EXPLORE_EXPLORE_H
#define CIDSIM_SIM_KERNEL_EXPLORE_EXPLORE_H

/* An exploration of a tree's code, in a process of its own, and the report about it. */

#include "model/revision.h"
#include "sim/kernel/child.h"
#include "sim/kernel/explore/search.h"

enum exploration_verdict {
	EXPLORATION_HOLDS,    /* all states were seen, and none breaks what was asked for */
	EXPLORATION_VIOLATED, /* one of them does */
	EXPLORATION_DIFFERS,  /* the model beside does something else */
	EXPLORATION_LOOPS,
	EXPLORATION_CRASHES,
	EXPLORATION_UNDECIDED, /* a limit came first */
};

struct exploration_options {
	struct search_wish wish;
	/* Called often; true: end now. */
	bool (*wait)(void *context, uint64_t states);
	void *context;
};

struct exploration_report {
	enum exploration_verdict verdict;
	enum search_ended_by ended;
	uint64_t states, transitions, widest, spin_states, bytes;
	uint32_t depth;
	int signal;                       /* CRASHES */
	struct lockstep_finding *finding; /* VIOLATED, DIFFERS; LOOPS, CRASHES: only the log */
};

/* What the report is about. */
struct exploration_subject {
	const char *tree, *scenario;
	const struct revision *revision; /* of the model beside */
	const struct search_wish *wish;
};

/* What @tree has to be compiled for. */
struct compile_for exploration_purpose(const struct machine_config *machine);

/* Explore. False and @error, of failure_quark(). The report is to be cleared by
 * exploration_report_clear(), whatever the answer. */
bool exploration_run(const struct compiled *compiled, const struct exploration_options *options,
	struct exploration_report *report, GError **error);
void exploration_report_clear(struct exploration_report *report);

/* "holds", "violated", ... */
const char *exploration_verdict_to_string(enum exploration_verdict verdict);

/* Append the report. It has no time in it. */
void exploration_print(GString *text, const struct exploration_subject *subject,
	const struct exploration_report *report);

/* The same as an object on a line, with the milliseconds that it took. */
void exploration_json(GString *text, const struct exploration_subject *subject,
	const struct exploration_report *report, uint64_t milliseconds);

#endif
