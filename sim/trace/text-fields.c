/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/text-fields.h"

#include "model/state.h"
#include "sim/trace/scan.h"

static const struct {
	char name[8];
	uint8_t length;
	uint8_t field;
} names[] = {
	{ "pp", 2, FIELD_PREV_PID },
	{ "pt", 2, FIELD_PREV_TGID },
	{ "pg", 2, FIELD_PREV_MM },
	{ "pw", 2, FIELD_PREV_WORD },
	{ "pa", 2, FIELD_PREV_ACTIVE },
	{ "ps", 2, FIELD_PREV_STATE },
	{ "prt", 3, FIELD_PARENT },
	{ "mo", 2, FIELD_MM + OF_MM_MODE },
	{ "us", 2, FIELD_MM + OF_MM_USERS },
	{ "mx", 2, FIELD_MM + OF_MM_MAX_CIDS },
	{ "th", 2, FIELD_MM + OF_MM_THRS },
	{ "na", 2, FIELD_MM + OF_MM_ALLOWED },
	{ "cw", 2, FIELD_MM + OF_MM_CPU_WORD },
	{ "np", 2, FIELD_NEXT_PID },
	{ "nt", 2, FIELD_NEXT_TGID },
	{ "ng", 2, FIELD_NEXT_MM },
	{ "nw", 2, FIELD_NEXT_WORD },
	{ "nac", 3, FIELD_NEXT_ACTIVE },
	{ "nrt", 3, FIELD_PARENT },
	{ "nmo", 3, FIELD_NEXT_OF_MM + OF_MM_MODE },
	{ "nus", 3, FIELD_NEXT_OF_MM + OF_MM_USERS },
	{ "nmx", 3, FIELD_NEXT_OF_MM + OF_MM_MAX_CIDS },
	{ "nth", 3, FIELD_NEXT_OF_MM + OF_MM_THRS },
	{ "nna", 3, FIELD_NEXT_OF_MM + OF_MM_ALLOWED },
	{ "ncw", 3, FIELD_NEXT_OF_MM + OF_MM_CPU_WORD },
	{ "tp", 2, FIELD_TASK_PID },
	{ "tt", 2, FIELD_TASK_TGID },
	{ "tg", 2, FIELD_TASK_MM },
	{ "tw", 2, FIELD_TASK_WORD },
	{ "ta", 2, FIELD_TASK_ACTIVE },
	{ "rt", 2, FIELD_PARENT },
	{ "m", 1, FIELD_THE_MM },
	{ "ret", 3, FIELD_CHANGED },
	{ "nm", 2, FIELD_NEW_MASK },
	{ "tc", 2, FIELD_CPU },
	{ "dc", 2, FIELD_CPU },
	{ "op", 2, FIELD_OLD_PID },
	{ "sy", 2, FIELD_IS_SWITCH },
	/* 6.19 has two words where later kernels have a mode */
	{ "pc", 2, FIELD_MM + OF_MM_PERCPU },
	{ "tr", 2, FIELD_MM + OF_MM_TRANSIT },
	{ "npc", 3, FIELD_NEXT_OF_MM + OF_MM_PERCPU },
	{ "ntr", 3, FIELD_NEXT_OF_MM + OF_MM_TRANSIT },
	{ "ud", 2, FIELD_MM + OF_MM_DEFERRED },
	{ "nud", 3, FIELD_NEXT_OF_MM + OF_MM_DEFERRED },
	/* spelt out */
	{ "mode", 4, FIELD_MM + OF_MM_MODE },
	{ "percpu", 6, FIELD_MM + OF_MM_PERCPU },
	{ "transit", 7, FIELD_MM + OF_MM_TRANSIT },
	{ "users", 5, FIELD_MM + OF_MM_USERS },
	{ "max", 3, FIELD_MM + OF_MM_MAX_CIDS },
	{ "thrs", 4, FIELD_MM + OF_MM_THRS },
	{ "word", 4, FIELD_TASK_WORD },
	{ "active", 6, FIELD_TASK_ACTIVE },
	{ "mm", 2, FIELD_THE_MM },
};

bool text_fail_missing(const struct text_event *text, const char *what, GError **error)
{
	return trace_fail(text->trace, error, "event %s without %s", text->name, what);
}

enum { SLOT_BITS = 8, SLOTS = 1 << SLOT_BITS }; /* many more than names */

