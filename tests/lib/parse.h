/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_PARSE_H
#define CIDSIM_TESTS_LIB_PARSE_H

/* Scenario files given as text, accepted or refused with messages. The file is called "F". */

#include <check.h>
#include <glib.h>

#include "sim/scenario/scenario.h"

/* Of the last text: the scenario, or NULL and the messages. Set by the functions below, for the
 * tests to look at. */
extern struct scenario *scenario;
extern GPtrArray *errors;

/* The fixture of the tests. */
void parse_start(void);
void parse_stop(void);

void parse(const char *text);
void parse_with(const char *text, const struct scenario_overrides *overrides);

/* @text has no fault. */
void parse_good(const char *text);

/* @text has one fault, with @message. */
void parse_bad(const char *text, const char *message);

/* The same of the lines [mm app] and [tasks worker] with 2 members, then @text from line 5. */
void parse_bad_after_tasks(const char *text, const char *message);

/* A file with one [mm app] and four CPUs is good, but not with --set @set. */
void parse_bad_set(const char *set, const char *message);

#endif
