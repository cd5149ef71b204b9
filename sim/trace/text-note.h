/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_TEXT_NOTE_H
#define CIDSIM_SIM_TRACE_TEXT_NOTE_H

/* The fields of a note, a line of cidsim's own log: "pid=100 mode=0x0 …". They come in any order,
 * and other fields may stand between them. One pass finds all of them. A value is read when a
 * function asks for it. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of their names, so fields with the same first letter are neighbours. */
enum note_field {
	NOTE_NONE,
	NOTE_ALLOWED,
	NOTE_CHILD,
	NOTE_CHILD_WORD,
	NOTE_CID,
	NOTE_COMM,
	NOTE_CPU,
	NOTE_CPU_WORD,
	NOTE_DEFERRED,
	NOTE_FAILED,
	NOTE_GROUP,
	NOTE_MASK,
	NOTE_MAX_CIDS,
	NOTE_MM,
	NOTE_MM_ID,
	NOTE_MODE,
	NOTE_NEXT_PID,
	NOTE_NEXT_WORD,
	NOTE_NS,
	NOTE_OUTCOME,
	NOTE_PCPU_THRS,
	NOTE_PID,
	NOTE_PREV_PID,
	NOTE_PREV_WORD,
	NOTE_SPINS,
	NOTE_TAKEN,
	NOTE_TRANSIT,
	NOTE_USERS,
	NOTE_VISIBLE,
	NOTE_WORD,
	NOTE_FIELDS
};
_Static_assert(NOTE_FIELDS <= 32, "a bit each");

struct note_fields {
	uint32_t seen; /* a bit for each enum note_field; only these have a value below */
	const char *values[NOTE_FIELDS]; /* into the text, without quotes */
	size_t lengths[NOTE_FIELDS];
};

/* Find the fields of @text, which must stay unchanged while @fields is used. If a name comes twice,
 * the first field counts. */
void note_fields_read(struct note_fields *fields, const char *text);

/* *@number is set to the value of @field, decimal or 0x…; false if there is none, or it is no
 * number below 2^64. */
bool note_fields_number(const struct note_fields *fields, enum note_field field, uint64_t *number);

/* The value of @field is copied to @value of @size bytes; false if there is none, or it does not
 * fit. */
bool note_fields_text(
	const struct note_fields *fields, enum note_field field, char *value, size_t size);

/* Is the value of @field @text? */
bool note_fields_is(const struct note_fields *fields, enum note_field field, const char *text);

const char *note_field_to_string(enum note_field field);

#endif
