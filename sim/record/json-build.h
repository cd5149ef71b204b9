/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_JSON_BUILD_H
#define CIDSIM_SIM_RECORD_JSON_BUILD_H

/* How objects of json.h are built, for those that add to them. */

#include <json-glib/json-glib.h>

#include "sim/record/record.h"

/* A member @name. Text that is no UTF-8 is made valid; NULL is "". */
void json_add_text(JsonBuilder *builder, const char *name, const char *text);
/* Above 2^63 - 1 it becomes a string. */
void json_add_int(JsonBuilder *builder, const char *name, uint64_t value);

/* "flags": those that @scenario sets against its revision. */
void json_add_flags(JsonBuilder *builder, const struct scenario *scenario);

/* "mms": an object of each account. */
void json_add_mms(JsonBuilder *builder, const struct record_result *result);

/* Append what was built, on a line of its own, and free @builder. */
void json_print_built(GString *text, JsonBuilder *builder);

#endif
