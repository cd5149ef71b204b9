/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_PARSE_H
#define CIDSIM_TESTS_LIB_PARSE_H

/* Scenario files given as text: accepted, or refused with a message. start() and stop() are the
 * fixture of such tests. */

#include <check.h>
#include <glib.h>
#include <string.h>

#include "sim/scenario/scenario.h"

static struct scenario *scenario;
static GPtrArray *errors;

static inline void start(void)
{
	scenario = NULL;
	errors = g_ptr_array_new_with_free_func(g_free);
}

static inline void stop(void)
{
	scenario_free(scenario);
	g_ptr_array_free(errors, TRUE);
}

static inline void parse_with(const char *text, const struct scenario_overrides *overrides)
{
	scenario_free(scenario);
	g_ptr_array_set_size(errors, 0);
	scenario = scenario_parse("F", text, strlen(text), overrides, errors);
	ck_assert_int_eq(scenario == NULL, errors->len > 0);
}

static inline void parse(const char *text)
{
	parse_with(text, NULL);
}

static inline void accept(const char *text)
{
	parse(text);
	ck_assert_msg(scenario != NULL, "%s: %s", text, (char *)errors->pdata[0]);
}

/* @text has one fault, told as @message. */
static inline void refuse(const char *text, const char *message)
{
	parse(text);
	ck_assert_msg(scenario == NULL, "accepted: %s", text);
	ck_assert_str_eq(g_ptr_array_index(errors, 0), message);
	ck_assert_msg(errors->len == 1, "then: %s", (char *)g_ptr_array_index(errors, 1));
}

#endif
