/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_JSON_H
#define CIDSIM_SIM_RECORD_JSON_H

/*
 * What a run came to, for programs: docs/output.md, "The JSON object". One line, no blanks, the
 * same bytes in every locale.
 */

#include <glib.h>

#include "sim/record/record.h"

/* Append the object of @result and a line feed to @text. */
void json_print(GString *text, const struct record_result *result);

/* Append the revisions of the protocol, an array of one object each, and a line feed to @text. */
void json_print_revisions(GString *text);

/*
 * Append @json to @text, with each number that has a fraction or an exponent written out as a
 * decimal: rounded to six places, trailing zeros cut, at least three places. json-glib writes all
 * the 17 digits of a double, 0.10000000000000001, sometimes with an exponent. @json must be valid
 * JSON, numbers in it below 2^43.
 */
void json_tidy_numbers(GString *text, const char *json);

#endif
