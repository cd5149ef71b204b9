/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_CHECK_H
#define CIDSIM_SIM_KERNEL_CHECK_H

/*
 * The check of a tree: which revision does its code behave as? Each one is tried for a while; the
 * newest of those that it does not differ from is tried for the rest. If that differs in the end,
 * the next one is.
 */

#include "model/revision.h"
#include "sim/kernel/child.h"
#include "sim/kernel/coverage.h"

enum {
	KERNEL_REVISIONS_MAX = 32,
	KERNEL_JOBS_MAX = 64,
	KERNEL_TRIAL = 400000, /* steps that each revision is tried for */
};

enum kernel_verdict {
	KERNEL_AGREES,   /* and breaks no property that holds in every revision */
	KERNEL_VIOLATED, /* agrees, and breaks one */
	KERNEL_DIFFERS,
	KERNEL_LOOPS,
	KERNEL_CRASHES,
	KERNEL_UNDECIDED, /* stopped before there was an answer */
};

struct kernel_options {
	const struct revision *revision;    /* NULL: find it */
	uint64_t seed, steps_max;           /* steps_max: of each job, UINT64_MAX = no limit */
	uint32_t jobs;                      /* each has a seed of its own: seed, seed + 1, ... */
	const struct lockstep_log *replays; /* play only this one; needs a revision and one job */
	/* With what the code runs. Not the model: needs a revision, which says when walks see a
	 * child; then steps are stops of the code. */
	enum partner partner;
	const struct compiled *other; /* the partner's code */
	bool fine;                    /* PARTNER_NOBODY: the fine grain */
	const struct load *loads;     /* play these, by one job and without a partner */
	uint32_t loads_count;
	/* Called often; true: end now. @steps: so far, of the revision that is tried. */
	bool (*wait)(void *context, uint64_t steps);
	void *context;
};

/* How it went with a revision. */
struct kernel_trial {
	const struct revision *revision;
	uint64_t steps, rounds;
	bool differs, complete; /* complete: not only for KERNEL_TRIAL */
	struct difference difference;
	uint64_t difference_step;
};

struct kernel_report {
	enum kernel_verdict verdict;
	const struct revision *revision; /* that it behaves as; DIFFERS: the nearest */
	uint64_t seed; /* DIFFERS, VIOLATED, LOOPS, CRASHES: of the job that found it */
	bool alone;    /* without a partner: DIFFERS says that the code warns */
	bool no_spins; /* alone, and not asked for I3 */
	uint32_t jobs;
	uint64_t steps, rounds;
	unsigned broken, broken_known;    /* CHECK_* bits */
	/* DIFFERS, VIOLATED; LOOPS, CRASHES: only the log. What was replayed is told in any case. */
	struct lockstep_finding *finding;
	int signal; /* CRASHES */
	struct kernel_trial trials[KERNEL_REVISIONS_MAX];
	uint32_t trials_count;
	struct coverage coverage[TREE_PARTS]; /* with the model, or alone */
	struct load_effect effects[LOADS_MAX];
};

/* Check. False and @error, of failure_quark(). The report is to be cleared with
 * kernel_report_clear(), whatever the answer. */
bool kernel_check(const struct compiled *compiled, const struct kernel_options *options,
	struct kernel_report *report, GError **error);

void kernel_report_clear(struct kernel_report *report);

#endif
