/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/text-note.h"

#include <glib.h>

#include "sim/trace/scan.h"

#define NAME(text)                                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

static const struct {
	char name[15];
	uint8_t length;
} names[NOTE_FIELDS] = {
	[NOTE_ALLOWED] = NAME("allowed"),
	[NOTE_CHILD] = NAME("child"),
	[NOTE_CHILD_WORD] = NAME("child_word"),
	[NOTE_CID] = NAME("cid"),
	[NOTE_COMM] = NAME("comm"),
	[NOTE_CPU] = NAME("cpu"),
	[NOTE_CPU_WORD] = NAME("cpu_word"),
	[NOTE_DEFERRED] = NAME("deferred"),
	[NOTE_FAILED] = NAME("failed"),
	[NOTE_GROUP] = NAME("group"),
	[NOTE_MASK] = NAME("mask"),
	[NOTE_MAX_CIDS] = NAME("max_cids"),
	[NOTE_MM] = NAME("mm"),
	[NOTE_MM_ID] = NAME("mm_id"),
	[NOTE_MODE] = NAME("mode"),
	[NOTE_NEXT_PID] = NAME("next_pid"),
	[NOTE_NEXT_WORD] = NAME("next_word"),
	[NOTE_NS] = NAME("ns"),
	[NOTE_OUTCOME] = NAME("outcome"),
	[NOTE_PCPU_THRS] = NAME("pcpu_thrs"),
	[NOTE_PID] = NAME("pid"),
	[NOTE_PREV_PID] = NAME("prev_pid"),
	[NOTE_PREV_WORD] = NAME("prev_word"),
	[NOTE_SPINS] = NAME("spins"),
	[NOTE_TAKEN] = NAME("taken"),
	[NOTE_TRANSIT] = NAME("transit"),
	[NOTE_USERS] = NAME("users"),
	[NOTE_VISIBLE] = NAME("visible"),
	[NOTE_WORD] = NAME("word"),
};

/* The first field that begins with @letter; NOTE_NONE: none does. */
static enum note_field first_with(char letter)
{
	static const uint8_t first[26] = {
		['a' - 'a'] = NOTE_ALLOWED,
		['c' - 'a'] = NOTE_CHILD,
		['d' - 'a'] = NOTE_DEFERRED,
		['f' - 'a'] = NOTE_FAILED,
		['g' - 'a'] = NOTE_GROUP,
		['m' - 'a'] = NOTE_MASK,
		['n' - 'a'] = NOTE_NEXT_PID,
		['o' - 'a'] = NOTE_OUTCOME,
		['p' - 'a'] = NOTE_PCPU_THRS,
		['s' - 'a'] = NOTE_SPINS,
		['t' - 'a'] = NOTE_TAKEN,
		['u' - 'a'] = NOTE_USERS,
		['v' - 'a'] = NOTE_VISIBLE,
		['w' - 'a'] = NOTE_WORD,
	};
	unsigned at = (unsigned char)letter - (unsigned)'a';

	return at < G_N_ELEMENTS(first) ? first[at] : NOTE_NONE;
}

/* NOTE_NONE: it is none of them. */
static enum note_field find_name(const char *name, size_t length)
{
	enum note_field field = first_with(*name);

	for (; field != NOTE_NONE && field < NOTE_FIELDS && names[field].name[0] == *name;
		field++) {
		if (names[field].length == length && memcmp(names[field].name, name, length) == 0)
			return field;
	}
	return NOTE_NONE;
}

void note_fields_read(struct note_fields *fields, const char *text)
{
	struct scan_field found;

	fields->seen = 0;
	while ((text = scan_field(text, &found)) != NULL) {
		enum note_field field = find_name(found.name, found.name_length);

		if (field == NOTE_NONE || fields->seen >> field & 1)
			continue;
		fields->seen |= UINT32_C(1) << field;
		fields->values[field] = found.value;
		fields->lengths[field] = found.length;
	}
}

static bool has(const struct note_fields *fields, enum note_field field)
{
	g_assert(field != NOTE_NONE && field < NOTE_FIELDS);
	return fields->seen >> field & 1;
}

bool note_fields_number(const struct note_fields *fields, enum note_field field, uint64_t *number)
{
	return has(fields, field) &&
	       scan_field_number(fields->values[field], fields->lengths[field], number);
}

bool note_fields_text(
	const struct note_fields *fields, enum note_field field, char *value, size_t size)
{
	return has(fields, field) &&
	       scan_field_text(fields->values[field], fields->lengths[field], value, size);
}

bool note_fields_is(const struct note_fields *fields, enum note_field field, const char *text)
{
	return has(fields, field) && strlen(text) == fields->lengths[field] &&
	       memcmp(fields->values[field], text, fields->lengths[field]) == 0;
}

const char *note_field_to_string(enum note_field field)
{
	g_assert(field != NOTE_NONE && field < NOTE_FIELDS);
	return names[field].name;
}
