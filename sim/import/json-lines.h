/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_IMPORT_JSON_LINES_H
#define CIDSIM_SIM_IMPORT_JSON_LINES_H

/*
 * JSON as a tree that keeps what files written by hand need: the line of each value, the order of
 * the members of an object, and all members of one name. As in files for workgen, comments, a comma
 * before the end of an object or array, and members without a value ("") are allowed. json-glib
 * parses it.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/faults.h"

enum json_kind {
	JSON_OBJECT,
	JSON_ARRAY,
	JSON_STRING,
	JSON_INTEGER,
	JSON_OTHER, /* a decimal, true, false, null */
};

struct json_value {
	enum json_kind kind;
	uint32_t line;
	char *name; /* of the member; NULL: of none */
	GPtrArray
		*children; /* struct json_value: of an object or array, in their order; else NULL */
	char *text;        /* of a string; else NULL */
	int64_t number;    /* of an integer */
};

enum {
	JSON_LINES_BYTES_MAX = 16 << 20, /* of a file */
	JSON_LINES_DEPTH_MAX = 64,       /* objects and arrays within each other */
};

/* The value that the @length bytes of @text are. NULL after a fault. */
struct json_value *json_lines_read(const char *text, size_t length, struct faults *faults);
void json_value_free(struct json_value *value); /* NULL is allowed */

/* The last member of @object that is named @name; NULL if there is none. */
const struct json_value *json_value_find(const struct json_value *object, const char *name);

#endif