/* The slot of the name at @at, by its first three characters; what is after '=' does not count. */
static unsigned slot_of(const char *at)
{
	uint32_t key = (uint8_t)at[0];

	if (at[0] != '=' && at[0] != '\0')
		key |= (uint32_t)(uint8_t)at[1] << 8;
	if (key >> 8 && at[1] != '=')
		key |= (uint32_t)(uint8_t)at[2] << 16;
	/* 2^32 by the golden ratio: all characters reach the top bits. */
	return key * UINT32_C(0x9e3779b1) >> (32 - SLOT_BITS);
}

/* Rows plus 1 by slot, the next free one from there on; 0 = free. */
static const uint8_t *row_slots(void)
{
	static uint8_t slots[SLOTS];
	static gsize filled;

	if (!g_once_init_enter(&filled))
		return slots;
	for (size_t row = 0; row < G_N_ELEMENTS(names); row++) {
		char name[sizeof(names[row].name) + 1] = "";
		unsigned slot;

		memcpy(name, names[row].name, names[row].length);
		name[names[row].length] = '=';
		for (slot = slot_of(name); slots[slot]; slot = (slot + 1) % SLOTS)
			continue;
		slots[slot] = (uint8_t)(row + 1);
	}
	g_once_init_leave(&filled, 1);
	return slots;
}

/* The row of the field that begins at @at with its name and '='; G_N_ELEMENTS(names) = none. */
static size_t find_row(const uint8_t *slots, const char *at)
{
	for (unsigned slot = slot_of(at); slots[slot]; slot = (slot + 1) % SLOTS) {
		size_t row = slots[slot] - 1U, length = 0;

		while (length < names[row].length && at[length] == names[row].name[length])
			length++;
		if (length == names[row].length && at[length] == '=')
			return row;
	}
	return G_N_ELEMENTS(names);
}

static const char *scan_name(const char *at)
{
	while (*at != '=' && (uint8_t)*at > ' ')
		at++;
	return at;
}

/* The words of a mask after the first: "nm1" to "nm127". Other names are not fields. */
static bool read_mask(const struct text_event *text, struct text_fields *fields, const char *name,
	const char *value, GError **error)
{
	uint64_t number, word;
	const char *end = scan_text(name, "nm");

	if (!fields->mask || !end || number_scan(end, &number) != value)
		return true;
	if (number != fields->mask_words || number >= TRACE_MASK_WORDS)
		return trace_fail_text(text->trace, error, "a part of the mask", name,
			(size_t)(value - name), "nm, nm1 and so on, in order");
	if (number_scan_any(value + 1, &word) != scan_word(value))
		return trace_fail_text(text->trace, error, "the mask", value + 1,
			(size_t)(scan_word(value) - value - 1), "a number");
	fields->mask[fields->mask_words++] = word;
	return true;
}

bool text_fields_read_mask(
	const struct text_event *text, struct text_fields *fields, uint64_t *mask, GError **error)
{
	const uint8_t *slots = row_slots();
	const char *at = text->fields;

	fields->seen = 0;
	fields->mask = mask;
	fields->mask_words = 0;
	/* Where it was recorded: "(symbol+0x0/0x10 <- caller)". */
	if (*at == '(' && strchr(at, ')'))
		at = strchr(at, ')') + 1;
	for (at = scan_blanks(at); *at; at = scan_blanks(at)) {
		size_t row = find_row(slots, at);
		const char *value;

		if (row == G_N_ELEMENTS(names)) {
			value = scan_name(at);
			if (*value == '=' && !read_mask(text, fields, at, value, error))
				return false;
			at = scan_word(value);
			continue;
		}
		value = at + names[row].length + 1;
		at = number_scan_any(value, &fields->values[names[row].field]);
		if (!at || at != scan_word(at))
			return trace_fail_text(text->trace, error, names[row].name, value,
				(size_t)(scan_word(value) - value), "a number");
		fields->seen |= UINT64_C(1) << names[row].field;
		if (names[row].field == FIELD_NEW_MASK && fields->mask) {
			fields->mask[0] = fields->values[FIELD_NEW_MASK];
			fields->mask_words = 1;
		}
	}
	g_assert(fields->mask_words <= TRACE_MASK_WORDS);
	return true;
}

bool text_fields_read(const struct text_event *text, struct text_fields *fields, GError **error)
{
	return text_fields_read_mask(text, fields, NULL, error);
}

bool text_fields_check_max(const struct text_event *text, const struct text_fields *fields,
	unsigned field, uint64_t max, GError **error)
{
	size_t row = 0;

	g_assert(field < FIELDS_COUNT);
	if (!text_fields_has(fields, field) || fields->values[field] <= max)
		return true;
	while (names[row].field != field)
		row++;
	return trace_fail(text->trace, error,
		"%s is %" G_GUINT64_FORMAT ", expected a number up to %" G_GUINT64_FORMAT,
		names[row].name, fields->values[field], max);
}

