/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_JSON_WRITE_H
#define CIDSIM_SIM_BASE_JSON_WRITE_H

/*
 * Writes JSON: in the order of the calls, on one line, without blanks, the same bytes in every
 * locale. A decimal is written from integers; json-glib would make a double of it, and print all
 * its 17 digits.
 *
 *     struct json json = { .text = text };
 *
 *     json_begin_object(&json, NULL);
 *     json_add_number(&json, "events", 12);
 *     json_end_object(&json);
 *     json_end_line(&json);
 *
 * Every value has the @name of its member; in an array, and at the very outside, the name is NULL.
 * A name must not come twice in an object.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { JSON_DEPTH_MAX = 16 };

struct json {
	GString *text;    /* the caller's: what is written is appended */
	unsigned depth;   /* objects and arrays that are open */
	uint32_t objects; /* a bit each, the outermost lowest: it is an object */
	bool follows;     /* a value stands before the next one: a comma is due */
};

void json_begin_object(struct json *json, const char *name);
void json_end_object(struct json *json);
void json_begin_array(struct json *json, const char *name);
void json_end_array(struct json *json);

/* What is no UTF-8 in @text is made valid; NULL is "". */
void json_add_text(struct json *json, const char *name, const char *text);

/* Like it, but NULL is null. */
void json_add_text_if(struct json *json, const char *name, const char *text);

/* Above 2^63 - 1 it becomes a string: readers of JSON have no greater integers. */
void json_add_number(struct json *json, const char *name, uint64_t number);

/* Without @exists it is null. */
void json_add_number_if(struct json *json, const char *name, bool exists, uint64_t number);

/* @value / 10^@decimals (3 to 6), exactly, with at least three decimals: 1.500. */
void json_add_decimal(struct json *json, const char *name, uint64_t value, unsigned decimals);

void json_add_bool(struct json *json, const char *name, bool value);
void json_add_null(struct json *json, const char *name);

/* All is closed: add the line feed. */
void json_end_line(struct json *json);

#endif
