/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_TEXT_FIELDS_H
#define CIDSIM_SIM_TRACE_TEXT_FIELDS_H

/* The fields of the recipe's events: "pp=12 pw=0x40000001 …", in any order, others in between. */

#include "sim/trace/text.h"

/* In the order of the longest event, the switch: the next field is mostly the next of these. */
enum text_field {
	FIELD_PREV_PID,
	FIELD_PREV_TGID,
	FIELD_PREV_MM,
	FIELD_PREV_WORD,
	FIELD_PREV_ACTIVE,
	FIELD_PREV_STATE,
	FIELD_MM, /* fields of an mm, from here on: of prev */
	FIELD_NEXT_PID = FIELD_MM + 9,
	FIELD_NEXT_TGID,
	FIELD_NEXT_MM,
	FIELD_NEXT_WORD,
	FIELD_NEXT_ACTIVE,
	FIELD_NEXT_OF_MM, /* of next */
	FIELD_TASK_PID = FIELD_NEXT_OF_MM + 9,
	FIELD_TASK_TGID,
	FIELD_TASK_MM,
	FIELD_TASK_WORD,
	FIELD_TASK_ACTIVE,
	FIELD_THE_MM,
	FIELD_CHANGED,
	FIELD_NEW_MASK,
	FIELD_CPU,
	FIELD_OLD_PID,
	FIELD_IS_SWITCH,
	FIELD_PARENT, /* of prev, next or the task: recorded to filter by, not used */
	FIELDS_COUNT
};
_Static_assert(FIELDS_COUNT <= 64, "a bit each");

/* Of an mm, as offsets. */
enum {
	OF_MM_MODE,
	OF_MM_USERS,
	OF_MM_MAX_CIDS,
	OF_MM_THRS,
	OF_MM_ALLOWED,
	OF_MM_CPU_WORD,
	OF_MM_PERCPU,
	OF_MM_TRANSIT,
	OF_MM_DEFERRED
};

struct text_fields {
	uint64_t seen; /* bits by enum text_field */
	uint64_t values[FIELDS_COUNT];
	uint64_t *mask; /* room for TRACE_MASK_WORDS: nm, nm1, nm2 …; NULL = not wanted */
	uint32_t mask_words;
};

static inline bool text_fields_has(const struct text_fields *fields, unsigned field)
{
	g_assert(field < FIELDS_COUNT);
	return fields->seen >> field & 1;
}

/* Read all that are known. False and @error if one is no number. */
bool text_fields_read(const struct text_event *text, struct text_fields *fields, GError **error);

/* The same, and a mask to @mask, which has room for TRACE_MASK_WORDS; NULL = none is wanted. */
bool text_fields_read_mask(
	const struct text_event *text, struct text_fields *fields, uint64_t *mask, GError **error);

/* Whether @field is at most @max, or not there. False and @error if not. */
bool text_fields_check_max(const struct text_event *text, const struct text_fields *fields,
	unsigned field, uint64_t max, GError **error);

/* "event NAME without @what". Returns false. */
bool text_fail_missing(const struct text_event *text, const char *what, GError **error);

/* Set what the fields say about a task; @first is the one that is its pid. */
bool text_fields_set_task(const struct text_event *text, const struct text_fields *fields,
	unsigned first, struct trace_task *task, GError **error);

/* Set what the fields from @first on say about the mm at @address; without one (0) they are
 * garbage. */
bool text_fields_set_mm(const struct text_event *text, const struct text_fields *fields,
	unsigned first, uint64_t address, struct trace_mm *mm, GError **error);

/* The same for the word of this CPU. */
bool text_fields_set_cpu_word(const struct text_event *text, const struct text_fields *fields,
	unsigned first, uint64_t address, uint32_t *word, GError **error);

#endif
