/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_FUZZ_ONE_RUN_H
#define CIDSIM_TESTS_FUZZ_ONE_RUN_H

/* What fuzzers of scenarios share. */

#include <glib.h>
#include <stdbool.h>

#include "sim/record/record.h"
#include "sim/scenario/scenario.h"

/* Could scenario_read() have read it? Between two files it puts a mark that no file has, and the name of the
 * second one. */
bool one_is_read(const char *text);

/* The scenario of @text, or NULL. Messages are checked. @set: "group.key=value", NULL: none. */
struct scenario *one_parse(const char *text, size_t length, const char *set);

/* Is it so small that it can be run at once? Its events are limited. */
bool one_is_small(struct scenario *scenario);

enum one_log {
	ONE_NO_LOG,
	ONE_FTRACE, /* that of a run is replayed without a difference; of [steps] there is no replay */
	ONE_CHROME, /* it is JSON */
};

/* Run it, or play its steps; check its report, JSON and log. Returns the result, to be freed. */
struct record_result *one_run(const struct scenario *scenario, enum one_log log);

/* The same, and its files are in the folder @dir. False if it ended at a step or action that cannot be. */
bool one_run_files(const struct scenario *scenario, const char *dir);

/* The text is UTF-8 and has no control character but line feeds; the text is one JSON object. */
void one_check_text(const GString *text);
void one_check_json(const GString *json);

#endif
