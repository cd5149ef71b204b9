/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_VERSUS_H
#define CIDSIM_SIM_KERNEL_VERSUS_H

/*
 * One tree against another: as which revision each behaves and what it breaks, the first order in
 * which they differ, and what loads cost in each.
 */

#include "sim/kernel/check.h"

enum { VERSUS_A, VERSUS_B, VERSUS_TREES };

struct versus_options {
	uint64_t seed, steps_max; /* steps_max: of each job, in each part */
	uint32_t jobs;
	/* Play only these events in both, of @revision; NULL: all parts. */
	const struct lockstep_log *replays;
	const struct revision *revision;
	const struct load *loads; /* those with a name in the report */
	uint32_t loads_count;
	void (*begin)(void *context); /* a part begins */
	/* As in struct kernel_options, within a part: true ends that part. */
	bool (*wait)(void *context, uint64_t steps);
	bool (*ends)(void *context); /* true: all ends */
	void *context;
};

struct versus_tree {
	const char *name;
	const struct compiled *compiled;
	struct kernel_report checked;
	/* Of a tree that behaves as no revision: what its code breaks when it runs alone. */
	struct kernel_report alone;
	struct load_effect effects[LOADS_MAX];
};

struct versus_report {
	struct versus_tree trees[VERSUS_TREES];
	struct kernel_report
		both; /* DIFFERS: they do; AGREES, VIOLATED: they do not, in its steps */
	bool replayed; /* nothing else was asked */
	const struct load *loads;
	uint32_t loads_count;
};

/* Compare @report's trees, whose names and code are set. False and @error, of failure_quark(). The
 * report is to be cleared with versus_clear(), whatever the answer. */
bool versus_run(struct versus_report *report, const struct versus_options *options, GError **error);
void versus_clear(struct versus_report *report);

/* Was load @load played in both? Does it have other effects in A than in B? How many have? */
bool versus_is_tried(const struct versus_report *report, uint32_t load);
bool versus_has_effect(const struct versus_report *report, uint32_t load);
uint32_t versus_count_effects(const struct versus_report *report);

/* "same", "different" or "undecided". */
const char *versus_verdict(const struct versus_report *report);

/* Append the report: lines of at most VERSUS_WIDTH columns, without times. */
enum { VERSUS_WIDTH = 72 };
void versus_print(GString *text, const struct versus_report *report);

/* The same as an object on a line, with the milliseconds that it took. */
void versus_json(GString *text, const struct versus_report *report, uint64_t milliseconds);

#endif
