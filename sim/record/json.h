/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_JSON_H
#define CIDSIM_SIM_RECORD_JSON_H

/* The result of a run, for programs: docs/output.md, "The JSON object". */

#include <glib.h>

#include "sim/base/json-write.h"
#include "sim/record/record.h"

/* Append the object of @result and a line feed to @text. */
void json_print(GString *text, const struct record_result *result);

/* Append the revisions of the protocol, an array of one object each, and a line feed to @text. */
void json_print_revisions(GString *text);

/* For other objects with the same members as json_print(). "version", "commit" and "command": the
 * words of the command that makes the same again. */
void json_add_made(struct json *json, const struct scenario *scenario);

/* "flags": those that @scenario sets against its revision; "mms": an object of each account. */
void json_add_flags(struct json *json, const struct scenario *scenario);
void json_add_mms(struct json *json, const struct record_result *result);

#endif