bool text_fields_set_task(const struct text_event *text, const struct text_fields *fields,
	unsigned first, struct trace_task *task, GError **error)
{
	const uint64_t *values = fields->values + first;

	g_assert(first == FIELD_PREV_PID || first == FIELD_NEXT_PID || first == FIELD_TASK_PID);
	if (!text_fields_check_max(text, fields, first, TRACE_PID_MAX, error) ||
		!text_fields_check_max(text, fields, first + 1, TRACE_PID_MAX, error) ||
		!text_fields_check_max(text, fields, first + 3, UINT32_MAX - 1, error) ||
		!text_fields_check_max(text, fields, first + 4, 1, error))
		return false;
	if (text_fields_has(fields, first))
		task->pid = (uint32_t)values[0];
	if (text_fields_has(fields, first + 1))
		task->tgid = (uint32_t)values[1];
	task->mm_known = text_fields_has(fields, first + 2);
	if (task->mm_known)
		task->mm = values[2];
	if (text_fields_has(fields, first + 3))
		task->word = (uint32_t)values[3];
	if (text_fields_has(fields, first + 4))
		task->active = (int8_t)values[4];
	return true;
}

static bool set_mode(const struct text_event *text, const struct text_fields *fields,
	unsigned first, struct trace_mm *mm, GError **error)
{
	uint64_t mode = fields->values[first + OF_MM_MODE];

	g_assert(mm->known);
	mm->mode = 0;
	if (!text_fields_has(fields, first + OF_MM_MODE)) {
		mm->mode |= fields->values[first + OF_MM_PERCPU] ? MODE_PER_CPU : 0;
		mm->mode |= fields->values[first + OF_MM_TRANSIT] ? MODE_TRANSIT : 0;
		return true;
	}
	if (mode & ~(uint64_t)(CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT))
		return trace_fail(text->trace, error,
			"the mode is 0x%" G_GINT64_MODIFIER
			"x, expected 0x40000000 (per CPU) and 0x20000000 (in transit), or none",
			mode);
	mm->mode |= mode & CID_KERNEL_ONCPU ? MODE_PER_CPU : 0;
	mm->mode |= mode & CID_KERNEL_TRANSIT ? MODE_TRANSIT : 0;
	return true;
}

bool text_fields_set_mm(const struct text_event *text, const struct text_fields *fields,
	unsigned first, uint64_t address, struct trace_mm *mm, GError **error)
{
	const uint64_t *values = fields->values + first;
	const uint64_t needed = UINT64_C(1) << OF_MM_USERS | UINT64_C(1) << OF_MM_MAX_CIDS |
	                        UINT64_C(1) << OF_MM_THRS | UINT64_C(1) << OF_MM_ALLOWED;
	const uint64_t split = UINT64_C(1) << OF_MM_PERCPU | UINT64_C(1) << OF_MM_TRANSIT;
	uint64_t seen = fields->seen >> first;

	g_assert(first == FIELD_MM || first == FIELD_NEXT_OF_MM);
	mm->address = address;
	if (!address)
		return true;
	if (text_fields_has(fields, first + OF_MM_DEFERRED))
		mm->deferred = values[OF_MM_DEFERRED] != 0;
	if ((seen & needed) != needed || (!(seen >> OF_MM_MODE & 1) && (seen & split) != split))
		return true;
	for (unsigned i = OF_MM_USERS; i <= OF_MM_ALLOWED; i++) {
		if (!text_fields_check_max(text, fields, first + i, UINT32_MAX, error))
			return false;
	}
	mm->known = true;
	mm->users = (uint32_t)values[OF_MM_USERS];
	mm->max_cids = (uint32_t)values[OF_MM_MAX_CIDS];
	mm->pcpu_thrs = (uint32_t)values[OF_MM_THRS];
	mm->allowed_count = (uint32_t)values[OF_MM_ALLOWED];
	return set_mode(text, fields, first, mm, error);
}

bool text_fields_set_cpu_word(const struct text_event *text, const struct text_fields *fields,
	unsigned first, uint64_t address, uint32_t *word, GError **error)
{
	g_assert(first == FIELD_MM || first == FIELD_NEXT_OF_MM);
	if (!address || !text_fields_has(fields, first + OF_MM_CPU_WORD))
		return true;
	if (!text_fields_check_max(text, fields, first + OF_MM_CPU_WORD, UINT32_MAX - 1, error))
		return false;
	*word = (uint32_t)fields->values[first + OF_MM_CPU_WORD];
	return true;
}
