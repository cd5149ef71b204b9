/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_SAMPLE_RUN_H
#define CIDSIM_TESTS_LIB_SAMPLE_RUN_H

/*
 * A made-up run for the tests of what is written: a scenario of four CPUs with ids 0, 1, 8 and 9,
 * accounts, and helpers for files. Each test takes what it needs of it. What cannot be made fails
 * the test.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/output.h"
#include "sim/record/record.h"
#include "sim/scenario/scenario.h"

struct sample_run {
	struct scenario scenario;
	struct scenario_expect expects[4]; /* the last one is not of the scenario */
	uint16_t cpu_ids[4];
	struct record_result *result;
	char *dir; /* for files, empty */
};

/* Fill @run: revision 7.1, seed 7, three expectations, no account; it ends after 120 ms. Ends with
 * sample_stop(), which removes the folder and its files. */
void sample_start(struct sample_run *run);
void sample_stop(struct sample_run *run);

/* Add an account that had up to @users_max users. The result owns it. */
struct record_account *sample_account(struct sample_run *run, const char *name, uint32_t users_max);

/* Add what was found for expects[@expect], 0 to 3; one that has not @passed counts as failed. */
void sample_verdict(struct sample_run *run, unsigned expect, bool passed, const char *found);

/* Add a violation at 1234567 ns; "I3" counts as a live lock, too. @property must outlive
 * @run. */
void sample_violation(struct sample_run *run, const char *property, const char *text);

/* The path of @name in the run's folder. The caller frees it. */
char *sample_path(const struct sample_run *run, const char *name);

/* All bytes of the file @name in the run's folder, which must be there. The caller frees them. */
char *sample_read(const struct sample_run *run, const char *name);

/* The file "out" in the run's folder, open for writing. Ends with sample_written(). */
struct output *sample_output(const struct sample_run *run);

/* Close @out, which must succeed. Returns what is in the file; the caller frees it. */
char *sample_written(const struct sample_run *run, struct output *out);

/* @part is in @text, or is not; else the test fails with both. */
void assert_has(const char *text, const char *part);
void assert_lacks(const char *text, const char *part);

#endif
